"""What a cancelled order costs its customer, as finance settled it: billed as the order is cancelled (取消)."""

from django.db.models import QuerySet

from finance.models import CancelSettlement
from finance.promises import judge
from orders.frame import OrderAct
from orders.models import Order


def charge_settled(act: OrderAct, order: Order) -> None:
    """Nothing of it had left, so nothing but the settlement's charge is billed; what is not covered by what was kept
    is owed from today on. What was promised for the goods lapses."""
    judge(order, act.at)
    if settled := standing_settlement(order):
        order.billed = settled.charge


def standing_settlement(order: Order) -> CancelSettlement | None:
    """The one that covers the request and the money that is on the order."""
    return live(order).filter(kept=order.received).first()


def charged(order: Order) -> CancelSettlement | None:
    """The one that a cancelled order is billed by, whatever of it has been paid since."""
    return live(order).first()


def live(order: Order) -> QuerySet[CancelSettlement]:
    if order.cancel_requested_at is None:
        return CancelSettlement.objects.none()
    found = CancelSettlement.objects.filter(order=order, at__gte=order.cancel_requested_at)
    return found.filter(signoff__superseded_by__isnull=True)
