"""What is to be asked for today: each open part once at each step of the schedule, but for what is promised."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from customers.models import Customer
from finance.models import CollectingRules, Reminder
from finance.promises import paused
from finance.receivables import Owing, open_on
from orders.models import Order
from orders.shares import ZERO


@dataclass(frozen=True)
class Ask:
    """All that an order has open of one stage and day, at this step."""

    order: Order
    stage: str
    due_on: date
    step: int
    open: Decimal

    @property
    def key(self) -> tuple[int, str, date, int]:
        return self.order.pk, self.stage, self.due_on, self.step


def asks(customer: Customer, today: date) -> list[Ask]:
    """What this customer is to be reminded of; a fixed number of queries."""
    steps = CollectingRules.current().steps
    asked = set(Reminder.objects.filter(customer=customer).values_list("order", "stage", "due_on", "step"))
    rows = unpromised(open_on(Order.objects.filter(customer=customer)), paused(customer.pk, today))
    return [each for each in summed(rows, steps, today) if each.key not in asked]


def unpromised(rows: Iterable[Owing], promised: dict[int, Decimal]) -> list[Owing]:
    """What is left to ask for where so much of an order is promised: a promise covers what is due first."""
    left, found = dict(promised), []
    for each in sorted(rows, key=lambda row: (row.order.pk, row.part.due_on)):
        covered = min(left.get(each.order.pk, ZERO), each.open)
        left[each.order.pk] = left.get(each.order.pk, ZERO) - covered
        if covered < each.open:
            found.append(replace(each, open=each.open - covered))
    return found


def summed(rows: Iterable[Owing], steps: list[int], today: date) -> list[Ask]:
    """Of shipments that fell due on the same day, one ask: they are paid together and reminded of together."""
    found: dict[tuple[int, str, date, int], Ask] = {}
    for each in rows:
        step = step_on(steps, each.part.due_on, today)
        if step is None or today < each.part.asked_from:
            continue
        ask = Ask(each.order, each.part.stage, each.part.due_on, step, each.open)
        known = found.get(ask.key)
        found[ask.key] = replace(known, open=known.open + ask.open) if known else ask
    return list(found.values())


def step_on(steps: list[int], due_on: date, today: date) -> int | None:
    """The last step reached; a missed night is caught up by one reminder, not by all that were missed."""
    return max((step for step in steps if due_on + timedelta(days=step) <= today), default=None)
