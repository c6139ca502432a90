"""款项落实: what is due before a shipment leaves has come in, the deposit held back for the last (R26, rules.md)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import Forbidden, Refused
from documents.models import OutboxRow
from finance import clearing, queries
from finance.actions import clearance, payments
from finance.models import BankFile, BankLine
from orders import reservations
from orders.models import Line, Order, Shipment, SignOff
from shipping.actions import drafting
from stock.models import Pallet
from tests import people
from tests.finance.desk import fresh, receive, unmet
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def split(shop: Shop) -> Order:
    """All of 100 at 10.00 in stock, in parts allowed, 300 of deposit in."""
    return shop.passed(header={"split_allowed": True})


def test_the_deposit_is_held_back_until_the_last_goods() -> None:
    shop = Shop()
    order = split(shop)
    shop.pay(order, Decimal("499.99"))
    first = shop.shipment(order, Decimal(50))
    with pytest.raises(Refused, match=r"定金 300.00 元 留作最后一批，尚缺 0.01 元"):
        clearance.clear_shipment(first, by=shop.who["finance"])
    shop.pay(order, Decimal("0.01"))
    clearance.clear_shipment(first, by=shop.who["finance"])


def test_with_the_last_goods_the_deposit_counts() -> None:
    shop = Shop()
    order = split(shop)
    shop.pay(order, Decimal("500"))
    shop.dispatched(shop.shipment(order, Decimal(50)))
    last = shop.shipment(order)
    (row,) = clearing.figures(last)
    assert (row.is_last, row.due, row.held_back, row.missing) == (True, Decimal(1000), Decimal(0), Decimal(200))
    shop.pay(order, Decimal("200"))
    clearance.clear_shipment(last, by=shop.who["finance"])


def test_by_contract_the_deposit_is_used_up_in_proportion() -> None:
    shop = Shop()
    people.contract(shop.customer, deposit_percent=Decimal(30), deposit_pro_rata=True)
    order = split(shop)
    shop.pay(order, Decimal("350"))
    (row,) = clearing.figures(shop.shipment(order, Decimal(50)))
    assert (row.held_back, row.free, row.missing) == (Decimal("150.00"), Decimal("500.00"), Decimal(0))


def test_what_is_cleared_and_still_here_counts_as_gone() -> None:
    shop = Shop()
    order = split(shop)
    shop.pay(order, Decimal("600"))
    first, second = shop.shipment(order, Decimal(50)), shop.shipment(order, Decimal(30))
    clearance.clear_shipment(first, by=shop.who["finance"])
    with pytest.raises(Refused, match=r"尚缺 100.00 元"):
        clearance.clear_shipment(second, by=shop.who["finance"])


def test_a_shipment_of_two_orders_is_judged_order_by_order() -> None:
    shop = Shop()
    one, two = shop.passed(), shop.passed()
    shop.pay(one, Decimal("2000"))
    both = with_both(shop, one, two)
    with pytest.raises(Refused, match=f"{two.number}.*尚缺 700.00 元"):
        clearance.clear_shipment(both, by=shop.who["finance"])
    shop.pay(two, Decimal("700"))
    clearance.clear_shipment(both, by=shop.who["finance"])


def test_whoever_waits_for_another_order_on_the_shipment_hears_that_it_is_not_cleared_any_more() -> None:
    shop = Shop()
    one, two = shop.passed(), shop.passed()
    both = with_both(shop, one, two)
    shop.pay_rest(two)
    payment = shop.pay(one, Decimal("700"))
    clearance.clear_shipment(both, by=shop.who["finance"])
    payments.reverse_payment(payment, by=shop.who["finance"], reason="退票")
    told = OutboxRow.objects.filter(channel="notice", payload__kind="clearance_withdrawn")
    assert set(told.values_list("about", flat=True)) == {one.number, two.number}


def test_the_queue_says_what_came_in_and_what_lacks_and_the_page_whose_money_lies_about() -> None:
    shop = Shop()
    shipment = shop.shipment(shop.passed())
    receive(shop, "650", payer="客户未分配")
    line = bank_line(shop, "750")
    client = Client()
    client.force_login(shop.who["finance"])
    queue = client.get("/finance/?tab=clear").content.decode()
    assert "300.00" in queue and "700.00" in queue
    page = client.get(f"/finance/shipments/{shipment.number}/clear/").content.decode()
    assert "650.00" in page and line.key in page and "750.00" in page


def bank_line(shop: Shop, amount: str) -> BankLine:
    """Reported by the bank, not booked; it bears the customer's name."""
    file = BankFile.objects.create(fresh=1, known=0, outgoing=0, by=shop.who["finance"], at=timezone.now())
    payer = shop.customer.name
    return BankLine.objects.create(file=file, key="BANK-1", day=today(), amount=Decimal(amount), payer=payer)


def test_the_queue_reads_as_much_for_four_shipments_as_for_one() -> None:
    shops, counts = [Shop()], []
    for _ in range(2):
        for shop in shops:
            shop.shipment(shop.passed())
        queries.rows_of(shops[0].who["finance"], queries.TABS[2])  # what is read once for all
        with CaptureQueriesContext(connection) as seen:
            rows = queries.rows_of(shops[0].who["finance"], queries.TABS[2])
        counts.append((len(rows), len(seen)))
        shops = [shops[0], Shop(), Shop()]
    assert [many for many, _ in counts] == [1, 4]
    assert counts[0][1] == counts[1][1]


def with_both(shop: Shop, one: Order, two: Order) -> Shipment:
    ids = Line.objects.filter(order__in=[one, two]).values_list("pk", flat=True)
    loads = [
        (Line.objects.get(pk=row.line_id), Pallet.objects.get(pk=row.pallet_id), row.quantity)
        for row in reservations.on_pallets(ids)
    ]
    where = {"receiver": "李", "phone": "1", "address": "苏州", "way": "freight"}
    return drafting.draft_shipment(None, by=shop.who["customer_service"], loads=loads, **where)


def test_a_refusal_is_kept_with_its_reason_and_a_new_word_supersedes_it() -> None:
    shop = Shop()
    order = shop.passed()
    shipment = shop.shipment(order)
    clearance.refuse_clearance(shipment, by=shop.who["finance"], reason="承兑未到期")
    assert "payment_cleared" in unmet("issue_notice", shipment)
    shop.pay_rest(order)
    clearance.clear_shipment(shipment, by=shop.who["finance"])
    words = SignOff.objects.filter(shipment=shipment).order_by("id").values_list("verdict", "text")
    assert list(words) == [("refused", "承兑未到期"), ("ok", "")]


def test_finance_takes_a_clearance_back_before_the_goods_leave() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.noticed(shop.shipment(order))
    clearance.withdraw_clearance(shipment, by=shop.who["finance"], reason="银行撤销")
    assert "payment_cleared" in unmet("dispatch", shipment)
    with pytest.raises(Refused, match="没有有效的款项落实"):
        clearance.withdraw_clearance(shipment, by=shop.who["finance"], reason="银行撤销")


def test_nothing_is_taken_back_once_the_goods_have_left() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.dispatched(shop.shipment(order))
    with pytest.raises(Refused, match="已发出"):
        clearance.withdraw_clearance(shipment, by=shop.who["finance"], reason="晚了")


@pytest.mark.parametrize("role", ["sales", "customer_service", "warehouse", "marketing_director"])
def test_only_finance_clears(role: str) -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    with pytest.raises(Forbidden):
        clearance.clear_shipment(shop.shipment(order), by=shop.who[role])


def test_three_parts_are_billed_to_the_cent_of_the_whole() -> None:
    shop = Shop()
    order = shop.passed(shop.line("100", price=Decimal("0.3333")), header={"split_allowed": True})
    shop.pay_rest(order)
    shop.pay(order, Decimal("20"))
    for quantity in (Decimal("33.333"), Decimal("33.333"), None):
        shop.dispatched(shop.shipment(order, quantity))
    assert fresh(order).billed == order.revision.total == Decimal("33.33")
