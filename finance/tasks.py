"""What the worker does for finance: the morning's reminders, promises that were not kept, contracts about to end."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from celery import shared_task
from django.db import DatabaseError
from django.db.models import Model
from django.utils import timezone

from audit.errors import Refused
from customers.models import Customer
from customers.notices import tell_of_ending
from customers.queries import to_be_followed
from documents import notices
from documents.numbering import business_day
from finance import collecting
from finance.actions.collecting import judge_promises, remind_customer
from finance.actions.grading import suggest_grades
from finance.models import PaymentPromise, PromiseVerdict
from finance.notices import COLLECTING, told_of
from finance.receivables import collectable
from orders.models import Order

log = logging.getLogger("finance.tasks")
Row = TypeVar("Row", bound=Model)
# Longer than any outage that the morning's run is to catch up.
NEWS = timedelta(days=60)


@shared_task
def collect() -> None:
    """08:40: ask every customer for what the schedule says, tell of promises whose day went by, and of contracts that
    end soon with none to follow."""
    now = timezone.now()
    owing = collectable().order_by().values("customer").distinct()
    each_by_itself(Customer.objects.filter(pk__in=owing).order_by("pk"), lambda one: remind(one, now))
    tell_broken()
    each_by_itself(to_be_followed(business_day(now)), tell_of_ending)


def remind(customer: Customer, now: datetime) -> None:
    if collecting.asks(customer, business_day(now)):
        remind_customer(customer, by=None, at=now)


def each_by_itself(rows: Iterable[Row], work: Callable[[Row], object]) -> None:
    """One that cannot be done is recorded and does not stop the rest (B21)."""
    for row in rows:
        try:
            work(row)
        except (DatabaseError, Refused):
            log.exception("%s %s could not be done", row._meta.model_name, row.pk)


@shared_task
def suggest() -> None:
    """Every morning, and so on the first of a quarter that it runs: which customers the rules see in another grade."""
    suggest_grades(None, by=None)


def tell_broken() -> None:
    """Judge what is to be judged today, and tell of each broken promise once: the outbox keeps what was told."""
    now = timezone.now()
    orders = Order.objects.filter(pk__in=PaymentPromise.objects.to_judge(business_day(now)).values("order"))
    each_by_itself(orders.order_by("pk"), lambda order: judge_promises(order, by=None, at=now))
    broken = PaymentPromise.objects.judged(PromiseVerdict.Verdict.BROKEN).filter(
        promised_on__gte=business_day(now - NEWS)
    )
    for promise in broken.select_related("order__customer"):
        customer = promise.order.customer
        notices.tell(
            told_of(customer, None),
            event=f"promise:{promise.pk}:broken",
            text=f"{customer.called} 未兑现付款承诺：订单 {promise.order.number}，"
            f"{promise.promised_on:%m-%d} 前 {promise.amount:,.2f} 元",
            url=f"/finance/receivables/{customer.code}/",
            kind=COLLECTING.code,
        )
