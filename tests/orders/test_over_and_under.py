"""What is made beyond the order or short of it: what may leave, and what is billed for it (R22, R27, R29)."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.errors import Blocked, Refused
from finance.actions import letter
from finance.models import BalanceLetter
from flow.models import Owed
from flow.owed import differences
from orders.actions import amendment, approval, chain, entry, quantities
from orders.models import Order, Signed, SignOff, State
from production.actions import excess, making
from quality.actions import inspection
from tests import people
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db


def made(shop: Shop, quantity: str, *, paid: str = "1500", **line: Any) -> Order:
    """Of 100 ordered within 5 % either way, `quantity` lies in stock; money holds nothing."""
    given = {"tolerance_plus": Decimal(5), "tolerance_minus": Decimal(5), **line}
    order = shop.in_work(shop.line("100", **given), header={"split_allowed": True})
    shop.pay(order, Decimal(paid) - order.received)
    shop.make(order, Decimal(quantity))
    return shop.fresh(order)


def accept(shop: Shop, order: Order, quantity: str, **changes: Any) -> None:
    given = {"line_id": order.lines.get().pk, "quantity": Decimal(quantity), "signer": shop.contact, "paper": paper()}
    clerk = shop.who["customer_service"]
    quantities.accept_excess(shop.fresh(order), by=clerk, reason="客户愿意多要", **given | changes)


def close_short(shop: Shop, order: Order, quantity: str, **changes: Any) -> None:
    given = {"line_id": order.lines.get().pk, "quantity": Decimal(quantity), "signer": shop.contact, "paper": paper()}
    clerk = shop.who["customer_service"]
    quantities.short_close(shop.fresh(order), by=clerk, reason="客户不要余量", **given | changes)


def take_back(shop: Shop, order: Order, what: Any) -> Order:
    given = {"line_id": order.lines.get().pk, "reason": "客户改主意"}
    return what(shop.fresh(order), by=shop.who["customer_service"], **given)


def to_the_end(shop: Shop, order: Order) -> Order:
    making.finish(order, by=shop.who["production"])
    inspection.pass_quality(order, by=shop.who["quality"])
    shop.delivered(shop.shipment(shop.fresh(order)))
    return shop.fresh(order)


def test_what_was_made_beyond_the_tolerance_does_not_leave_before_somebody_decides() -> None:
    shop = Shop()
    order = made(shop, "150")
    with pytest.raises(Blocked) as refusal:
        shop.dispatched(shop.shipment(order))
    (gate,) = [gate for gate in refusal.value.unmet if gate.code == "within_order"]
    assert gate.message.startswith(f"{order.number} 第 1 行至多可发 105 卷，连同本单共发 150。")
    assert Owed.objects.open().get(what="within_order").role == "customer_service"
    assert (order.lines.get().shipped, shop.fresh(order).billed) == (0, 0)


def test_parts_are_counted_together() -> None:
    shop = Shop()
    order = made(shop, "150")
    shop.dispatched(shop.shipment(order, Decimal(100)))
    with pytest.raises(Blocked, match="共发 106"):
        shop.dispatched(shop.shipment(order, Decimal(6)))


def test_within_the_tolerance_more_leaves_and_is_billed_as_made() -> None:
    shop = Shop()
    order = made(shop, "105")
    assert to_the_end(shop, order).billed == Decimal("1050.00")


def test_excess_accepted_in_the_customers_writing_leaves_and_is_billed_exactly() -> None:
    shop = Shop()
    order = made(shop, "150")
    accept(shop, order, "45")
    assert to_the_end(shop, order).billed == Decimal("1500.00")


def test_excess_freed_to_stock_is_never_billed() -> None:
    shop = Shop()
    order = made(shop, "150")
    line = order.lines.get()
    excess.free_excess(order, by=shop.who["quality"], line_id=line.pk, quantity=Decimal(50), reason="多出的入库")
    assert to_the_end(shop, order).billed == Decimal("1000.00")


def test_an_under_run_within_the_tolerance_is_billed_as_made() -> None:
    shop = Shop()
    order = to_the_end(shop, made(shop, "95"))
    assert order.billed == Decimal("950.00")


def test_what_was_closed_short_is_billed_as_made() -> None:
    shop = Shop()
    order = made(shop, "60")
    close_short(shop, order, "40")
    assert to_the_end(shop, order).billed == Decimal("600.00")


def test_the_letter_asks_for_no_more_than_may_leave() -> None:
    shop = Shop()
    order = made(shop, "150", paid="1260", price=Decimal("12.00"))
    assert not Owed.objects.open().filter(order=order, what="balance_letter").exists()
    accept(shop, order, "45")
    assert Owed.objects.open().filter(order=order, what="balance_letter").exists()
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=today())
    assert BalanceLetter.objects.get().covers == Decimal("1800.00")
    assert not Owed.objects.open().filter(order=order, what="balance_letter").exists()


# What the customer writes, and taking it back.


def test_no_more_excess_is_accepted_than_lies_beyond_the_tolerance() -> None:
    shop = Shop()
    order = made(shop, "50")
    with pytest.raises(Refused, match="超出允差 0 卷"):
        accept(shop, order, "90000")
    shop.make(order, Decimal(70))
    with pytest.raises(Refused, match="超出允差 15 卷"):
        accept(shop, order, "16")
    accept(shop, order, "10")
    with pytest.raises(Refused, match="超出允差 5 卷"):
        accept(shop, order, "6")


def test_only_an_authorised_contact_of_the_customer_signs_for_a_quantity() -> None:
    shop = Shop()
    order = made(shop, "120")
    for signer in (None, people.contact(shop.customer), people.contact(people.customer(), may_sign=True)):
        with pytest.raises(Refused, match="授权签单"):
            accept(shop, order, "10", signer=signer)
    with pytest.raises(Refused, match="书面同意"):
        accept(shop, order, "10", paper=None)


def test_the_paper_hangs_on_the_line_that_it_speaks_of() -> None:
    shop = Shop()
    order = made(shop, "120")
    accept(shop, order, "10")
    accept(shop, order, "5")
    word = SignOff.objects.live().get(kind=Signed.EXCESS)
    assert (word.line, word.quantity) == (order.lines.get(), 15)
    assert word.paper is not None and word.text.startswith("王经理书面同意5 卷")


def test_excess_is_taken_back_while_none_of_it_left() -> None:
    shop = Shop()
    order = made(shop, "120")
    accept(shop, order, "15")
    take_back(shop, order, quantities.take_back_excess)
    line = order.lines.get()
    assert (line.excess, line.entries.filter(kind="excess").count()) == (0, 2)
    assert SignOff.objects.live().get(kind=Signed.EXCESS).verdict == "withdrawn"
    with pytest.raises(Refused, match="没有超量接收"):
        take_back(shop, order, quantities.take_back_excess)
    with pytest.raises(Blocked, match="至多可发 105"):
        shop.dispatched(shop.shipment(order))


def test_excess_that_is_noticed_or_gone_is_not_taken_back() -> None:
    shop = Shop()
    order = made(shop, "120")
    accept(shop, order, "15")
    shop.noticed(shop.shipment(order))
    with pytest.raises(Refused, match="已通知发货 120"):
        take_back(shop, order, quantities.take_back_excess)


def test_a_short_close_taken_back_is_made_after_all() -> None:
    shop = Shop()
    order = made(shop, "60")
    close_short(shop, order, "40")
    making.finish(order, by=shop.who["production"])
    inspection.pass_quality(order, by=shop.who["quality"])
    assert take_back(shop, order, quantities.take_back_short_close).state == State.PRODUCTION
    assert order.lines.get().closed_short == 0
    assert list(differences()) == []


def test_a_short_close_stays_while_excess_was_accepted_on_top_of_it() -> None:
    shop = Shop()
    order = made(shop, "60")
    close_short(shop, order, "50")
    accept(shop, order, "7")
    with pytest.raises(Refused, match="先撤回超量接收"):
        take_back(shop, order, quantities.take_back_short_close)


def test_a_line_that_an_amendment_dropped_is_refused_in_words() -> None:
    shop = Shop()
    order = shop.in_work(shop.line("100"), shop.line("50"))
    dropped = order.lines.get(number=2).pk
    amendment.propose_amendment(order, by=shop.who["sales"], reason="少一行")
    revision = order.revisions.get(status="draft")
    kept = shop.line("100", line_id=order.lines.get(number=1).pk)
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[kept])
    approval.submit(revision, by=shop.who["sales"])
    shop.sign(revision)
    approval.approve(revision, by=shop.who["supervisor"])
    shop.send(revision)
    shop.returned(revision)
    chain.release(revision, by=shop.who["customer_service"])
    given = {"line_id": dropped, "quantity": Decimal(5), "signer": shop.contact, "paper": paper()}
    for what in (quantities.short_close, quantities.accept_excess):
        with pytest.raises(Refused, match="不在这张订单的现行版本中"):
            what(shop.fresh(order), by=shop.who["customer_service"], reason="客户同意", **given)


def test_the_customers_word_is_written_down_and_taken_back_in_the_browser(client: Client) -> None:
    shop = Shop()
    order = made(shop, "120")
    line = order.lines.get()
    client.force_login(shop.who["customer_service"])
    page = f"/orders/{order.number}/excess/"
    given = {"line_id": line.pk, "quantity": "15", "signer": shop.contact.pk, "reason": "愿意多要", "paper": paper()}
    assert client.post(page, {"key": "a", **given}).status_code == 302
    assert "第 1 行 15 卷" in client.get(page).content.decode()
    assert client.post(f"{page}take-back/", {"key": "b", "line_id": line.pk, "reason": "改主意"}).status_code == 302
    line.refresh_from_db()
    assert line.excess == 0
