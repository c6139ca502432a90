"""What a cancelled order costs its customer, as finance settled it: billed as the order is cancelled (取消)."""

from finance.models import CancelSettlement
from finance.promises import judge
from orders.following import CANCELLING, follow
from orders.frame import OrderAct
from orders.models import Order


def register() -> None:
    follow(CANCELLING, charge_settled)


def charge_settled(act: OrderAct, order: Order) -> None:
    """What was kept of its money, or the loss where that is more. Nothing of it had left, so nothing else is billed;
    what is not covered by what was kept is owed from today on. What was promised for the goods lapses."""
    judge(order, act.at)
    if settled := standing_settlement(order):
        order.billed = max(settled.kept, settled.loss)


def standing_settlement(order: Order) -> CancelSettlement | None:
    """The one that covers the request and the money that is on the order."""
    if order.cancel_requested_at is None:
        return None
    found = CancelSettlement.objects.filter(order=order, at__gte=order.cancel_requested_at, kept=order.received)
    return found.filter(signoff__superseded_by__isnull=True).first()
