"""What lies in stock for a line, pallet by pallet, read from the ledger; and giving it back.

`on_pallets` is the one answer to «how much of this pallet is this line's»; reserving, drafting a shipment and
cancelling all ask it, under the order's lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from audit.frame import Act
from orders.ledger import post
from orders.models import EntryKind, Line, LineEntry, Order
from stock import moves, promises
from stock.models import Pallet

ZERO = Decimal(0)
QUANTITY: DecimalField = DecimalField(max_digits=14, decimal_places=3)
COMES = (EntryKind.RESERVED, EntryKind.STOCKED, EntryKind.RETURNED)
GOES = (EntryKind.SHIPPED, EntryKind.FREED, EntryKind.SCRAPPED)


@dataclass(frozen=True)
class Lying:
    """`quantity` of a line on a pallet; `from_stock` of it was reserved there, the rest was made for the line."""

    line_id: int
    pallet_id: int
    quantity: Decimal
    from_stock: Decimal


def summed(kinds: Iterable[EntryKind]) -> Coalesce:
    return Coalesce(Sum("quantity", filter=Q(kind__in=[*kinds])), ZERO)


def on_pallets(line_ids: Iterable[int]) -> list[Lying]:
    """What is in stock for these lines and has not left, by line and pallet; one query."""
    rows = (
        LineEntry.objects.filter(line__in=list(line_ids), pallet__isnull=False)
        .order_by("line_id", "pallet_id")
        .values("line_id", "pallet_id")
        .annotate(left=summed(COMES) - summed(GOES), reserved=summed([EntryKind.RESERVED]))
        .filter(left__gt=0)
    )
    return [
        Lying(row["line_id"], row["pallet_id"], row["left"], max(ZERO, min(row["left"], row["reserved"])))
        for row in rows
    ]


def reserved_of(order: Order) -> dict[tuple[int, int], Decimal]:
    """(line, product) → what was reserved of that product for the line; one query."""
    entries = LineEntry.objects.filter(line__order=order, kind=EntryKind.RESERVED).order_by()
    rows = entries.values_list("line", "pallet__lot__product").annotate(Sum("quantity"))
    return {(line, product): quantity for line, product, quantity in rows}


def differing() -> promises.Differing:
    """The pallets whose reserved quantity is not what the lines' ledger says lies there for them."""
    entries = LineEntry.objects.filter(pallet=OuterRef("pk")).order_by().values("pallet")
    kept = Subquery(entries.annotate(left=summed(COMES) - summed(GOES)).values("left"))
    found = Pallet.objects.annotate(ledger=Coalesce(kept, ZERO, output_field=QUANTITY))
    wrong = found.exclude(reserved=F("ledger")).order_by("pk")
    return list(wrong.values_list("number", "reserved", "ledger"))


def free(act: Act, line: Line, pallet: Pallet, quantity: Decimal, *, from_stock: bool, ref: str, note: str) -> None:
    """`quantity` of a line on a locked pallet is anybody's again: a reservation taken back, or made goods given up."""
    moves.unreserve(pallet, quantity, ref, act.by, act.at)
    if from_stock:
        post(act, line, EntryKind.RESERVED, -quantity, pallet=pallet, note=note)
    else:
        post(act, line, EntryKind.FREED, quantity, pallet=pallet, note=note)


def write_off(
    act: Act, line: Line, pallet: Pallet, quantity: Decimal, *, from_stock: bool, ref: str, note: str
) -> None:
    """`quantity` of a line on a locked pallet is no good any more: a reservation is gone; made goods are no longer
    stocked nor accepted, but scrapped."""
    moves.unreserve(pallet, quantity, ref, act.by, act.at)
    moves.write_off(pallet, quantity, ref, act.by, act.at)
    if from_stock:
        post(act, line, EntryKind.RESERVED, -quantity, pallet=pallet, note=note)
        return
    post(act, line, EntryKind.STOCKED, -quantity, pallet=pallet, note=note)
    post(act, line, EntryKind.ACCEPTED, -quantity, note=note)
    post(act, line, EntryKind.SCRAPPED, quantity, note=note)


def free_reservations(act: Act, order: Order) -> Decimal:
    """Everything that lies in stock for `order` goes back to free stock; the quantity freed. Under the order's lock."""
    lines = Line.objects.in_bulk(list(order.lines.order_by().values_list("pk", flat=True)))
    lying = on_pallets(lines)
    pallets = moves.lock(row.pallet_id for row in lying)
    note = f"{order.number} 取消，释放库存"
    for row in lying:
        made = row.quantity - row.from_stock
        for quantity, from_stock in ((row.from_stock, True), (made, False)):
            if quantity > 0:
                pallet = pallets[row.pallet_id]
                free(act, lines[row.line_id], pallet, quantity, from_stock=from_stock, ref=order.number, note=note)
    return sum((row.quantity for row in lying), ZERO)
