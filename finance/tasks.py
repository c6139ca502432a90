"""What the worker does for finance: the morning's reminders, promises that were not kept."""

from celery import shared_task
from django.utils import timezone

from customers.models import Customer
from documents import notices
from documents.numbering import business_day
from finance import collecting
from finance.actions.collecting import remind_customer
from finance.actions.grading import suggest_grades
from finance.notices import COLLECTING, told_of
from finance.receivables import unsettled


@shared_task
def collect() -> None:
    """08:40: ask every customer for what the schedule says, and tell of promises whose day went by."""
    now = timezone.now()
    owing = unsettled().order_by().values("customer").distinct()
    for customer in Customer.objects.filter(pk__in=owing).order_by("pk"):
        if collecting.asks(customer, business_day(now)):
            remind_customer(customer, by=None, at=now)
    tell_broken()


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
