"""The load picture: every machine by day, how full it is, and the work on it; late work marked (R10)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery

from orders.models import Order, Signed, SignOff, Status
from production.models import Machine, Step, WorkSlot
from production.scheduling.capacity import ZERO, Capacity

if TYPE_CHECKING:
    from accounts.models import User

DAYS = 14
SIGNED_FINISH = Subquery(
    SignOff.objects.live()
    .filter(
        kind=Signed.DATE,
        verdict="ok",
        line=OuterRef("work__line"),
        line__terms__revision__status=Status.IN_FORCE,
        digest=F("line__terms__date_digest"),
    )
    .order_by("-pk")
    .values("finish_on")[:1]
)


@dataclass(frozen=True)
class Cell:
    """A machine on a day: the hours it has and those that are taken."""

    machine: Machine
    day: date
    hours: Decimal
    taken: Decimal
    slots: tuple[dict[str, Any], ...] = ()

    @property
    def percent(self) -> int:
        if not self.hours:
            return 100 if self.taken else 0
        return int(self.taken * 100 / self.hours)

    @property
    def is_over(self) -> bool:
        return self.taken > self.hours

    @property
    def is_late(self) -> bool:
        return any(slot["late"] for slot in self.slots)


@dataclass(frozen=True)
class Row:
    machine: Machine
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Board:
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    late: int


def read(user: "User", first: date, step: str = "") -> Board:
    """Six statements, whatever there is. What the person may not see takes its hours without being named."""
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    machines = Machine.objects.filter(is_active=True, **({"step": step} if step in Step.values else {}))
    shown = sorted(machines, key=lambda each: (list(Step.values).index(each.step), each.name))
    capacity = Capacity(shown, days[0], days[-1])
    slots: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    late = 0
    for slot in slots_of(user, shown, days):
        slot["late"] = bool(slot["finish"] and slot["day"] > slot["finish"])
        late += slot["late"]
        slots[slot["machine"], slot["day"]].append(slot)
    rows = tuple(Row(machine, tuple(cell(machine, day, capacity, slots) for day in days)) for machine in shown)
    return Board(days, rows, late)


def cell(machine: Machine, day: date, capacity: Capacity, slots: dict[Any, list[dict[str, Any]]]) -> Cell:
    key = (machine.pk, day)
    taken = capacity.taken.get(key, ZERO)
    return Cell(machine, day, capacity.hours(*key), taken, tuple(slots.get(key, ())))


def slots_of(user: "User", machines: list[Machine], days: tuple[date, ...]) -> Any:
    seen = Order.objects.visible_to(user)
    found = WorkSlot.objects.counting().filter(machine__in=machines, day__range=(days[0], days[-1]))
    return (
        found.filter(work__line__order__in=seen)
        .annotate(finish=SIGNED_FINISH, number=F("work__line__order__number"), line=F("work__line__number"))
        .order_by("day", "number", "line", "pk")
        .values("pk", "machine", "day", "hours", "number", "line", "finish")
    )
