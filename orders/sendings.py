"""What went out about an order, on its own page: papers and mails of the order and of its shipments (R13, R31)."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from accounts.permissions import may, sees_prices
from audit.prepared import Prepared
from documents import sending
from documents.audience import Audience
from documents.models import Sending
from orders.models import Order, ShipmentLine, State
from orders.panels import Panel

if TYPE_CHECKING:
    from accounts.models import User

NOTHING_YET = (State.DRAFT, State.PENDING)


def of_order(order: int, *, prices: bool) -> QuerySet[Sending]:
    """Newest first. Put together, each by its index: beside OR the database would read every sending there is."""
    shipments = ShipmentLine.objects.filter(line__order=order).order_by().values("shipment_id")
    of_shipments = Sending.objects.filter(subject_kind="shipment", subject_id__in=shipments)
    about = Sending.objects.filter(subject_kind="order", subject_id=order)
    plain = Q(document__audience=Audience.PLAIN)
    both = about.order_by().values("pk").union(of_shipments.order_by().values("pk"))
    return sending.sendings(Q(pk__in=both) & (Q() if prices else plain))[:50]


SENT = {prices: Prepared(partial(of_order, prices=prices), int) for prices in (True, False)}


def read(order: Order, user: "User") -> dict[str, Any] | None:
    """One query; papers with prices only for those who see prices."""
    if order.state in NOTHING_YET:
        return None
    sent = SENT[sees_prices(user)](order.pk)
    return {"sendings": sent, "may_settle": may(user, "settle_outbox")} if sent else None


PANEL = Panel("sendings", "发送记录", 70, "orders/parts/sendings.html", read)
