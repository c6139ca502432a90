"""What is made beyond the order or short of it: what may leave, and what is billed for it (R22, R27, R29)."""

from decimal import Decimal
from typing import Any

import pytest

from audit.errors import Blocked
from finance.actions import letter
from finance.models import BalanceLetter
from orders.actions import chain
from orders.models import Order, Owed
from production.actions import inspection, making
from production.actions import stock as receiving
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db


def made(shop: Shop, quantity: str, *, paid: str = "1500", **line: Any) -> Order:
    """Of 100 ordered within 5 % either way, `quantity` lies in stock; money holds nothing."""
    given = {"tolerance_plus": Decimal(5), "tolerance_minus": Decimal(5), **line}
    order = shop.in_work(shop.line("100", **given), header={"split_allowed": True})
    shop.pay(order, Decimal(paid) - order.received)
    shop.make(order, Decimal(quantity))
    return shop.fresh(order)


def accept(shop: Shop, order: Order, quantity: str) -> None:
    given = {"line_id": order.lines.get().pk, "quantity": Decimal(quantity), "paper": paper()}
    chain.accept_excess(order, by=shop.who["customer_service"], reason="客户愿意多要", **given)


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
    receiving.free_excess(order, by=shop.who["quality"], line_id=line.pk, quantity=Decimal(50), reason="多出的入库")
    assert to_the_end(shop, order).billed == Decimal("1000.00")


def test_an_under_run_within_the_tolerance_is_billed_as_made() -> None:
    shop = Shop()
    order = to_the_end(shop, made(shop, "95"))
    assert order.billed == Decimal("950.00")


def test_what_was_closed_short_is_billed_as_made() -> None:
    shop = Shop()
    order = made(shop, "60")
    given = {"line_id": order.lines.get().pk, "quantity": Decimal(40), "paper": paper()}
    chain.short_close(order, by=shop.who["customer_service"], reason="客户不要余量", **given)
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
