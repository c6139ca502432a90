"""The written words that an approval and a release stand on (R8-R10)."""

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from flow.gates import Gate, Owing
from orders import written
from orders.models import DatePush, HouseRules, Revision, RevisionLine, Signed, SignOff
from orders.queries import rows_of, words_on
from production.gates.shared import PRODUCTION, TECHNICAL, TO_MAKE, TODAY, rows, to_make

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
    .filter(
        kind=Signed.DATE,
        verdict="ok",
        line__terms__revision=OuterRef("pk"),
        line__terms__quantity__gt=F("line__terms__from_stock"),
        digest=F("line__terms__date_digest"),
    )
    .annotate(signed_day=TruncDate("at"))
    .annotate(pushed=PUSHES_SINCE)
    .filter(pushed__gte=LIMIT)
)
START_IS_PAST = written.on_line(Signed.DATE, "date_digest", start_on__lt=TODAY)
START_GONE_BY = Exists(to_make().filter(line__made=0).filter(START_IS_PAST))


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
        .filter(START_IS_PAST, line__made=0)
        .values_list("position", flat=True)
    )
    if gone:
        return f"{rows(gone)}的计划生产日已过而未开工，请生产部重新签署日期。"
    return "预交日顺延已达上限，请生产部重新签署日期。"


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
)
