"""How far each step of a line is: what passed it, and what has still to go through it (R10, R22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from orders.models import RevisionLine
from production.models import CardStep, DailyReport
from production.remaining import left_of
from production.scheduling.capacity import ZERO

SHORTEST = Decimal("0.01")
Output = dict[tuple[int, str], tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class StepLeft:
    """One step of a line: good units that came out of it, and units that have still to go through it."""

    step: CardStep
    done: Decimal
    left: Decimal

    @property
    def hours(self) -> Decimal:
        """Machine hours from a standing start."""
        return max(self.step.hours(self.left), SHORTEST) if self.left > 0 else ZERO

    @property
    def running(self) -> Decimal:
        """Machine hours where a machine that has begun goes on."""
        return max(ZERO, self.hours - self.step.setup) if self.done > 0 else self.hours


def of_line(row: RevisionLine, steps: Iterable[CardStep], on_the_way: Output) -> list[StepLeft]:
    """Each step of the card. What lies between a step and the last one need not go through it again, as far as it is
    still needed; what a later step has worked up came through the earlier ones, reported there or not."""
    left, between, taken = left_of(row), ZERO, row.line.made
    found: list[StepLeft] = []
    for step in reversed(list(steps)):
        if not found:
            found.append(StepLeft(step, max(ZERO, row.line.made - row.line.scrapped), left))
            continue
        good, scrap = on_the_way.get((row.line_id, str(step)), (ZERO, ZERO))
        passed = max(good, taken)
        between += passed - taken
        taken = passed + scrap
        found.append(StepLeft(step, passed, max(ZERO, left - between)))
    return found[::-1]


def on_the_way(line_ids: Iterable[int]) -> Output:
    """Good output and scrap reported of the steps before the last one, by line and the step's name; one query."""
    rows = DailyReport.objects.filter(line__in=list(line_ids), counted=False).exclude(step="").order_by()
    sums = rows.values_list("line", "step").annotate(Sum("good"), Sum("scrap"))
    return {(line, step): (good, scrap) for line, step, good, scrap in sums}
