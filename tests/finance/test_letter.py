"""余款催收通知书: for what was really made, while a share is due before shipping (R27)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.errors import Refused
from documents.models import Document, OutboxRow
from documents.papers import sheets_of
from finance.actions import clearance, letter
from finance.models import BalanceLetter
from flow.models import Owed
from flow.owed import differences
from orders.models import Order
from tests.finance.desk import on_credit
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db

SOON = today() + timedelta(days=5)


def owed(order: Order) -> set[str]:
    return set(Owed.objects.open().filter(order=order, what="balance_letter").values_list("role", flat=True))


def test_it_is_owed_once_all_is_in_stock_until_it_is_sent() -> None:
    shop = Shop()
    order = shop.in_work()
    assert owed(order) == set()
    order = shop.passed()
    assert owed(order) == {"customer_service"}
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    assert owed(order) == set()
    assert not list(differences())


def collecting(order: Order) -> list[tuple[str, date]]:
    rows = Owed.objects.open().filter(order=order, what="balance_collected")
    return [(row.role, timezone.localtime(row.due).date()) for row in rows if row.due]


def test_sales_collects_by_the_day_of_the_letter_until_the_money_is_in() -> None:
    shop = Shop()
    order = shop.passed()
    assert collecting(order) == []
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    assert collecting(order) == [("sales", SOON)]
    later = SOON + timedelta(days=3)
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=later)
    assert collecting(order) == [("sales", later)]
    shop.pay_rest(order)
    assert collecting(order) == []
    assert not list(differences())


def test_it_asks_for_the_quantity_made_less_what_came_in() -> None:
    shop = Shop()
    order = shop.passed()
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    document = Document.objects.get(kind="balance_letter")
    assert document.data["totals"] == {
        "made": "1000.00",
        "due": "1000.00",
        "held": None,
        "received": "300.00",
        "balance": "700.00",
    }
    (sheet,) = sheets_of(document)
    assert "人民币柒佰元整" in sheet
    assert OutboxRow.objects.filter(key=f"render:{document.pk}").exists()
    assert BalanceLetter.objects.get().balance == Decimal("700.00")


def test_nobody_owes_it_where_all_is_paid_or_nothing_is_due_before() -> None:
    paid = Shop()
    order = paid.in_work()
    paid.pay_rest(order)
    assert owed(order) == set()
    assert owed(on_credit().passed()) == set()


def test_it_is_refused_where_there_is_nothing_to_ask_for() -> None:
    shop = Shop()
    order = shop.in_work()
    with pytest.raises(Refused, match="还没有成品入库"):
        letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    order = shop.passed()
    with pytest.raises(Refused, match="付款期限"):
        letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=today() - timedelta(days=1))
    shop.pay_rest(order)
    with pytest.raises(Refused, match="已收齐"):
        letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)


def test_it_asks_for_the_deposit_held_back_too_and_once_it_is_paid_those_goods_clear() -> None:
    shop = Shop()
    order = shop.in_work(header={"split_allowed": True})
    shop.make(order, Decimal(40))
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    sent = BalanceLetter.objects.get()
    assert (sent.covers, sent.balance) == (400, 400)
    (sheet,) = sheets_of(sent.document)
    assert "留作最后一批" in sheet
    shop.pay(order, Decimal(399))
    shipment = shop.shipment(order)
    with pytest.raises(Refused, match=r"尚缺 1.00 元"):
        clearance.clear_shipment(shipment, by=shop.who["finance"])
    assert owed(order) == set(), "the letter that went out covers them"
    shop.pay(order, Decimal(1))
    clearance.clear_shipment(shipment, by=shop.who["finance"])


def test_it_is_owed_for_goods_that_only_the_deposit_held_back_keeps_here() -> None:
    shop = Shop()
    order = shop.in_work(header={"split_allowed": True})
    shop.make(order, Decimal(30))
    assert owed(order) == {"customer_service"}, "300 came in, all of it the deposit"
    shop.pay(order, Decimal(300))
    assert owed(order) == set()
    assert not list(differences())


def test_an_order_paid_in_full_holds_nothing_back() -> None:
    shop = Shop()
    order = shop.in_work(header={"split_allowed": True})
    shop.pay_rest(order)
    shop.make(order, Decimal(80))
    assert owed(order) == set()
    clearance.clear_shipment(shop.shipment(order), by=shop.who["finance"])


def test_a_second_one_is_a_new_version() -> None:
    shop = Shop()
    order = shop.passed()
    for _ in range(2):
        letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=SOON)
    assert list(Document.objects.filter(kind="balance_letter").order_by("id").values_list("version", flat=True)) == [
        1,
        2,
    ]
