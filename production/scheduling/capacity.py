"""How many hours a machine has on a day, and how many of them nobody has yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from accounts.calendar import Days
from production.models import Machine, MachineDay, WorkSlot

ZERO = Decimal(0)
HORIZON = timedelta(days=180)
Cell = tuple[int, date]


class Capacity:
    """The hours of some machines from a day to a day, both included; four statements however many.

    `besides` are lines whose own planned work is left out, as when they are planned anew.
    """

    def __init__(
        self, machines: Iterable[Machine], first: date, last: date | None = None, besides: Collection[int] = ()
    ) -> None:
        self.first, self.last = first, last or first + HORIZON
        self.machines = {machine.pk: machine for machine in machines}
        self.days = Days()
        within = {"machine__in": self.machines, "day__range": (self.first, self.last)}
        self.special: dict[Cell, Decimal] = {
            (row.machine_id, row.day): row.hours for row in MachineDay.objects.filter(**within)
        }
        self.taken: dict[Cell, Decimal] = defaultdict(Decimal)
        taken = WorkSlot.objects.counting().filter(**within).exclude(work__line__in=besides)
        for machine, day, hours in taken.order_by().values_list("machine", "day").annotate(Sum("hours")):
            self.taken[machine, day] = hours

    def hours(self, machine: int, day: date) -> Decimal:
        if (machine, day) in self.special:
            return self.special[machine, day]
        return self.machines[machine].hours if self.days.works(day) else ZERO

    def spare(self, machine: int, day: date) -> Decimal:
        return max(ZERO, self.hours(machine, day) - self.taken.get((machine, day), ZERO))

    def take(self, machine: int, day: date, hours: Decimal) -> None:
        self.taken[machine, day] += hours

    def of_step(self, step: str) -> list[int]:
        return [pk for pk, machine in self.machines.items() if machine.step == step]
