"""What the ledger says of a whole shipment: its state alone does not tell whether something is on the way."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, Sum, Value, When

from audit.errors import Refused
from orders.models import EntryKind, LineEntry, Shipment, ShipmentState

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Those that may have something on the way: dispatched, or come in part.
ON_THE_WAY = frozenset({ShipmentState.DISPATCHED, ShipmentState.ARRIVED})


def left_after(*came_to: EntryKind) -> Exists:
    """Of an outer Shipment: some line has more shipped than came to any of these ends."""
    less = {kind: -F("quantity") for kind in came_to}
    signed = Case(
        When(kind=EntryKind.SHIPPED, then=F("quantity")),
        *(When(kind=kind, then=quantity) for kind, quantity in less.items()),
        default=Value(Decimal(0)),
        output_field=DecimalField(max_digits=14, decimal_places=3),
    )
    entries: QuerySet[Any, Any] = LineEntry.objects.filter(
        shipment=OuterRef("pk"), kind__in=[EntryKind.SHIPPED, *came_to]
    )
    rows = entries.order_by().values("line", "pallet").annotate(left=Sum(signed))
    return Exists(rows.filter(left__gt=0))


UNDER_WAY = left_after(EntryKind.ARRIVED, EntryKind.REFUSED, EntryKind.LOST)
# Not everything of it was lost: there is, or was, something for the customer.
NOT_ALL_LOST = left_after(EntryKind.LOST)
RECEIVED = Exists(LineEntry.objects.filter(kind=EntryKind.ARRIVED, shipment=OuterRef("pk")))
ON_THE_ROAD = Q(state__in=ON_THE_WAY) & Q(UNDER_WAY)


def is_under_way(shipment: Shipment) -> bool:
    return Shipment.objects.filter(UNDER_WAY, pk=shipment.pk).exists()


def must_be_under_way(shipment: Shipment) -> None:
    """Raises Refused where all of it has come, been refused or been lost."""
    if not is_under_way(shipment):
        raise Refused(f"{shipment.number} 已没有在途的货，无须办理此项。")
