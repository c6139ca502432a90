"""What holds goods until they are judged, in stock, and released (R23)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from flow.gates import Duty, Gate, Owing
from orders import written
from orders.models import Line, LineEntry, Order, Shipment, ShipmentLine, Signed
from orders.reservations import COMES, GOES
from production.gates.shared import PRODUCTION, QUALITY
from production.models import Batch, BatchStatus

# inspected, stocked: what was made is accepted or scrapped; what was accepted is in stock (R23).

LINES = Line.objects.filter(order=OuterRef("pk"))
UNJUDGED = Exists(LINES.filter(made__gt=F("accepted") + F("scrapped")))
BATCHES = Batch.objects.filter(line__order=OuterRef("pk"), quantity__gt=0)
AWAITS_CS = Exists(BATCHES.filter(status=BatchStatus.INSPECTED))
AWAITS_QUALITY = Exists(BATCHES.filter(status=BatchStatus.WAITING))
# concession_signed: a batch that quality would take as it is, until a person has signed for that.
AWAITS_CONCESSION = Exists(BATCHES.filter(status=BatchStatus.CONCEDING))
# rework_done: what quality sent back is put right before the order is called finished again.
IN_REWORK = Exists(BATCHES.filter(status=BatchStatus.REWORK))

# lots_released: each pallet on the shipment is this order's, released, and there.

ON_SHIPMENT = ShipmentLine.objects.filter(shipment=OuterRef("pk"))
OF_LINE_ON_PALLET = LineEntry.objects.filter(line=OuterRef("line"), pallet=OuterRef("pallet")).order_by().values("line")


def lying(kinds: Iterable[Any]) -> Coalesce:
    total = OF_LINE_ON_PALLET.filter(kind__in=list(kinds)).annotate(total=Sum("quantity")).values("total")
    return Coalesce(Subquery(total), Value(Decimal(0)), output_field=DecimalField(max_digits=14, decimal_places=3))


NOT_OURS = ON_SHIPMENT.annotate(ours=lying(COMES) - lying(GOES)).filter(ours__lt=F("quantity"))
NOT_RELEASED = ON_SHIPMENT.exclude(pallet__lot__status="released")
NOT_THERE = ON_SHIPMENT.filter(pallet__on_hand__lt=F("quantity"))
FROM_STOCK = ON_SHIPMENT.filter(
    Q(from_stock=True)
    | Exists(LineEntry.objects.filter(line=OuterRef("line"), pallet=OuterRef("pallet"), kind="reserved"))
)
UNCHECKED_FROM_STOCK = Q(Exists(FROM_STOCK)) & ~Q(written.on_shipment(Signed.OUTGOING))


def explain_inspected(order: Order) -> str:
    batches = Batch.objects.filter(line__order=order, quantity__gt=0)
    said = []
    for status, words in (
        (BatchStatus.REWORK, "返工未完成"),
        (BatchStatus.WAITING, "待质检检验"),
        (BatchStatus.CONCEDING, "待客服主管或营销总监批准让步接收"),
        (BatchStatus.INSPECTED, "待客服会签"),
    ):
        if numbers := list(batches.filter(status=status).values_list("number", flat=True)):
            said.append(f"批次 {'、'.join(numbers)} {words}")
    return "；".join(said) + "。" if said else "尚有产品未检验，请质检检验。"


def explain_rework(order: Order) -> str:
    found = Batch.objects.filter(line__order=order, quantity__gt=0, status=BatchStatus.REWORK)
    return f"批次 {'、'.join(found.values_list('number', flat=True))} 返工未完成，请生产部登记返工情况。"


def explain_stocked(order: Order) -> str:
    open_ = Batch.objects.filter(line__order=order, stocked__lt=F("accepted")).values_list("number", flat=True)
    return f"批次 {'、'.join(open_)} 检验合格尚未入库，请质检办理入库。"


def explain_lots(shipment: Shipment) -> str:
    lines = ShipmentLine.objects.filter(shipment=shipment)
    for problem, words in (
        (lines.annotate(ours=lying(COMES) - lying(GOES)).filter(ours__lt=F("quantity")), "不属于单上的订单，请改选"),
        (lines.exclude(pallet__lot__status="released"), "未经质检放行，请质检放行后再发"),
        (lines.filter(pallet__on_hand__lt=F("quantity")), "库存不足，请改选或减少数量"),
    ):
        if found := list(problem.values_list("pallet__number", flat=True)):
            return f"托盘 {'、'.join(found)} {words}。"
    return "有现货出库，请质检作出库复检（批号、保质期、包装、标签）并签字。"


GATES = (
    Gate(
        "rework_done",
        "order",
        "返工已完成",
        "质检退回的批次返工未完成。",
        Q(IN_REWORK),
        (PRODUCTION,),
        "quality:batches",
        explain_rework,
    ),
    Gate(
        "inspected",
        "order",
        "检验合格",
        "有批次未经质检与客服共同签字。",
        Q(UNJUDGED),
        (
            Owing("quality", Q(AWAITS_QUALITY) | ~(Q(AWAITS_CS) | Q(AWAITS_CONCESSION) | Q(IN_REWORK))),
            Owing("customer_service", Q(AWAITS_CS)),
            Owing("cs_supervisor", Q(AWAITS_CONCESSION)),
            Owing("marketing_director", Q(AWAITS_CONCESSION)),
            Owing("production", Q(IN_REWORK)),
        ),
        "quality:batches",
        explain_inspected,
    ),
    Gate(
        "stocked",
        "order",
        "成品入库",
        "检验合格的产品尚未入库。",
        Q(Exists(LINES.filter(accepted__gt=F("stocked")))),
        (QUALITY,),
        "quality:batches",
        explain_stocked,
    ),
    Gate(
        "lots_released",
        "shipment",
        "批次已放行",
        "有托盘不属于此单、未放行、不在库，或现货未经出库复检。",
        Q(Exists(NOT_OURS)) | Q(Exists(NOT_RELEASED)) | Q(Exists(NOT_THERE)) | UNCHECKED_FROM_STOCK,
        (QUALITY,),
        "quality:outgoing",
        explain_lots,
    ),
)


DUTIES = (
    # In 质检 the gate `inspected` asks the same of them.
    Duty(
        "concession_signed",
        "order",
        "批准让步接收",
        Q(AWAITS_CONCESSION),
        (Owing("cs_supervisor"), Owing("marketing_director")),
        "quality:batches",
        frozenset({"PRODUCTION"}),
    ),
)
