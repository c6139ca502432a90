"""What the pages of quality read; each list in a fixed number of statements."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Prefetch, Q, QuerySet

from orders import written
from orders.models import (
    Order,
    RevisionLine,
    Shipment,
    ShipmentLine,
    ShipmentState,
    Signed,
    SignOff,
    State,
)
from orders.reservations import on_pallets
from production.models import (
    Batch,
    BatchStatus,
    DailyReport,
    EditionStatus,
    PalletReceived,
)
from production.queries import measured_lines
from quality.gates import FROM_STOCK
from quality.models import Finding, Inspection, ProductStandard
from stock.models import Pallet

if TYPE_CHECKING:
    from accounts.models import User

MOST_SHOWN = 20


def batches_of(order: Order) -> list[Batch]:
    found = Batch.objects.filter(line__order=order, quantity__gt=0)
    return list(with_inspections(found).order_by("-id"))


def newest_batches(order: Order) -> list[Batch]:
    found = Batch.objects.filter(line__order=order, quantity__gt=0)
    return list(found.only("number", "status").order_by("-id")[:MOST_SHOWN])


def with_inspections(found: QuerySet[Batch]) -> QuerySet[Batch]:
    return found.select_related(
        "line__order__customer",
        "inspection__by",
        "inspection__paper",
        "inspection__concession__by",
        "inspection__countersignature__by",
    )


def inspections_of(batch: Batch) -> list[Inspection]:
    """Every inspection of the batch, the newest first, with all that was found and signed; a fixed number of
    statements."""
    people = ("concession__by", "concession__paper", "countersignature__by", "refusal__by", "withdrawal__by")
    found = batch.inspections.select_related("by", "paper", "sampled__standard", "reworked__by", *people)
    items = Finding.objects.select_related("characteristic").order_by("characteristic__position")
    return list(found.prefetch_related("photos", Prefetch("findings", items)).order_by("-pk"))


def receipts_of(batch: Batch) -> QuerySet[PalletReceived]:
    return batch.receipts.select_related("pallet", "by")


def reports_in(batch: Batch) -> QuerySet[DailyReport]:
    """What was reported into the batch, and taken out of it again."""
    return DailyReport.objects.filter(batch=batch).select_related("by").order_by("pk")


def with_terms(batches: Iterable[Batch]) -> list[tuple[Batch, RevisionLine | None]]:
    """Each batch beside the terms of its line that are shown now; one query for all of them."""
    batches = list(batches)
    rows = RevisionLine.objects.filter(
        line__in=[batch.line_id for batch in batches], revision=F("line__order__revision")
    ).select_related("product")
    terms = {row.line_id: row for row in rows}
    return [(batch, terms.get(batch.line_id)) for batch in batches]


def lying(order: Order) -> list[dict[str, Any]]:
    """What lies in stock for the order, pallet by pallet."""
    lines = {row.line_id: row for row in measured_lines(order)}
    there = on_pallets(lines)
    pallets = Pallet.objects.select_related("lot").in_bulk([row.pallet_id for row in there])
    return [{"terms": lines[row.line_id], "pallet": pallets[row.pallet_id], "there": row} for row in there]


BATCH_SHELVES = {
    "inspect": ("待检验", Q(status=BatchStatus.WAITING)),
    "rework": ("返工中", Q(status=BatchStatus.REWORK)),
    "concede": ("待让步批准", Q(status=BatchStatus.CONCEDING)),
    "countersign": ("待会签", Q(status=BatchStatus.INSPECTED)),
    "receive": ("待入库", Q(stocked__lt=F("accepted"))),
    "all": ("全部批次", Q()),
}


OTHER_SHELVES = {"outgoing": "待出库复检", "pass": "待质检合格"}


def batches_on(shelf: str, user: "User") -> QuerySet[Batch]:
    found = Batch.objects.filter(
        BATCH_SHELVES[shelf][1], quantity__gt=0, line__order__in=Order.objects.visible_to(user)
    )
    return found if shelf == "all" else found.exclude(line__order__state=State.CANCELLED)


def shipments_to_check(user: "User") -> QuerySet[Shipment]:
    """Shipments with goods from stock that are not signed for leaving."""
    here = Shipment.objects.visible_to(user).filter(state__in=[ShipmentState.DRAFT, ShipmentState.NOTICED])
    return here.filter(Exists(FROM_STOCK)).exclude(written.on_shipment(Signed.OUTGOING)).select_related("customer")


def orders_to_pass(user: "User") -> QuerySet[Order]:
    return Order.objects.visible_to(user).filter(state=State.QUALITY).select_related("customer", "revision")


def quality_counts(user: "User") -> dict[str, int]:
    found = {code: batches_on(code, user).count() for code in BATCH_SHELVES if code != "all"}
    return found | {"outgoing": shipments_to_check(user).count(), "pass": orders_to_pass(user).count()}


def stopped_standards() -> QuerySet[ProductStandard]:
    """The standards in force of products whose batches are not passed by samples until quality resumes."""
    found = ProductStandard.objects.filter(status=EditionStatus.IN_FORCE, product__sampling__stopped=True)
    return found.select_related("product").order_by("pk")


def outgoing_lines(shipment: Shipment) -> QuerySet[ShipmentLine]:
    found = ShipmentLine.objects.filter(shipment=shipment)
    return found.select_related("line__order", "pallet__lot__product").order_by("id")


def checked_for_leaving(shipment: Shipment) -> SignOff | None:
    """The 出库复检 of what the shipment carries now."""
    return (
        SignOff.objects.live()
        .filter(kind=Signed.OUTGOING, verdict="ok", shipment=shipment, digest=shipment.digest)
        .select_related("by")
        .first()
    )
