"""The load picture: every machine by day, how full it is, and the work on it; late work marked (R10)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from orders.models import Order, RevisionLine, Signed, SignOff, Status
from production.models import Machine, Step, WorkSlot
from production.scheduling import intended
from production.scheduling.behind import due_on
from production.scheduling.capacity import HORIZON, ZERO, Capacity
from production.scheduling.intended import Intended

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

POSITION = RevisionLine.objects.filter(
    line=OuterRef("work__line"), revision=OuterRef("work__line__order__revision")
).values("position")


@dataclass(frozen=True)
class Cell:
    """A machine on a day: the hours it has, those that are taken, and those that orders not released yet will want
    (拟排), with what the person may see of both."""

    machine: Machine
    day: date
    hours: Decimal
    taken: Decimal
    wanted: Decimal = ZERO
    slots: tuple[dict[str, Any], ...] = ()
    intended: tuple[dict[str, Any], ...] = ()

    @property
    def percent(self) -> int:
        return self.share(self.taken)

    @property
    def wanted_percent(self) -> int:
        return self.share(self.wanted)

    def share(self, hours: Decimal) -> int:
        if not self.hours:
            return 100 if hours else 0
        return int(hours * 100 / self.hours)

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


Listed = dict[tuple[int, date], list[dict[str, Any]]]


def read(user: "User", first: date, today: date, step: str = "") -> Board:
    """A fixed number of statements, whatever there is. What the person may not see takes its hours without being
    named."""
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    machines = list(Machine.objects.filter(is_active=True))
    of_step = [each for each in machines if step not in Step.values or each.step == step]
    shown = sorted(of_step, key=lambda each: (list(Step.values).index(each.step), each.name))
    # Work that waits for its release is laid from today on and over all steps, whatever part of it is shown.
    capacity = Capacity(machines, min(first, today), max(days[-1], today + HORIZON))
    firm = dict(capacity.taken)
    waiting = intended_slots(user, intended.lay_all(capacity, today))
    slots: Listed = defaultdict(list)
    for slot in slots_of(user, shown, days):
        slot["late"] = is_late(slot["day"], slot["finish"], slot["promised"])
        slot["called"] = called(slot["number"], slot["line"])
        slots[slot["machine"], slot["day"]].append(slot)
    late = sum(slot["late"] for listed in slots.values() for slot in listed)

    def cell(machine: Machine, day: date) -> Cell:
        key = (machine.pk, day)
        taken = firm.get(key, ZERO)
        wanted = capacity.taken.get(key, ZERO) - taken
        here, waits = tuple(slots.get(key, ())), tuple(waiting.get(key, ()))
        return Cell(machine, day, capacity.hours(*key), taken, wanted, here, waits)

    rows = tuple(Row(machine, tuple(cell(machine, day) for day in days)) for machine in shown)
    return Board(days, rows, late)


def called(number: str, line: int) -> str:
    """As short as a cell: the order's month, day and count, and the line's place."""
    return f"{number[-9:]}/{line}"


def is_late(day: date, finish: date | None, promised: date | None) -> bool:
    """After the day that production signed, or that the customer was promised."""
    due = due_on(finish, promised)
    return due is not None and day > due


def intended_slots(user: "User", found: list[Intended]) -> Listed:
    orders = {each.row.line.order_id for each in found}
    seen = set(Order.objects.visible_to(user).filter(pk__in=orders).values_list("pk", flat=True))
    listed: Listed = defaultdict(list)
    for each in found:
        order = each.row.line.order
        for piece in each.pieces if order.pk in seen else ():
            said = {"number": order.number, "called": called(order.number, each.row.position), "hours": piece.hours}
            listed[piece.machine, piece.day].append(said)
    return listed


def slots_of(user: "User", machines: list[Machine], days: tuple[date, ...]) -> Any:
    seen = Order.objects.visible_to(user)
    found = WorkSlot.objects.counting().filter(machine__in=machines, day__range=(days[0], days[-1]))
    return (
        found.filter(work__line__order__in=seen)
        .annotate(
            finish=SIGNED_FINISH,
            number=F("work__line__order__number"),
            line=Coalesce(Subquery(POSITION), F("work__line__number")),
        )
        .annotate(promised=F("work__line__order__promised_on"))
        .order_by("day", "number", "line", "pk")
        .values("pk", "machine", "day", "hours", "number", "line", "finish", "promised")
    )


def planned_late(orders: list[Order], today: date) -> set[int]:
    """By id, those of them with work planned for a day that is too late; one statement."""
    slots = WorkSlot.objects.counting().filter(work__line__order__in=orders, day__gte=today)
    found = slots.annotate(finish=SIGNED_FINISH).values_list(
        "work__line__order", "work__line__order__promised_on", "day", "finish"
    )
    return {order for order, promised, day, finish in found if is_late(day, finish, promised)}
