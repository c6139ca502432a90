"""What the worker does for finance: the morning's reminders, promises that were not kept."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from audit.errors import Refused
from customers.models import Customer
from documents import notices
from documents.numbering import business_day
from finance import collecting
from finance.actions.collecting import remind_customer
from finance.actions.grading import suggest_grades
from finance.notices import COLLECTING, told_of
from finance.receivables import unsettled


log = logging.getLogger("finance.tasks")


@shared_task
def collect() -> None:
    """08:40: ask every customer for what the schedule says, and tell of promises whose day went by."""
    now = timezone.now()
    owing = unsettled().order_by().values("customer").distinct()
    each_by_itself(Customer.objects.filter(pk__in=owing).order_by("pk"), lambda one: remind(one, now))
    tell_broken()


def remind(customer: Customer, now: datetime) -> None:
    if collecting.asks(customer, business_day(now)):
        remind_customer(customer, by=None, at=now)


def each_by_itself(rows: Iterable[Customer], work: Callable[[Customer], object]) -> None:
    """One that cannot be done is recorded and does not stop the rest (B21)."""
    for row in rows:
        try:
            work(row)
        except (DatabaseError, Refused):
            log.exception("customer %s could not be reminded", row.pk)


@shared_task
def suggest() -> None:
    """The first morning of a quarter: which customers the rules see in another grade."""
    suggest_grades(None, by=None)


def tell_broken() -> None:
    """Each broken promise once: the outbox keeps what was told."""
    for promise in collecting.broken(business_day(timezone.now())).select_related("order__customer"):
        customer = promise.order.customer
        notices.tell(
            told_of(customer, None),
            event=f"promise:{promise.pk}:broken",
            text=f"{customer.called} 未兑现付款承诺：订单 {promise.order.number}，"
            f"{promise.promised_on:%m-%d} 前 {promise.amount:,.2f} 元",
            url=f"/finance/receivables/{customer.code}/",
            kind=COLLECTING.code,
        )
