"""The finance desk in tests: money on orders of the shop, and customers who may owe."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from finance.actions import payments
from finance.models import Payment
from orders.models import Order
from orders.registry import registry
from tests import people
from tests.shop import Shop


def on_credit(limit: str = "100000", *, share: str = "0", days: int | None = 30, **terms: Any) -> Shop:
    """An A customer whose contract lets goods leave before they are paid."""
    shop = Shop(grade="A")
    people.contract(shop.customer, share_before_shipping=Decimal(share), days_for_rest=days, **terms)
    shop.customer.credit_limit = Decimal(limit)
    shop.customer.save()
    return shop


def receive(shop: Shop, amount: str, **facts: Any) -> Payment:
    """Money in the bank, given to nothing yet."""
    by = facts.pop("by", shop.who["finance"])
    given = {
        "customer": shop.customer,
        "amount": Decimal(amount),
        "received_at": timezone.now(),
        "method": "transfer",
        "bank_ref": f"REF{next(people.made)}",
        "payer": "客户",
        **facts,
    }
    return payments.record_payment(None, by=by, **given)


def unmet(bolt: str, subject: Any) -> dict[str, str]:
    return {gate.code: gate.message for gate in registry.unmet(bolt, subject)}


def owers(bolt: str, subject: Any, code: str) -> tuple[str, ...]:
    return next((gate.owers for gate in registry.unmet(bolt, subject) if gate.code == code), ())


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)
