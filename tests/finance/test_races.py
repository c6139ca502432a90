"""Money at once, on real threads: no payment is spent twice, nothing leaves on money that went away (B1, B4).

Negative control, tried by hand: with `select_for_update` taken away, `test_two_shipments_paid_for_one_…` clears both.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import AlreadyDone, Blocked, Refused
from finance.actions import clearance, payments
from finance.models import MoneyEntry, Payment, PaymentBalance
from flow.owed import differences
from orders.actions import chain
from orders.models import Order, Shipment
from shipping.actions import dispatching
from tests.finance.desk import fresh, receive
from tests.races import at_once, of_kind
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_allocations_of_one_payment_spend_it_once() -> None:
    shop = Shop()
    orders = [shop.draft(), shop.draft()]
    payment = receive(shop, "300")
    outcomes = at_once(
        20,
        lambda index: payments.allocate_payment(
            payment, by=shop.who["finance"], order=orders[index % 2], amount=Decimal("100")
        ),
    )
    assert len(of_kind(outcomes, Payment)) == 3
    assert len(of_kind(outcomes, Refused)) == 17
    assert sum(fresh(order).received for order in orders) == Decimal("300.00")
    assert PaymentBalance.objects.get().left == 0


def test_b1_the_same_payment_form_twenty_times_is_one_payment() -> None:
    shop = Shop()
    facts = {"received_at": timezone.now(), "bank_ref": "R7", "key": "one form"}
    outcomes = at_once(20, lambda _: receive(shop, "10", **facts))
    assert len(of_kind(outcomes, Payment)) == 1
    assert len(of_kind(outcomes, AlreadyDone)) == 19
    assert Payment.objects.count() == 1


def test_one_bank_reference_typed_by_twenty_at_once_counts_once() -> None:
    shop = Shop()
    outcomes = at_once(20, lambda _: receive(shop, "10", bank_ref="R8"))
    assert len(of_kind(outcomes, Payment)) == 1
    assert all("R8 已登记为" in refusal.message for refusal in of_kind(outcomes, Refused))
    numbers = sorted(payment.number[-4:] for payment in Payment.objects.all())
    assert numbers == ["0001"]


def test_twenty_reversals_of_one_payment_reverse_it_once() -> None:
    shop = Shop()
    order = shop.draft()
    payment = shop.pay(order, Decimal("10"))
    outcomes = at_once(20, lambda _: payments.reverse_payment(payment, by=shop.who["finance"], reason="错"))
    assert len(of_kind(outcomes, Payment)) == 1
    assert fresh(order).received == 0
    assert MoneyEntry.objects.filter(kind="reversed").count() == 1


def test_a_reversal_and_the_dispatch_it_stops_never_both_win() -> None:
    """Either the goods left while the money was there, or they stay; not cleared goods without money."""
    shop = Shop()
    order = shop.passed()
    payment = shop.pay(order, Decimal("700"))
    shipment = shop.noticed(shop.shipment(order))

    def act(index: int) -> Any:
        if index:
            return payments.reverse_payment(payment, by=shop.who["finance"], reason="退票")
        return send(shop, shipment)

    at_once(2, act)
    left = Shipment.objects.get(pk=shipment.pk).state == "dispatched"
    words = list(shipment.signoffs.filter(kind="clearance").order_by("id").values_list("verdict", flat=True))
    assert words == (["ok"] if left else ["ok", "withdrawn"])
    assert fresh(order).received == Decimal("300.00")
    assert not list(differences())


def send(shop: Shop, shipment: Shipment) -> Shipment:
    soon = timezone.now() + timedelta(days=1)
    return dispatching.dispatch(shipment, by=shop.who["warehouse"], carrier="德邦", expected_at=soon, check_at=soon)


def test_two_shipments_paid_for_one_are_not_both_cleared() -> None:
    shop = Shop()
    order = shop.passed(header={"split_allowed": True})
    shop.pay(order, Decimal("500"))
    shipments = [shop.shipment(order, Decimal(50)), shop.shipment(order, Decimal(49))]
    outcomes = at_once(2, lambda index: clearance.clear_shipment(shipments[index], by=shop.who["finance"]))
    assert len(of_kind(outcomes, Shipment)) == 1
    assert len(of_kind(outcomes, Refused)) == 1


def test_b4_a_release_and_the_reversal_of_its_deposit_never_both_stand_unseen() -> None:
    """Released first, the reversal follows; reversed first, the release is refused for the deposit."""
    shop = Shop()
    order = shop.sent()
    shop.returned(order.revision)
    payment = shop.pay(order, Decimal("300"), "deposit")

    def act(index: int) -> Any:
        if index:
            return payments.reverse_payment(payment, by=shop.who["finance"], reason="退票")
        return chain.release(order.revision, by=shop.who["customer_service"])

    released, reversed_ = at_once(2, act)
    assert isinstance(reversed_, Payment)
    if isinstance(released, Blocked):
        assert [gate.code for gate in released.unmet] == ["deposit_received"]
        assert fresh(order).state == "APPROVED"
    else:
        assert isinstance(released, Order)
    assert not list(differences())
