"""The finance desk in tests: money on orders of the shop, and customers who may owe."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from finance.actions import balances, payments
from finance.models import Payment
from flow.gates import registry
from orders.actions import chain
from orders.models import Order
from production.actions import making
from tests import people
from tests.remembered import remembered
from tests.shop import Shop, paper


@remembered
def on_credit(limit: str = "100000", *, share: str = "0", days: int | None = 30, **terms: Any) -> Shop:
    """An A customer whose contract lets goods leave before they are paid."""
    shop = Shop(grade="A")
    people.contract(shop.customer, share_before_shipping=Decimal(share), days_for_rest=days, **terms)
    shop.customer.credit_limit = Decimal(limit)
    shop.customer.save()
    return shop


@remembered
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


@remembered
def cancelled(shop: Shop, order: Order, *, kept: str = "0", loss: str = "0") -> Order:
    """An order in work, called off in the customer's writing with all that signs for it; what came in is settled."""
    who = shop.who
    chain.request_cancel(order, by=who["customer_service"], reason="客户不要了", paper=paper())
    chain.agree_cancel_md(order, by=who["marketing_director"], text="同意")
    chain.agree_cancel_fin(order, by=who["finance"], text="同意")
    making.state_work_stopped(order, by=who["production"], good="0", in_work="0", scrap="0", material="无")
    balances.sign_cancel_settled(
        order,
        by=who["finance"],
        kept=Decimal(kept),
        loss=Decimal(loss),
        goods="none",
        note="按合同",
        method="transfer",
        bank_ref=f"TK{next(people.made)}",
    )
    done: Order = chain.cancel(order, by=who["customer_service"], reason="客户不要了")
    return done


def unmet(bolt: str, subject: Any) -> dict[str, str]:
    return {gate.code: gate.message for gate in registry.unmet(bolt, subject)}


def owers(bolt: str, subject: Any, code: str) -> tuple[str, ...]:
    return next((gate.owers for gate in registry.unmet(bolt, subject) if gate.code == code), ())


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)
