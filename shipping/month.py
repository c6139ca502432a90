"""The month's 销售发货单 are handed to customer service on the first working day of the next (R32)."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from audit.moment import Moment
from flow.gates import Duty, Owing
from orders.models import Shipment, ShipmentState
from shipping.models import HandedOver
from shipping.road import NOT_ALL_LOST

GONE = frozenset({ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED})
OF_A_MONTH_THAT_ENDED = Q(dispatched_at__lt=TruncMonth(Moment()))
TO_HAND_OVER = Q(NOT_ALL_LOST) & ~Exists(HandedOver.objects.filter(shipment=OuterRef("pk")))
NOT_HANDED_OVER = OF_A_MONTH_THAT_ENDED & TO_HAND_OVER


# Its answer changes with time alone: shipping.tasks.look_at_the_clock has it read again.
DUTY = Duty(
    "monthly_handover",
    "shipment",
    "上月销售发货单移交客服",
    NOT_HANDED_OVER,
    (Owing("warehouse"),),
    "shipping:handed_over",
    GONE,
)


def waiting() -> QuerySet[Shipment]:
    return Shipment.objects.filter(NOT_HANDED_OVER, state__in=GONE)
