"""Work orders as they stand today: what is left of each, what hours the plan has for it, and what is behind (R10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Sum

from orders import written
from orders.models import Order, RevisionLine, Signed, State, Status
from production.models import Machine, WorkOrder, WorkSlot
from production.scheduling import progress
from production.scheduling.capacity import ZERO
from production.scheduling.laying import LEAST

if TYPE_CHECKING:
    from accounts.models import User

FINISH = (
    written.word(
        Signed.DATE,
        line=OuterRef("line"),
        line__terms__revision__status=Status.IN_FORCE,
        digest=F("line__terms__date_digest"),
    )
    .order_by("-pk")
    .values("finish_on")[:1]
)


def due_on(finish: date | None, promised: date | None) -> date | None:
    """Production's signed finish, or the day promised to the customer where that is earlier."""
    return min((day for day in (finish, promised) if day), default=None)


@dataclass(frozen=True)
class WorkNow:
    """`planned` are its hours from today on, `was_on` the last day gone by that it had some on."""

    work: WorkOrder
    row: RevisionLine
    done: Decimal
    left: Decimal
    needed: Decimal
    planned: Decimal
    was_on: date | None

    @property
    def lacks(self) -> Decimal:
        """Hours that what is left needs and the plan has not; of a step that is nearly done, less than is worth a
        change of job counts as none."""
        short = self.needed - self.planned
        return short if short >= (LEAST if self.done > 0 else progress.SHORTEST) else ZERO

    @property
    def too_much(self) -> Decimal:
        return max(ZERO, self.planned - self.needed)

    @property
    def is_unplaced(self) -> bool:
        return self.lacks > 0 and not self.planned and self.was_on is None

    @property
    def due(self) -> date | None:
        noted: Any = self.work
        return due_on(noted.finish, noted.promised)


def read(works: QuerySet[WorkOrder], today: date) -> list[WorkNow]:
    """Each open one of `works`, by order, line and step; six statements, however many. Works of one line share it, and
    those of one card the card."""
    found = (
        works.filter(ended_at=None)
        .prefetch_related("card__steps")
        .annotate(promised=F("line__order__promised_on"), finish=FINISH)
        .order_by("line__order", "line", "position")
    )
    listed = list(found)
    if not listed:
        return []
    lines = {work.line_id for work in listed}
    rows = {row.line_id: row for row in rows_of(lines)}
    for work in listed:
        if work.line_id in rows:
            work.line = rows[work.line_id].line
    on_the_way, hours = progress.on_the_way(lines), planned_hours(listed, today)
    steps = {
        (work.line_id, one.step.step): one
        for work in listed
        if work.line_id in rows
        for one in progress.of_line(rows[work.line_id], work.card.steps.all(), on_the_way)
    }
    return [
        WorkNow(work, rows[work.line_id], one.done, one.left, one.running, *hours.get(work.pk, (ZERO, None)))
        for work in listed
        if (one := steps.get((work.line_id, work.step)))
    ]


def rows_of(lines: Iterable[int]) -> QuerySet[RevisionLine]:
    in_force = RevisionLine.objects.filter(line__in=list(lines), revision__status=Status.IN_FORCE)
    return in_force.select_related("line__order", "product")


def planned_hours(works: Sequence[WorkOrder], today: date) -> dict[int, tuple[Decimal, date | None]]:
    """By work order: its hours from today on, and the last day before."""
    to_come, gone = Q(day__gte=today), Q(day__lt=today)
    rows = WorkSlot.objects.filter(work__in=[work.pk for work in works]).order_by().values_list("work")
    sums = rows.annotate(planned=Sum("hours", filter=to_come), was_on=Max("day", filter=gone))
    return {work: (hours or ZERO, day) for work, hours, day in sums}


@dataclass(frozen=True)
class Behind:
    """A line that is past its day, or whose plan lacks hours, with its steps that are not done."""

    works: tuple[WorkNow, ...]
    today: date

    @property
    def first(self) -> WorkNow:
        return self.works[0]

    @property
    def words(self) -> str:
        """What is the matter."""
        if any(one.was_on and one.lacks for one in self.works) or (self.first.due or self.today) < self.today:
            return "逾期未完"
        return "未排" if any(one.is_unplaced for one in self.works) else "缺工时"


def lines_behind(user: "User", today: date) -> list[Behind]:
    """Of the orders in production that the person sees, those due first on top."""
    seen = Order.objects.visible_to(user).filter(state=State.PRODUCTION)
    open_ones: dict[int, list[WorkNow]] = {}
    for one in read(WorkOrder.objects.filter(line__order__in=seen), today):
        if one.left > 0:
            open_ones.setdefault(one.work.line_id, []).append(one)
    found = [
        Behind(tuple(works), today)
        for works in open_ones.values()
        if (works[0].due or today) < today or any(one.lacks for one in works)
    ]
    return sorted(found, key=lambda line: (line.first.due or date.max, line.first.work.line_id))


def orders_to_roll(today: date) -> list[Order]:
    """Orders whose plan has not the hours of what is left, though there are machines for it, or has too many; those
    due first before the others."""
    manned = set(Machine.objects.filter(is_active=True).values_list("step", flat=True))
    due: dict[int, date] = {}
    works = WorkOrder.objects.filter(line__order__state=State.PRODUCTION).select_related("line")
    for one in read(works, today):
        if one.too_much or (one.lacks and one.work.step in manned):
            order = one.row.line.order_id
            due[order] = min(due.get(order, date.max), one.due or date.max)
    orders = Order.objects.in_bulk(due)
    return [orders[pk] for pk in sorted(due, key=lambda pk: (due[pk], pk))]
