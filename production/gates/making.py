"""What holds making and finishing (R18, R21)."""

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from flow.gates import Duty, Gate, Owing
from orders import written
from orders.models import Order, Revision, RevisionLine, Signed, SignOff
from production.gates.shared import CS, IN_FORCE, TO_MAKE, plain
from production.models import Anomaly, DailyReport

# order_signed_for: the 生产指令单 of the revision in force (R18).

MAKING = RevisionLine.objects.filter(TO_MAKE, revision__order=OuterRef("pk"), revision__status=IN_FORCE)
SOMETHING_TO_MAKE = Exists(MAKING)


# It prints production's written dates, which rule (R19). So a signature on it counts until a date is written that
# differs from the one that stood when it was given.
PRINTED = SignOff.objects.filter(
    kind=Signed.DATE, verdict="ok", line=OuterRef("line"), digest=OuterRef("digest"), pk__lt=OuterRef(OuterRef("pk"))
).order_by("-pk")
DATED_ANEW = (
    written.word(
        Signed.DATE,
        pk__gt=OuterRef("pk"),
        line__terms__revision=OuterRef("revision"),
        digest=F("line__terms__date_digest"),
    )
    .annotate(finish_printed=PRINTED.values("finish_on")[:1], start_printed=PRINTED.values("start_on")[:1])
    .exclude(finish_on=F("finish_printed"), start_on=F("start_printed"))
)
HANDED_OVER_SINCE = written.word(Signed.HANDED_OVER, revision=OuterRef("revision"), pk__gt=OuterRef("pk"))


def on_paper(kind: Signed, **on: Any) -> QuerySet[SignOff]:
    """Signatures of `kind` on the 生产指令单 that say what it would print now."""
    return written.word(kind, **on).exclude(Exists(DATED_ANEW)).exclude(Exists(HANDED_OVER_SINCE))


def on_revision_in_force(kind: Signed) -> Exists:
    signed = on_paper(kind, revision=OuterRef("pk"), digest=OuterRef("print_digest"))
    return Exists(Revision.objects.filter(Exists(signed), order=OuterRef("pk"), status=IN_FORCE))


# Copies of a 生产指令单 that an amendment or other dates have overtaken, until somebody has them back (收回作废).
OLD_COPIES = Exists(
    SignOff.objects.filter(kind=Signed.HANDED_OVER, verdict="ok", order=OuterRef("pk"))
    .annotate(overtaken_at=Coalesce("superseded_by__at", "revision__superseded_at"))
    .filter(overtaken_at__isnull=False)
    .exclude(
        Exists(SignOff.objects.filter(kind=Signed.RECALLED, order=OuterRef("order"), at__gte=OuterRef("overtaken_at")))
    )
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


# work_stopped: said after the cancellation was asked for, and nothing was reported since.

REPORTED_SINCE = DailyReport.objects.filter(order=OuterRef("order"), at__gt=OuterRef("at"))

STOPPED = Exists(
    written.word(
        Signed.WORK_STOPPED,
        order=OuterRef("pk"),
        revision=None,
        line=None,
        shipment=None,
        at__gte=OuterRef("cancel_requested_at"),
    ).exclude(Exists(REPORTED_SINCE))
)


# What is missing, in words.


def explain_signed_for(order: Order) -> str:
    if not Order.objects.filter(HANDED_OVER, pk=order.pk).exists():
        if written.word(Signed.HANDED_OVER, revision__order=order, revision__status=IN_FORCE).exists():
            return "生产部的书面日期已变，请客服换发生产指令单。"
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


GATES = (
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
        "work_stopped",
        "order",
        "停产说明",
        "生产部尚未书面说明成品、在制品、废品和已用原材料，或说明之后又有报工。",
        Q(SOMETHING_TO_MAKE) & ~Q(STOPPED),
        (Owing("production", Q(cancel_requested_at__isnull=False)),),
        "production:stop",
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
        frozenset({"PRODUCTION", "QUALITY", "SHIPPING"}),
    ),
)
