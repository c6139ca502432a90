"""Refunds, carrying over and 尾差: never more than is spare, always with a reason."""

from decimal import Decimal
from typing import Any

import pytest

from audit.errors import Forbidden, Refused
from finance.actions import balances, clearance
from finance.models import MoneyEntry
from finance.queries import split_deposit
from orders.models import Order
from tests.finance.desk import fresh, on_credit, unmet
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def refund(shop: Shop, order: Order, amount: str, **more: Any) -> Order:
    given = {"reason": "多付", "method": "transfer", "bank_ref": "T1", **more}
    return balances.refund(order, by=shop.who["finance"], amount=Decimal(amount), **given)


def test_a_refund_is_a_row_and_lowers_what_was_received() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"), "deposit")
    refund(shop, order, "100")
    assert fresh(order).received == Decimal("200.00")
    assert fresh(order).deposit_at is None
    assert MoneyEntry.objects.get(kind="refunded").amount == Decimal("-100.00")


def test_money_that_goods_stand_against_is_not_refunded() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay(order, Decimal("750"))
    shop.dispatched(shop.shipment(order))
    with pytest.raises(Refused, match=r"只有 50.00 元"):
        refund(shop, order, "50.01")
    refund(shop, order, "50")


def test_a_refund_has_reason_way_and_reference() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"))
    for wrong in ({"reason": ""}, {"method": ""}, {"bank_ref": " "}):
        with pytest.raises(Refused):
            refund(shop, order, "1", **wrong)


def test_a_refund_before_dispatch_withdraws_the_clearance() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.shipment(order)
    clearance.clear_shipment(shipment, by=shop.who["finance"])
    refund(shop, order, "1")
    assert "payment_cleared" in unmet("issue_notice", shipment)


def test_an_overpayment_is_carried_to_another_order_of_the_customer() -> None:
    shop = Shop()
    one, two = shop.sent(), shop.sent()
    shop.pay(one, Decimal("350"))
    balances.carry_over(one, by=shop.who["finance"], to=two, amount=Decimal("50"), reason="客户来函")
    assert (fresh(one).received, fresh(two).received) == (Decimal("300.00"), Decimal("50.00"))
    rows = MoneyEntry.objects.filter(kind__startswith="carried").order_by("id").values_list("kind", "amount")
    assert list(rows) == [("carried_out", Decimal("-50.00")), ("carried_in", Decimal("50.00"))]


def test_nothing_is_carried_to_another_customer() -> None:
    shop, other = Shop(), Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"))
    with pytest.raises(Refused, match="同一客户"):
        balances.carry_over(order, by=shop.who["finance"], to=other.sent(), amount=Decimal("1"), reason="错")


def test_a_small_difference_has_a_limit_over_the_whole_order() -> None:
    shop = on_credit(days=None)
    order = shop.passed()
    shop.pay(order, Decimal("985"))
    shop.dispatched(shop.shipment(order))
    balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal("6"), reason="手续费")
    with pytest.raises(Refused, match=r"不得超过 10.00 元"):
        balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal("4.01"), reason="手续费")
    with pytest.raises(Refused, match=r"只欠 9.00 元"):
        balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal("9.01"), reason="手续费")


def small_debt() -> tuple[Shop, Order]:
    """5.00 of 1,000 not paid, and let go."""
    shop = on_credit(days=None)
    order = shop.passed()
    shop.pay(order, Decimal("995"))
    shop.dispatched(shop.shipment(order))
    balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal("5"), reason="手续费")
    return shop, order


def test_what_was_written_off_and_paid_after_all_can_be_refunded() -> None:
    shop, order = small_debt()
    shop.pay(order, Decimal("5"))
    assert "多收 5.00 元" in unmet("complete", fresh(order))["settled"]
    with pytest.raises(Refused, match=r"只有 5.00 元"):
        refund(shop, order, "5.01")
    refund(shop, order, "5")
    assert "settled" not in unmet("complete", fresh(order))


def test_a_write_off_is_taken_back_with_a_reason_and_is_owed_again() -> None:
    shop, order = small_debt()
    with pytest.raises(Refused, match="原因"):
        balances.reverse_write_off(fresh(order), by=shop.who["finance"])
    shop.pay(order, Decimal("5"))
    balances.reverse_write_off(fresh(order), by=shop.who["finance"], reason="客户已补付")
    assert fresh(order).written_off == 0
    assert "settled" not in unmet("complete", fresh(order))
    with pytest.raises(Refused, match="没有核销过"):
        balances.reverse_write_off(fresh(order), by=shop.who["finance"], reason="再撤")


def test_nothing_is_carried_to_an_order_that_has_ended() -> None:
    shop = Shop()
    done, order = shop.completed(), shop.sent()
    shop.pay(order, Decimal("100"))
    with pytest.raises(Refused, match="已完成，不能转入"):
        balances.carry_over(order, by=shop.who["finance"], to=done, amount=Decimal("100"), reason="错")
    assert fresh(done).received == fresh(done).billed


@pytest.mark.parametrize("role", ["sales", "customer_service", "marketing_director"])
def test_only_finance_pays_back(role: str) -> None:
    shop = Shop()
    order = shop.sent()
    with pytest.raises(Forbidden):
        balances.refund(order, by=shop.who[role], amount=Decimal(1), method="cash", bank_ref="x", reason="x")


def test_a_deposit_above_a_fifth_is_split_into_deposit_and_prepayment() -> None:
    deposit = split_deposit(Shop(grade="C").draft())
    assert (deposit.due, deposit.earnest, deposit.prepaid) == (Decimal(500), Decimal(200), Decimal(300))
