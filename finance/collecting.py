"""What is to be asked for today: each open part once at each step of the schedule, unless payment is promised."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from customers.models import Customer
from finance.models import CollectingRules, PaymentPromise, Reminder
from finance.models.collecting import PromiseQuerySet
from finance.receivables import Owing, owing_on, unsettled
from orders.models import Order


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
    """What this customer is to be reminded of; four queries."""
    steps = CollectingRules.current().steps
    asked = set(Reminder.objects.filter(customer=customer).values_list("order", "stage", "due_on", "step"))
    promised = set(waiting_for(today).filter(order__customer=customer).values_list("order", flat=True))
    due = summed(owing_on(unsettled().filter(customer=customer)), steps, today)
    return [each for each in due if each.order.pk not in promised and each.key not in asked]


def summed(rows: Iterable[Owing], steps: list[int], today: date) -> list[Ask]:
    """Of shipments that fell due on the same day, one ask: they are paid together and reminded of together."""
    found: dict[tuple[int, str, date, int], Ask] = {}
    for each in rows:
        if (step := step_on(steps, each.part.due_on, today)) is None:
            continue
        ask = Ask(each.order, each.part.stage, each.part.due_on, step, each.open)
        known = found.get(ask.key)
        found[ask.key] = replace(known, open=known.open + ask.open) if known else ask
    return list(found.values())


def step_on(steps: list[int], due_on: date, today: date) -> int | None:
    """The last step reached; a missed night is caught up by one reminder, not by all that were missed."""
    return max((step for step in steps if due_on + timedelta(days=step) <= today), default=None)


def waiting_for(today: date) -> PromiseQuerySet:
    """Promises whose day has not gone by."""
    return PaymentPromise.objects.open().filter(promised_on__gte=today)


def broken(today: date) -> PromiseQuerySet:
    """Promises not kept by their day."""
    return PaymentPromise.objects.open().filter(promised_on__lt=today)
