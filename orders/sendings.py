"""What went out about an order, on its own page: papers and mails of the order and of its shipments (R13, R31)."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.permissions import may, sees_prices
from documents import kinds, sending
from orders.models import Order, ShipmentLine, State
from orders.panels import Panel, register

if TYPE_CHECKING:
    from accounts.models import User

NOTHING_YET = (State.DRAFT, State.PENDING)


def read(order: Order, user: "User") -> dict[str, Any] | None:
    """One query; papers with prices only for those who see prices."""
    if order.state in NOTHING_YET:
        return None
    on_order = ShipmentLine.objects.filter(line__order=order).values("shipment_id")
    about = Q(subject_kind="order", subject_id=order.pk) | Q(subject_kind="shipment", subject_id__in=on_order)
    prices = sees_prices(user)
    plain = Q(document__kind__in=kinds.codes(prices=prices))
    sent = list(sending.sendings(about & (plain | Q(document=None) if prices else plain))[:50])
    return {"sendings": sent, "may_settle": may(user, "settle_outbox")} if sent else None


def show() -> None:
    register(Panel("sendings", "发送记录", 70, "orders/parts/sendings.html", read))
