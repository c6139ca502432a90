"""From a delivered pallet, a delivery note or a batch back to who made and judged it and of what; and from these, or
from a lot of raw material, on to every customer."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet, Sum

from orders.models import Shipment, ShipmentLine, ShipmentState, give_places
from production.models import Batch, DailyReport, MaterialUse
from quality.pieces import batch_in
from stock.models import Lot, MaterialLot, Pallet

if TYPE_CHECKING:
    from accounts.models import User

LEFT = (ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED)
MOST_BATCHES = 100
HEADS = ("批号", "托盘", "产品编号", "品名", "数量", "订单", "客户", "发货单", "发出时间", "收货人", "电话", "地址")
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Traced:
    """What a number leads to. Where the goods went is read from all `lots`; of the batches that they were made in no
    more than so many are shown, and `more` says that there are others."""

    batches: list[Batch]
    lots: QuerySet[Lot]
    more: bool


def traced(number: str, user: "User") -> Traced:
    """The lots that a batch, piece, pallet, shipment or material lot's number names, and the batches they were made
    in."""
    number = led_by(number)
    on_shipment = ShipmentLine.objects.filter(shipment__in=Shipment.objects.visible_to(user), shipment__number=number)
    # What came back whole was not used: its sum over issues and returns is nothing.
    used = MaterialUse.objects.filter(lot__number=number).order_by().values("line_id")
    made_of = Batch.objects.filter(line__in=used.annotate(left=Sum("quantity")).filter(left__gt=0).values("line_id"))
    # Each way by itself: asked with OR, or all in one statement, every lot there is would be looked at.
    ways = (
        Lot.objects.filter(number=number),
        Lot.objects.filter(pallets__number=number),
        Lot.objects.filter(pk__in=on_shipment.values("pallet__lot")),
        Lot.objects.filter(number__in=made_of.values("number")),
    )
    lots = Lot.objects.filter(pk__in=found_by(ways)).select_related("product").order_by("pk")
    numbers = [number, *lots.order_by().values_list("number", flat=True)]
    found_batches = found_by((Batch.objects.filter(number__in=numbers), made_of))
    reports = DailyReport.objects.filter(takes_back=None, taken_back_by=None).select_related("by").order_by("pk")
    shown = list(
        Batch.objects.filter(pk__in=found_batches[:MOST_BATCHES])
        .select_related(
            "line__order__customer",
            "inspection__by",
            "inspection__countersignature__by",
            "inspection__sampled",
            "inspection__concession__by",
        )
        .prefetch_related(Prefetch("reports", reports))
        .order_by("pk")
    )
    give_places(batch.line for batch in shown)
    name_materials(shown)
    name_steps_before(shown)
    return Traced(shown, lots, len(found_batches) > MOST_BATCHES)


def found_by(ways: Iterable[QuerySet[Any]]) -> list[int]:
    """The ids that any of these finds."""
    first, *others = (way.order_by().values_list("pk", flat=True) for way in ways)
    return sorted(first.union(*others))


def led_by(number: str) -> str:
    """A roll or a carton is traced by its batch, unless a pallet bears that very number."""
    batch = batch_in(number)
    if batch and Batch.objects.filter(number=batch).exists() and not Pallet.objects.filter(number=number).exists():
        return batch
    return number


def name_materials(batches: list[Batch]) -> None:
    """Give each batch, as `made_of`, the lots that went into its line; what came back whole did not."""
    used = (
        MaterialUse.objects.filter(line__in={batch.line_id for batch in batches})
        .order_by()
        .values_list("line_id", "lot_id")
        .annotate(left=Sum("quantity"))
        .filter(left__gt=0)
    )
    pairs = [(line, lot) for line, lot, _ in used]
    lots = MaterialLot.objects.select_related("material").in_bulk({lot for _, lot in pairs})
    found: dict[int, list[MaterialLot]] = defaultdict(list)
    for line, lot in sorted(pairs):
        found[line].append(lots[lot])
    for batch in batches:
        batch.made_of = found[batch.line_id]  # type: ignore[attr-defined]


def name_steps_before(batches: list[Batch]) -> None:
    """Give each batch, as `steps_before`, its line's shifts of the steps before the last one: half-finished goods
    carry no batch of their own, so these are all of the line up to the batch's day."""
    rows = DailyReport.objects.filter(
        line__in={batch.line_id for batch in batches}, counted=False, takes_back=None, taken_back_by=None
    )
    found: dict[int, list[DailyReport]] = defaultdict(list)
    for row in rows.select_related("by").order_by("pk"):
        found[row.line_id].append(row)
    for batch in batches:
        batch.steps_before = [row for row in found[batch.line_id] if row.day <= batch.made_on]  # type: ignore[attr-defined]


def gone_to(lots: QuerySet[Lot], user: "User") -> QuerySet[ShipmentLine]:
    """Every delivery of goods of these lots that has left the house."""
    shipments = Shipment.objects.visible_to(user).filter(state__in=LEFT)
    found = ShipmentLine.objects.filter(pallet__lot__in=lots.order_by().values("pk"), shipment__in=shipments)
    return found.select_related("shipment__customer", "line__order", "pallet__lot__product")


def customers_of(found: QuerySet[ShipmentLine]) -> list[str]:
    return sorted(set(found.order_by().values_list("shipment__customer__name", flat=True)))


class Echo:
    """A file that gives back what is written to it, so that rows are sent as they are read."""

    def write(self, text: str) -> str:
        return text


def as_csv(found: QuerySet[ShipmentLine]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(HEADS)
    for row in found.order_by("pk").iterator(chunk_size=500):
        yield writer.writerow([safe(cell) for cell in cells_of(row)])


def cells_of(row: ShipmentLine) -> list[Any]:
    shipment, lot = row.shipment, row.pallet.lot
    left = f"{shipment.dispatched_at:%Y-%m-%d %H:%M}" if shipment.dispatched_at else ""
    return [
        *(lot.number, row.pallet.number, lot.product.code, lot.product.name, f"{row.quantity.normalize():f}"),
        *(row.line.order.number, shipment.customer.name, shipment.number, left),
        *(shipment.receiver, shipment.phone, shipment.address),
    ]


def safe(cell: Any) -> str:
    """A cell as text that no spreadsheet carries out."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
