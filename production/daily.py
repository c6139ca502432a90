"""What is read of the 生产日报表: a day with its sums, the days, and which of them production still owes (R22)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Sum

from documents.models import Document
from orders import written
from orders.models import Order, RevisionLine, Signed, State, Status, place_of
from production.models import DailyReport, DaySignature, ReportDay, ReportSheet, SupervisionDay, WorkOrder, WorkSlot
from production.remaining import is_left

ZERO = Decimal(0)
MOST_LINES = 60
ROLES = frozenset(
    {"production", "technical", "quality", "customer_service", "cs_supervisor", "marketing_director", "warehouse"}
)

# Work is planned on the days of a line's work orders; of a line without them, on each day of production's signed span.
# Either way until nothing of it is left to be made.

STILL_MADE = Exists(
    RevisionLine.objects.filter(
        is_left(), line=OuterRef("line"), revision__status=Status.IN_FORCE, date_digest=OuterRef("digest")
    )
)
WORKED = Exists(WorkOrder.objects.filter(line=OuterRef("line"), ended_at=None))


def planned(order: OuterRef | int, day: OuterRef | date) -> QuerySet[Any]:
    outer = OuterRef(day) if isinstance(day, OuterRef) else day
    on_the_day = Exists(WorkSlot.objects.counting().filter(work__line=OuterRef("line"), day=outer))
    dated = written.word(Signed.DATE, line__order=order).filter(STILL_MADE)
    return dated.filter(on_the_day | Q(~WORKED, start_on__lte=day, finish_on__gte=day))


SIGNED = Exists(DaySignature.objects.filter(report_day__day=OuterRef("day")))
COVERED = Exists(DaySignature.objects.filter(report_day__day=OuterRef("day"), covers__gte=OuterRef("pk")))
# Days since the house keeps them; of a day off the next working day asks.
BEGUN = Exists(SupervisionDay.objects.filter(day__gte=OuterRef("day")))
KEPT = Exists(SupervisionDay.objects.filter(day__lte=OuterRef("day")))


def planned_days(order: OuterRef | int, released: Any) -> QuerySet[SupervisionDay]:
    """Working days begun since the order was released, with work planned on it, and not signed."""
    outer = OuterRef(order) if isinstance(order, OuterRef) else order
    return SupervisionDay.objects.exclude(SIGNED).filter(
        Exists(planned(outer, OuterRef("day"))), opened_at__gt=released
    )


def unsigned_reports(order: OuterRef | int) -> QuerySet[DailyReport]:
    """Reports that no signature has seen: of an unsigned day, or later than the signature."""
    return DailyReport.objects.exclude(COVERED).filter(BEGUN, KEPT, order=order)


OWED = Q(Exists(unsigned_reports(OuterRef("pk")))) | (
    Q(state=State.PRODUCTION) & Q(Exists(planned_days(OuterRef("pk"), OuterRef("released_at"))))
)


def first_owed(order: Order) -> date | None:
    """The earliest day of this order whose report is not signed."""
    days = [*unsigned_reports(order.pk).values_list("day", flat=True).order_by("day")[:1]]
    if order.state == State.PRODUCTION and order.released_at:
        days += planned_days(order.pk, order.released_at).values_list("day", flat=True).order_by("day")[:1]
    return min(days, default=None)


def reported_orders(day: date) -> list[int]:
    return list(DailyReport.objects.filter(day=day).order_by("order").values_list("order", flat=True).distinct())


def orders_of(day: date) -> list[int]:
    """Of that day's report: the orders reported, and those with work planned."""
    plan = Order.objects.filter(state=State.PRODUCTION).filter(Exists(planned(OuterRef("pk"), day)))  # type: ignore[arg-type]
    return sorted({*reported_orders(day), *plan.values_list("pk", flat=True)})


# A day as it is shown and printed.


@dataclass
class Total:
    """Output of one machine, or of one order's line, in one unit; of the steps before the last one apart."""

    name: str
    unit: str
    good: Decimal = ZERO
    scrap: Decimal = ZERO
    hours: Decimal = ZERO
    under_way: Decimal = ZERO
    about: dict[str, Any] = field(default_factory=dict)

    def add(self, row: DailyReport) -> None:
        if row.counted:
            self.good += row.good
        else:
            self.under_way += row.good
        self.scrap += row.scrap
        self.hours += row.hours

    @property
    def so_far(self) -> Decimal:
        """Good output of the line in all; what was reserved from stock is not made."""
        line = self.about["line"]
        return line.made - line.scrapped

    @property
    def scrap_percent(self) -> Decimal | None:
        made = self.good + self.under_way + self.scrap
        return (self.scrap * 100 / made).quantize(Decimal("0.1")) if made > 0 else None


@dataclass
class Day:
    rows: list[DailyReport]
    machines: list[Total]
    orders: list[Total]

    @property
    def hours(self) -> Decimal:
        return sum((row.hours for row in self.rows), ZERO)


def reports_on(day: date) -> list[DailyReport]:
    """The day's rows, each with its terms in force as `terms`; corrections among them."""
    found = DailyReport.objects.filter(day=day).select_related("order", "line", "batch", "by", "taken_back_by")
    rows = list(found.order_by("shift", "machine", "pk"))
    terms = terms_of({row.line_id for row in rows})
    for row in rows:
        row.terms = terms.get(row.line_id)  # type: ignore[attr-defined]
        row.place = place(row.order, row.terms)  # type: ignore[attr-defined]
    return rows


def place(order: Order, terms: RevisionLine | None) -> str:
    """The row as the 生产指令单 numbers it; 原 with the last number of one that an amendment dropped."""
    if terms is None:
        return "已删除的行"
    return place_of(terms.position, terms.revision_id, order.revision_id)


def terms_of(lines: Iterable[int]) -> dict[int, RevisionLine]:
    """By line: the terms in force, of an order that was cancelled the last ones."""
    found = RevisionLine.objects.filter(line__in=lines).select_related("product", "revision").order_by("revision_id")
    ranked = sorted(found, key=lambda row: row.revision.status == Status.IN_FORCE)
    return {row.line_id: row for row in ranked}


def summed(day: date) -> Day:
    rows = reports_on(day)
    machines: dict[tuple[str, str], Total] = {}
    orders: dict[int, Total] = {}
    for row in rows:
        terms: Any = row.terms  # type: ignore[attr-defined]
        unit = terms.unit if terms else ""
        machine = row.machine or row.step or "未填机台"
        machines.setdefault((machine, unit), Total(machine, unit)).add(row)
        where = row.place  # type: ignore[attr-defined]
        name = f"{row.order.number} {where}"
        about = {"order": row.order, "line": row.line, "terms": terms, "place": where}
        orders.setdefault(row.line_id, Total(name, unit, about=about)).add(row)
    return Day(rows, [machines[key] for key in sorted(machines)], [orders[key] for key in sorted(orders)])


def days() -> QuerySet[ReportDay]:
    """Each day with how much was reported, its last signature and whether that saw everything."""
    rows = DailyReport.objects.filter(day=OuterRef("day"))
    signatures = Prefetch("signatures", DaySignature.objects.select_related("by").order_by("-number"))
    uncovered = rows.exclude(COVERED)
    return ReportDay.objects.annotate(later=Exists(uncovered)).prefetch_related(signatures)


def with_counts(found: list[ReportDay]) -> list[ReportDay]:
    """The shown days with `orders`, `rows` and `hours` of each: one statement for the page."""
    counts = (
        DailyReport.objects.filter(day__in=[row.day for row in found])
        .order_by()
        .values("day")
        .annotate(orders=Count("order", distinct=True), rows=Count("pk"), hours=Sum("hours"), last=Max("pk"))
    )
    by_day: dict[date, Any] = {row["day"]: row for row in counts}
    for row in found:
        row.counts = by_day.get(row.day, {})  # type: ignore[attr-defined]
        row.signature = next(iter(row.signatures.all()), None)  # type: ignore[attr-defined]
    return found


def papers_of(row: ReportDay) -> QuerySet[Document]:
    return Document.objects.filter(kind="daily_report", subject_kind="reportday", subject_id=row.pk).order_by(
        "-version"
    )


def sheets_of(day: date) -> QuerySet[ReportSheet]:
    return ReportSheet.objects.filter(day=day).select_related("by").order_by("pk")


def open_lines(words: str = "") -> list[RevisionLine]:
    """What a shift may report on: lines to make of the orders in 生产, those planned first on top."""
    start = written.word(Signed.DATE, line=OuterRef("line"), digest=OuterRef("date_digest")).values("start_on")[:1]
    found = (
        RevisionLine.objects.filter(
            revision__order__state=State.PRODUCTION, revision__status=Status.IN_FORCE, quantity__gt=F("from_stock")
        )
        .select_related("product", "line__order")
        .annotate(start_on=start)
        .order_by(F("start_on").asc(nulls_last=True), "line_id")
    )
    if words:
        found = found.filter(
            Q(revision__order__number__icontains=words)
            | Q(product__code__icontains=words)
            | Q(product__name__icontains=words)
        )
    else:
        found = found.filter(is_left())
    return list(found[:MOST_LINES])
