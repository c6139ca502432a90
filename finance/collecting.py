"""What is to be asked for today: each open part once at each step of the schedule, unless payment is promised."""

from dataclasses import dataclass
from datetime import date, timedelta

from customers.models import Customer
from finance.models import CollectingRules, PaymentPromise, Reminder
from finance.models.collecting import PromiseQuerySet
from finance.receivables import Owing, owing_on, unsettled


@dataclass(frozen=True)
class Ask:
    """A part to ask for, at this step."""

    owing: Owing
    step: int


def asks(customer: Customer, today: date) -> list[Ask]:
    """What this customer is to be reminded of; four queries."""
    steps = CollectingRules.current().steps
    due = [
        (each, step)
        for each in owing_on(unsettled().filter(customer=customer))
        if (step := step_on(steps, each.part.due_on, today)) is not None
    ]
    asked = set(Reminder.objects.filter(customer=customer).values_list("order", "stage", "due_on", "step"))
    promised = set(waiting_for(today).filter(order__customer=customer).values_list("order", flat=True))
    return [
        Ask(each, step)
        for each, step in due
        if each.order.pk not in promised and (each.order.pk, each.part.stage, each.part.due_on, step) not in asked
    ]


def step_on(steps: list[int], due_on: date, today: date) -> int | None:
    """The last step reached; a missed night is caught up by one reminder, not by all that were missed."""
    return max((step for step in steps if due_on + timedelta(days=step) <= today), default=None)


def waiting_for(today: date) -> PromiseQuerySet:
    """Promises whose day has not gone by."""
    return PaymentPromise.objects.open().filter(promised_on__gte=today)


def broken(today: date) -> PromiseQuerySet:
    """Promises not kept by their day."""
    return PaymentPromise.objects.open().filter(promised_on__lt=today)
