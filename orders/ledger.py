"""Posting facts on a line, under its order's lock. The CHECKs of Line bound what may be so."""

from decimal import Decimal

from django.db.models import F

from audit.frame import Act
from orders.models import EntryKind, Line, LineEntry, Shipment
from stock.models import Pallet


def post(
    act: Act,
    line: Line,
    kind: EntryKind,
    quantity: Decimal,
    *,
    pallet: Pallet | None = None,
    lot_id: int | None = None,
    shipment: Shipment | None = None,
    note: str = "",
) -> LineEntry:
    """One fact and its running total. `quantity` in the line's unit; negative takes back what was posted."""
    entry = LineEntry.objects.create(
        line=line,
        kind=kind,
        quantity=quantity,
        lot_id=pallet.lot_id if pallet else lot_id,
        pallet=pallet,
        shipment=shipment,
        by=act.by,
        at=act.at,
        note=note,
    )
    Line.objects.filter(pk=line.pk).update(**{kind.value: F(kind.value) + quantity})
    return entry
