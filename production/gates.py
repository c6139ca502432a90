"""What technical, production and quality hold an order by (rules.md, the chain)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate

from audit.moment import Moment
from orders import written
from orders.duties import at_once
from orders.models import (
    DatePush,
    HouseRules,
    Line,
    LineEntry,
    Order,
    Revision,
    RevisionLine,
    Shipment,
    ShipmentLine,
    Signed,
    SignOff,
)
from orders.queries import rows_of, words_on
from orders.registry import Duty, Gate, Owing, registry
from orders.reservations import COMES, GOES
from production.models import Anomaly, Batch, BatchStatus

TODAY = TruncDate(Moment())
CS = Owing("customer_service")
QUALITY = Owing("quality")
PRODUCTION = Owing("production")
TECHNICAL = Owing("technical")

TO_MAKE = Q(quantity__gt=F("from_stock"))
IN_FORCE = "in_force"


def to_make() -> QuerySet[RevisionLine]:
    """Of an outer Revision: the lines of which something is to be made."""
    return written.lines().filter(TO_MAKE)


# technical_signed: can be made as it is, or with the customer's signed formula beside it (R8).

CAN = written.on_line(Signed.TECHNICAL, "technical_digest", ["can"])
WITH_FORMULA = written.on_line(Signed.TECHNICAL, "technical_digest", ["changed", "insist"], paper__isnull=False)
CANNOT = written.on_line(Signed.TECHNICAL, "technical_digest", ["cannot"])
UNSAID = to_make().exclude(CAN).exclude(WITH_FORMULA)

# material_stated, date_committed: a date counts only on the statement that still stands (R9, R10).

STATED = written.on_line(Signed.MATERIAL, "material_digest")
DATED = written.on_line(Signed.DATE, "date_digest", based_on__superseded_by__isnull=True)
UNSTATED = Exists(to_make().exclude(STATED))
UNDATED = Exists(to_make().exclude(DATED))

# date_current: pushes since the date was signed, or a planned start gone by, want a new date.

LIMIT = Coalesce(Subquery(HouseRules.objects.filter(pk=1).values("push_limit")), Value(5))
PUSHES_SINCE = Coalesce(
    Subquery(
        DatePush.objects.filter(
            revision=OuterRef(OuterRef("pk")), live=True, reverses__isnull=True, day__gte=OuterRef("signed_day")
        )
        .order_by()
        .values("revision")
        .annotate(n=Count("pk"))
        .values("n")
    ),
    Value(0),
)
PUSHED_TOO_OFTEN = Exists(
    SignOff.objects.live()
    .filter(kind=Signed.DATE, verdict="ok", line__terms__revision=OuterRef("pk"))
    .filter(line__terms__quantity__gt=F("line__terms__from_stock"))
    .annotate(signed_day=TruncDate("at"))
    .annotate(pushed=PUSHES_SINCE)
    .filter(pushed__gte=LIMIT)
)
START_GONE_BY = Exists(
    to_make().filter(line__made=0).filter(Exists(written.word(Signed.DATE, line=OuterRef("line"), start_on__lt=TODAY)))
)

# order_signed_for: the 生产指令单 of the revision in force (R18).

MAKING = RevisionLine.objects.filter(TO_MAKE, revision__order=OuterRef("pk"), revision__status=IN_FORCE)
SOMETHING_TO_MAKE = Exists(MAKING)


def on_revision_in_force(kind: Signed) -> Exists:
    return Exists(
        Revision.objects.filter(order=OuterRef("pk"), status=IN_FORCE).filter(written.on_revision(kind, "print_digest"))
    )


# Copies of a 生产指令单 that an amendment has overtaken, until somebody has them back (收回作废).
OLD_COPIES = Exists(
    SignOff.objects.filter(
        kind=Signed.HANDED_OVER, verdict="ok", order=OuterRef("pk"), revision__status="superseded"
    ).exclude(Exists(SignOff.objects.filter(kind=Signed.RECALLED, order=OuterRef("order"), at__gt=OuterRef("at"))))
)

HANDED_OVER = on_revision_in_force(Signed.HANDED_OVER)
SIGNED_FOR = on_revision_in_force(Signed.SIGNED_FOR)

# quantity_made: percentages are multiplied out, so that nothing is divided and nothing rounded.

HUNDRED = Value(Decimal(100))
WANTED = F("quantity") - F("line__closed_short")
GOOD = F("line__good")
LINES_IN_FORCE = RevisionLine.objects.filter(revision__order=OuterRef("pk"), revision__status=IN_FORCE)


def measured(lines: QuerySet[Any]) -> QuerySet[Any]:
    """Terms rows with how much is missing and too much, in hundredths of the unit; 0 or less is within tolerance."""
    wide: DecimalField = DecimalField(max_digits=24, decimal_places=5)
    least, most = WANTED * (HUNDRED - F("tolerance_minus")), WANTED * (HUNDRED + F("tolerance_plus"))
    return lines.annotate(
        short=ExpressionWrapper(least - GOOD * HUNDRED, output_field=wide),
        over=ExpressionWrapper((GOOD - F("line__excess")) * HUNDRED - most, output_field=wide),
    )


SHORT = Exists(measured(LINES_IN_FORCE).filter(short__gt=0))
OVER = Exists(measured(LINES_IN_FORCE).filter(over__gt=0))

# inspected, stocked: what was made is accepted or scrapped; what was accepted is in stock (R23).

LINES = Line.objects.filter(order=OuterRef("pk"))
UNJUDGED = Exists(LINES.filter(made__gt=F("accepted") + F("scrapped")))
BATCHES = Batch.objects.filter(line__order=OuterRef("pk"), quantity__gt=0)
AWAITS_CS = Exists(BATCHES.filter(status=BatchStatus.INSPECTED))
AWAITS_QUALITY = Exists(BATCHES.filter(status__in=[BatchStatus.WAITING, BatchStatus.REWORK]))

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


# work_stopped: said after the cancellation was asked for.

STOPPED = Exists(
    written.word(
        Signed.WORK_STOPPED,
        order=OuterRef("pk"),
        revision=None,
        line=None,
        shipment=None,
        at__gte=OuterRef("cancel_requested_at"),
    )
)


# What is missing, in words.


def rows(numbers: Iterable[int]) -> str:
    return "第 " + "、".join(map(str, sorted(numbers))) + " 行"


def standing(revision: Revision, kind: Signed, digest: str) -> dict[int, SignOff | None]:
    """By position of each line to make: the word of `kind` that saw what is there now."""
    lines = [row for row in rows_of(revision.order, revision.pk) if row.to_make > 0]
    words = words_on(revision.order, lines, kind, digest)
    counts = {line: word for line, word in words.items() if word.__dict__["stands"]}
    return {row.position: counts.get(row.line_id) for row in lines}


def lacking(revision: Revision, kind: Signed, digest: str) -> list[int]:
    return [at for at, word in standing(revision, kind, digest).items() if word is None or word.verdict != "ok"]


def explain_technical(revision: Revision) -> str:
    said = standing(revision, Signed.TECHNICAL, "technical_digest")
    if refused := [at for at, word in said.items() if word and word.verdict == "cannot"]:
        return f"{rows(refused)}技术部书面说明不能生产，请销售员改产品、删去该行，或走打样。"
    unsaid = [at for at, word in said.items() if not word or (word.verdict != "can" and not word.paper_id)]
    return f"{rows(unsaid)}技术部尚未书面确认可否生产，请技术部签署。"


def explain_material(revision: Revision) -> str:
    missing = lacking(revision, Signed.MATERIAL, "material_digest")
    return f"{rows(missing)}没有有效的原材料储备书面说明，请技术部签署；口头无效。"


def explain_dates(revision: Revision) -> str:
    missing = lacking(revision, Signed.DATE, "date_digest")
    return f"{rows(missing)}生产部尚未按现行原材料说明书面确认完成日，请生产部签署；口头无效。"


def explain_current(revision: Revision) -> str:
    if missing := lacking(revision, Signed.DATE, "date_digest"):
        return f"{rows(missing)}的原材料说明或条款已变更，请生产部重新签署日期。"
    gone = (
        RevisionLine.objects.filter(TO_MAKE, revision=revision)
        .filter(Exists(written.word(Signed.DATE, line=OuterRef("line"), start_on__lt=TODAY)), line__made=0)
        .values_list("position", flat=True)
    )
    if gone:
        return f"{rows(gone)}的计划生产日已过而未开工，请生产部重新签署日期。"
    return "预交日顺延已达上限，请生产部重新签署日期。"


def explain_signed_for(order: Order) -> str:
    if not Order.objects.filter(HANDED_OVER, pk=order.pk).exists():
        return "生产指令单客服尚未签字下达，请客服签字。"
    return "生产指令单尚未由生产主管签收，请生产主管签收。"


def explain_quantity(order: Order) -> str:
    """«第 1 行合格 890，少于允差下限 900»."""
    lines = RevisionLine.objects.filter(revision__order=order, revision__status=IN_FORCE)
    said = []
    for line in measured(lines).filter(Q(short__gt=0) | Q(over__gt=0)).select_related("line"):
        good, unit = plain(line.line.good), line.unit
        if line.short > 0:
            said.append(f"第 {line.position} 行合格 {good} {unit}，距允差下限还差 {plain(line.short / 100)} {unit}")
        else:
            said.append(f"第 {line.position} 行合格 {good} {unit}，超出允差上限 {plain(line.over / 100)} {unit}")
    return "；".join(said) + "。请补做、由客户书面短结或超量接收，或将多出的转库存。"


def explain_inspected(order: Order) -> str:
    batches = Batch.objects.filter(line__order=order, quantity__gt=0)
    waiting = batches.filter(status__in=[BatchStatus.WAITING, BatchStatus.REWORK]).values_list("number", flat=True)
    unsigned = batches.filter(status=BatchStatus.INSPECTED).values_list("number", flat=True)
    said = [f"批次 {'、'.join(waiting)} 待质检检验"] if waiting else []
    said += [f"批次 {'、'.join(unsigned)} 待客服会签"] if unsigned else []
    return "；".join(said) + "。" if said else "尚有产品未检验，请质检检验。"


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


def plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


GATES = (
    Gate(
        "technical_signed",
        "revision",
        "技术确认",
        "技术部尚未书面确认可否生产。",
        Q(Exists(UNSAID)),
        (
            Owing("technical", Q(Exists(UNSAID.exclude(CANNOT)))),
            Owing("sales", Q(Exists(to_make().filter(CANNOT)))),
        ),
        "production:technical",
        explain_technical,
    ),
    Gate(
        "material_stated",
        "revision",
        "原材料储备说明",
        "没有有效的原材料储备书面说明，请技术部签署。",
        Q(UNSTATED),
        (TECHNICAL,),
        "production:material",
        explain_material,
    ),
    Gate(
        "date_committed",
        "revision",
        "交期书面确认",
        "生产部尚未书面确认完成日、生产日与数量。",
        Q(UNDATED),
        (PRODUCTION,),
        "production:dates",
        explain_dates,
    ),
    Gate(
        "date_current",
        "revision",
        "交期仍然有效",
        "生产部签署的日期已不适用，请重新签署。",
        Q(UNDATED) | Q(PUSHED_TOO_OFTEN) | Q(START_GONE_BY),
        (PRODUCTION,),
        "production:dates",
        explain_current,
    ),
    Gate(
        "order_signed_for",
        "order",
        "生产指令单已签收",
        "现行生产指令单未经客服签字和生产主管签收。",
        Q(SOMETHING_TO_MAKE) & ~Q(HANDED_OVER, SIGNED_FOR),
        (Owing("customer_service", ~Q(HANDED_OVER)), Owing("production", Q(HANDED_OVER))),
        "production:order",
        explain_signed_for,
    ),
    Gate(
        "quantity_made",
        "order",
        "数量在允差内",
        "合格数量不在允差之内。",
        Q(SHORT) | Q(OVER),
        (Owing("production", Q(SHORT)), CS),
        "production:report",
        explain_quantity,
    ),
    Gate(
        "anomalies_planned",
        "order",
        "异常已有方案",
        "生产异常尚无商定的处理方案，请客服主管与营销总监商定。",
        Q(Exists(Anomaly.objects.filter(order=OuterRef("pk"), agreed_at__isnull=True, closed_at__isnull=True))),
        (Owing("cs_supervisor"), Owing("marketing_director")),
        "production:anomalies",
    ),
    Gate(
        "inspected",
        "order",
        "检验合格",
        "有批次未经质检与客服共同签字。",
        Q(UNJUDGED),
        (
            Owing("quality", Q(AWAITS_QUALITY) | ~Q(AWAITS_CS)),
            Owing("customer_service", Q(AWAITS_CS)),
        ),
        "production:batches",
        explain_inspected,
    ),
    Gate(
        "stocked",
        "order",
        "成品入库",
        "检验合格的产品尚未入库。",
        Q(Exists(LINES.filter(accepted__gt=F("stocked")))),
        (QUALITY,),
        "production:batches",
        explain_stocked,
    ),
    Gate(
        "work_stopped",
        "order",
        "停产说明",
        "生产部尚未书面说明成品、在制品、废品和已用原材料。",
        Q(SOMETHING_TO_MAKE) & ~Q(STOPPED),
        (Owing("production", Q(cancel_requested_at__isnull=False)),),
        "production:stop",
    ),
    Gate(
        "lots_released",
        "shipment",
        "批次已放行",
        "有托盘不属于此单、未放行、不在库，或现货未经出库复检。",
        Q(Exists(NOT_OURS)) | Q(Exists(NOT_RELEASED)) | Q(Exists(NOT_THERE)) | UNCHECKED_FROM_STOCK,
        (QUALITY,),
        "production:outgoing",
        explain_lots,
    ),
)


DUTIES = (
    Duty(
        "old_orders_recalled",
        "order",
        "收回作废旧版生产指令单",
        Q(OLD_COPIES),
        (CS,),
        "production:order",
        at_once,
        frozenset({"PRODUCTION", "QUALITY", "SHIPPING"}),
    ),
)


def register() -> None:
    for duty in DUTIES:
        registry.duty(duty)
    registry.lead("finish", "production:report")
    registry.lead("pass_quality", "production:batches")
    for gate in GATES:
        registry.gate(gate)
