"""By when something is due, and how much of its time is gone: one reckoning for to-dos, pages, notices and escalation.

What it is reckoned by is data (`Deadline`, the calendar), known to a process as long as their mark is the one read
along with the gates.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.calendar import (
    CLOSES,
    Days,
    add_working_minutes,
    next_working_day,
    working_minutes_between,
)
from documents.numbering import BUSINESS_ZONE
from flow.gates import Debt, Duty, Owner, registry
from flow.models import ClockMark, Deadline

Begins = Deadline.Begins
SIX = time(18)
# What a percentage is of, where the time ends by the clock of a day and is no length: half a working day.
HALF_A_DAY = 240


class Times(NamedTuple):
    """When to tell that it is soon due, when it is due, when those above hear of it."""

    warn_at: datetime | None = None
    due: datetime | None = None
    escalate_at: datetime | None = None


class House:
    """Deadlines and calendar, as they stood under a mark."""

    def __init__(self) -> None:
        self.days = Days()
        self.rows: dict[tuple[str, str, str], list[Deadline]] = defaultdict(list)
        for row in Deadline.objects.order_by("-in_force_from"):
            self.rows[row.what, row.role, row.kind].append(row)

    def deadline(self, debt: Debt, since: datetime) -> Deadline | None:
        """The narrowest that was in force on the day on which it began to be owed."""
        day = timezone.localtime(since).date()
        for what in (debt.what, ""):
            for role in (debt.role, ""):
                for kind in (debt.kind, ""):
                    for row in self.rows.get((what, role, kind), ()):
                        if row.in_force_from <= day:
                            return row
        return None

    def times(self, debt: Debt, day: date | None, since: datetime, spent: int = 0) -> Times:
        """Of what began to be owed `since`; `day` is what its subject says, where its duty goes by it; `spent` working
        minutes were used before a pause."""
        row, step = self.deadline(debt, since), registry.step(debt.kind, debt.what)
        by_day = isinstance(step, Duty) and step.day is not None
        if row is None or row.minutes is None or (by_day and day is None):
            return Times()
        start = datetime.combine(day, time(), BUSINESS_ZONE) if by_day and day else since
        begins = beginning(Begins(row.begins), start, self.days)
        wanted = (row.warn_percent, 100, row.escalate_percent)
        return Times(*(self.at(row, begins, percent, spent) for percent in wanted))

    def at(self, row: Deadline, begins: datetime, percent: int | None, spent: int) -> datetime | None:
        """When so much of the time is gone. What comes after the end is working time, whatever went before."""
        minutes = row.minutes or 0
        if percent is None or (percent < 100 and not minutes):
            return None
        within = max(minutes * min(percent, 100) / 100 - spent, 0)
        moment = begins + timedelta(minutes=within)
        if row.clock == Deadline.Clock.WORKING and within:
            moment = add_working_minutes(begins, within, self.days)
        late = (minutes or HALF_A_DAY) * (percent - 100) / 100
        return add_working_minutes(moment, late, self.days) if late > 0 else moment


def beginning(begins: Begins, since: datetime, days: Days) -> datetime:
    """The moment that the minutes run from."""
    local = timezone.localtime(since)
    day, closes = local.date(), SIX if begins in (Begins.SIX, Begins.WORK_SIX) else CLOSES
    if begins == Begins.OWED:
        return since
    if begins == Begins.NEXT_CLOSE:
        day = next_working_day(day, days)
    elif begins == Begins.MONTH_CLOSE:
        day = day.replace(day=1)
        day = day if days.works(day) else next_working_day(day, days)
    elif begins in (Begins.WORK_CLOSE, Begins.WORK_SIX) and (not days.works(day) or local.time() >= closes):
        day = next_working_day(day, days)
    return timezone.make_aware(datetime.combine(day, closes))


_known: dict[str, House] = {}


def house(mark: str) -> House:
    """What is known under this mark, read when it is new."""
    found = _known.get(mark)
    if found is None:
        found = House()
        _known.clear()
        _known[mark] = found
    return found


def current() -> House:
    return house(ClockMark.objects.values_list("mark", flat=True).get(pk=1))


def times_of(debt: Debt, owner: Owner, since: datetime, spent: int = 0) -> Times:
    return house(owner.mark).times(debt, owner.day, since, spent)


@dataclass(frozen=True)
class Spent:
    """Working minutes used since it began to be owed, and left until it is due; less than none once it is late."""

    used: int
    left: int | None


def spent(since: datetime, due: datetime | None, now: datetime, days: Days | None = None) -> Spent:
    days = days or Days()
    used = working_minutes_between(since, now, days)
    if due is None:
        return Spent(used, None)
    late = due < now
    return Spent(used, -working_minutes_between(due, now, days) if late else working_minutes_between(now, due, days))
