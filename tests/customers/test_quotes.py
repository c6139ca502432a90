"""From an inquiry to a price the customer has accepted: thin margins, issues, answers, what comes of it (R5, R36)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.records import Invalid
from audit.errors import Forbidden, Refused, Stale
from catalog.models import CostRules, ProductCost
from customers import actions
from customers.models import Contract, Quote, QuoteLine, QuoteState
from customers.queries import reference_prices
from documents.models import Document, OutboxRow
from orders.actions import chain
from orders.actions.quoting import order_quote
from orders.models import Order
from tests import people, races
from tests.catalog.test_costing import costed

pytestmark = pytest.mark.django_db


class Trade:
    """A customer, their salesperson and one costed product."""

    def __init__(self) -> None:
        self.boss = people.person("supervisor")
        self.seller = people.person("sales", supervisor=self.boss)
        self.customer = people.customer(salesperson=self.seller)
        self.product = costed()
        self.until = timezone.localdate() + timedelta(days=30)

    def quote(self, price: str | None = "12.5", quantity: str = "100", **more: Any) -> Quote:
        line = actions.Offered(self.product, Decimal(quantity), price and Decimal(price), lead_days=7)
        given = {"customer": self.customer, "valid_until": self.until, "payment_terms": "款到发货", **more}
        return actions.write_quote(None, by=self.seller, lines=[line], **given)

    def accepted(self, **more: Any) -> Quote:
        quote = actions.send_quote(self.quote(**more), by=self.seller)
        return actions.accept_quote(quote, by=self.seller, answer="王经理电话确认，传真随后")


def test_a_price_left_open_is_the_one_that_cost_and_margin_come_to() -> None:
    trade = Trade()
    line = trade.quote(price=None).lines.get()  # type: ignore[attr-defined]
    assert (line.price, line.amount, line.margin) == (Decimal("12.2040"), Decimal("1220.40"), 18)


def test_a_price_that_cannot_be_reckoned_is_asked_for_in_words() -> None:
    trade = Trade()
    trade.product = people.product()
    with pytest.raises(Invalid, match="还算不出建议价（尚缺材料用量、加工费与人工费）"):
        trade.quote(price=None)
    assert not Quote.objects.exists()


def test_a_thin_quote_is_sent_only_as_a_supervisor_agreed_to_it() -> None:
    trade = Trade()
    quote = trade.quote(price="10.2")  # 1.9 % of the price without tax
    assert quote.thin
    with pytest.raises(Refused, match="最低毛利"):
        actions.send_quote(quote, by=trade.seller)
    actions.ask_quote_margin(quote, by=trade.seller)
    with pytest.raises(Forbidden):
        actions.agree_quote(quote, by=trade.seller, reason="我看行")
    quote = actions.agree_quote(quote, by=trade.boss, reason="新客户开拓")
    lower = [actions.Offered(trade.product, Decimal(100), Decimal(10))]
    changed = actions.change_quote(quote, by=trade.seller, lines=lower)
    with pytest.raises(Refused, match="最低毛利"):
        actions.send_quote(changed, by=trade.seller)


def test_nobody_agrees_to_a_quote_of_their_own() -> None:
    trade = Trade()
    both = people.person("sales", "marketing_director")
    trade.customer.salesperson = trade.seller = both
    trade.customer.save()
    with pytest.raises(Refused, match="另一位主管"):
        actions.agree_quote(trade.quote(price="10.2"), by=both, reason="急单")


def test_a_higher_least_margin_binds_the_next_quote() -> None:
    trade, rules = Trade(), CostRules.current()
    assert not trade.quote().thin
    rules.margin = rules.least_margin = Decimal(30)
    rules.save()
    assert trade.quote().thin


def test_negotiating_makes_a_new_issue_and_what_was_sent_before_stays() -> None:
    trade = Trade()
    quote = actions.send_quote(trade.quote(), by=trade.seller)
    lower = [actions.Offered(trade.product, Decimal(200), Decimal("12.1"))]
    with pytest.raises(Refused, match="改版须写明原因"):
        actions.change_quote(quote, by=trade.seller, lines=lower)
    quote = actions.change_quote(quote, by=trade.seller, lines=lower, reason="客户还价")
    assert (quote.issue, quote.state) == (2, QuoteState.DRAFT)
    actions.send_quote(quote, by=trade.seller)
    papers = Document.objects.filter(kind="quote").order_by("version")
    assert [paper.data["totals"]["total"] for paper in papers] == ["1250.00", "2420.00"]
    assert not any("cost" in line or "margin" in line for paper in papers for line in paper.data["lines"])


def test_only_what_was_sent_and_still_stands_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    trade = Trade()
    quote = trade.quote()
    with pytest.raises(Refused, match="起草中"):
        actions.accept_quote(quote, by=trade.seller, answer="好")
    quote = actions.send_quote(quote, by=trade.seller)
    with pytest.raises(Refused, match="请写明客户的答复"):
        actions.accept_quote(quote, by=trade.seller, answer=" ")
    later = timezone.now() + timedelta(days=31)
    with pytest.raises(Refused, match="已过有效期"):
        actions.accept_quote(quote, by=trade.seller, at=later, answer="好")
    assert actions.accept_quote(quote, by=trade.seller, answer="好").state == QuoteState.ACCEPTED
    with pytest.raises(Refused, match="不能再改"):
        actions.change_quote(quote, by=trade.seller, lines=[], reason="再改")


def test_an_accepted_price_is_the_reference_from_its_quantity_on_until_its_last_day() -> None:
    trade = Trade()
    quote = trade.accepted()
    day = timezone.localdate()

    def reference(quantity: int, on: Any = day) -> Any:
        (found,) = reference_prices(trade.customer, [(trade.product.pk, Decimal(quantity))], on)
        return found and (found.price, found.source)

    assert reference(100) == (Decimal("12.5"), f"报价 {quote.number}")
    assert reference(99) is None
    assert reference(100, trade.until + timedelta(days=1)) is None
    other = people.customer()
    assert reference_prices(other, [(trade.product.pk, Decimal(100))], day) == [None]


def test_one_click_makes_an_order_of_it_with_its_prices_and_only_once() -> None:
    trade = Trade()
    quote = trade.accepted()
    order = order_quote(None, by=trade.seller, quote=quote)
    row = order.revision.lines.get()  # type: ignore[union-attr]
    assert (row.price, row.quantity, row.departs, row.reference_source) == (12.5, 100, False, f"报价 {quote.number}")
    assert order.revision.payment_terms == "款到发货"  # type: ignore[union-attr]
    with pytest.raises(Refused, match=f"已生成订单 {order.number}"):
        order_quote(None, by=trade.seller, quote=quote)


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_make_one_order() -> None:
    trade = Trade()
    quote = trade.accepted()
    outcomes = races.at_once(10, lambda _: order_quote(None, by=trade.seller, quote=quote))
    assert len(races.of_kind(outcomes, Refused)) == 9
    assert Order.objects.count() == 1


def test_a_contract_of_it_carries_its_prices_once() -> None:
    trade = Trade()
    quote, clerk = trade.accepted(), people.person("customer_service")
    contract = actions.draft_contract(trade.customer, by=clerk, quote=quote)
    assert contract.prices.get().price == Decimal("12.5")  # type: ignore[attr-defined]
    assert contract.amount == Decimal(1250)
    with pytest.raises(Refused, match="已起草合同"):
        actions.draft_contract(trade.customer, by=clerk, quote=quote)
    assert Contract.objects.count() == 1


def test_another_salesperson_neither_sees_nor_touches_it() -> None:
    trade = Trade()
    quote, stranger = trade.quote(), people.person("sales")
    client = Client()
    client.force_login(stranger)
    assert client.get(f"/quotes/{quote.number}/").status_code == 404
    with pytest.raises(Forbidden):
        actions.send_quote(quote, by=stranger)
    with pytest.raises(Forbidden):
        actions.write_quote(None, by=stranger, customer=trade.customer, valid_until=trade.until, lines=[])


def test_two_tabs_on_one_quote_meet_as_stale() -> None:
    trade = Trade()
    quote = trade.quote()
    seen = quote.version
    lines = [actions.Offered(trade.product, Decimal(5), Decimal(20))]
    actions.change_quote(quote, by=trade.seller, seen=seen, lines=lines)
    with pytest.raises(Stale):
        actions.change_quote(quote, by=trade.seller, seen=seen, lines=lines)


def page_data(trade: Trade, **more: str) -> dict[str, str]:
    given = {"customer": trade.customer.code, "valid_until": trade.until.isoformat(), "lines-TOTAL_FORMS": "1"}
    line = {"lines-0-product": str(trade.product.pk), "lines-0-quantity": "100", "lines-0-price": "12.5"}
    return {**given, "lines-INITIAL_FORMS": "0", **line, **more}


def test_from_inquiry_to_order_on_the_pages_without_costs_for_sales() -> None:
    trade, client = Trade(), Client()
    client.force_login(trade.seller)
    wrong = client.post("/quotes/new/", page_data(trade, **{"lines-0-quantity": ""}))
    assert wrong.status_code == 422
    assert "请填写数量。" in wrong.content.decode()
    assert client.post("/quotes/new/", page_data(trade)).status_code == 302
    quote = Quote.objects.get()
    page = client.get(f"/quotes/{quote.number}/").content.decode()
    assert "12.50" in page
    assert "毛利" not in page
    assert client.post(f"/quotes/{quote.number}/send/", {"way": "print"}).status_code == 302
    assert client.post(f"/quotes/{quote.number}/accept/", {"answer": "可以"}).status_code == 302
    assert client.post(f"/quotes/{quote.number}/order/", {"key": "once"}).headers["Location"].startswith("/orders/SO-")
    again = client.post(f"/quotes/{quote.number}/order/", {"key": "twice"})
    assert again.status_code == 409
    client.force_login(trade.boss)
    assert "毛利率" in client.get(f"/quotes/{quote.number}/").content.decode()


def test_a_supervisor_hears_of_a_thin_quote_and_the_seller_of_the_word() -> None:
    trade = Trade()
    quote = trade.quote(price="10.2")
    actions.ask_quote_margin(quote, by=trade.seller)
    actions.agree_quote(quote, by=trade.boss, reason="新客户")
    told = {row.payload["recipient"]: row.payload["text"] for row in OutboxRow.objects.filter(channel="notice")}
    assert "低于最低毛利" in told[trade.boss.pk]
    assert "已获同意" in told[trade.seller.pk]


def test_a_cost_that_rose_since_the_quote_was_written_asks_for_a_word() -> None:
    trade = Trade()
    quote = trade.quote()
    ProductCost.objects.filter(product=trade.product).update(process=Decimal(20))
    with pytest.raises(Refused, match="最低毛利"):
        actions.send_quote(quote, by=trade.seller)
    quote = actions.agree_quote(quote, by=trade.boss, reason="原料涨价，先接单")
    assert actions.send_quote(quote, by=trade.seller).lines.get().cost > 20  # type: ignore[attr-defined]


def test_whoever_changed_the_price_last_does_not_agree_to_it() -> None:
    trade = Trade()
    desk = people.person("sales", "marketing_director")
    quote = trade.quote(price="10.2")
    trade.customer.stand_ins.add(desk)
    lower = [actions.Offered(trade.product, Decimal(100), Decimal(10))]
    quote = actions.change_quote(quote, by=desk, lines=lower)
    with pytest.raises(Refused, match="另一位主管"):
        actions.agree_quote(quote, by=desk, reason="急单")


def test_a_line_s_price_keeps_its_history() -> None:
    trade = Trade()
    quote = trade.quote()
    actions.change_quote(quote, by=trade.seller, lines=[actions.Offered(trade.product, Decimal(100), Decimal(13))])
    assert {str(row.price) for row in QuoteLine.history.all()} == {"12.5000", "13.0000"}  # type: ignore[attr-defined]


def tiered(trade: Trade) -> Quote:
    offers = [(Decimal(100), Decimal("12.5")), (Decimal(1000), Decimal(12))]
    lines = [actions.Offered(trade.product, quantity, price) for quantity, price in offers]
    given = {"customer": trade.customer, "valid_until": trade.until}
    quote = actions.send_quote(actions.write_quote(None, by=trade.seller, lines=lines, **given), by=trade.seller)
    return actions.accept_quote(quote, by=trade.seller, answer="好")


def test_prices_by_quantity_are_carried_into_the_contract_and_add_up_to_nothing() -> None:
    trade, clerk = Trade(), people.person("customer_service")
    quote = tiered(trade)
    assert Document.objects.get(kind="quote").data["totals"]["total"] is None
    contract = actions.draft_contract(trade.customer, by=clerk, quote=quote)
    assert contract.amount is None
    people.in_force(contract, clerk)
    wanted = [(trade.product.pk, Decimal(quantity)) for quantity in (999, 1000)]
    found = reference_prices(trade.customer, wanted, timezone.localdate())
    assert [each and each.price for each in found] == [Decimal("12.5"), 12]


def test_of_prices_by_quantity_one_is_chosen_to_be_ordered() -> None:
    trade = Trade()
    quote = tiered(trade)
    with pytest.raises(Refused, match="只选要下单的一档"):
        order_quote(None, by=trade.seller, quote=quote)
    client = Client()
    client.force_login(trade.seller)
    assert "下单的数量档" in client.get(quote.get_absolute_url()).content.decode()
    line = quote.lines.get(quantity=1000)  # type: ignore[attr-defined]
    client.post(reverse("orders:order_quote", args=[quote.number]), {"chosen": [line.pk]})
    [row] = Order.objects.get().revision.lines.all()  # type: ignore[union-attr]
    assert (row.quantity, row.price, row.departs) == (1000, 12, False)


def test_a_cancelled_order_and_a_given_up_contract_leave_the_quote_to_be_used_again() -> None:
    trade, clerk = Trade(), people.person("customer_service")
    quote = trade.accepted()
    order = order_quote(None, by=trade.seller, quote=quote)
    chain.cancel(order, by=clerk, reason="客户改数量")
    assert order_quote(None, by=trade.seller, quote=quote).number != order.number
    contract = actions.draft_contract(trade.customer, by=clerk, quote=quote)
    contract = actions.end_contract(trade.customer, by=clerk, part=contract, reason="重起")
    assert contract.standing == "已放弃"
    assert actions.draft_contract(trade.customer, by=clerk, quote=quote).pk != contract.pk
