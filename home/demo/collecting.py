"""Chasing what is owed: this morning's reminders, a promise or two, and the quarter's suggested grades."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from customers.models import Customer
from finance import collecting
from finance.actions.collecting import record_promise, remind_customer
from finance.actions.grading import suggest_grades
from finance.queries import owed_on
from finance.receivables import unsettled
from finance.tasks import tell_broken

if TYPE_CHECKING:
    from home.demo.company import Company

PROMISED = (
    (4, "财务李会计电话：本周五汇出"),
    (9, "采购王经理微信：月底前付一半"),
)


def collect(company: "Company") -> None:
    at = company.clock.now
    orders = list(unsettled().select_related("customer", "revision", "salesperson").order_by("pk"))
    # Every other one promises: the rest are asked.
    for order, (days, words) in zip(orders[::2], PROMISED, strict=False):
        amount = min(owed_on(order), Decimal(20_000))
        day = at.date() + timedelta(days=days)
        record_promise(order, by=order.salesperson, at=at, amount=amount, promised_on=day, words=words)
    owing = unsettled().order_by().values("customer").distinct()
    for customer in Customer.objects.filter(pk__in=owing).order_by("pk"):
        if collecting.asks(customer, at.date()):
            remind_customer(customer, by=None, at=at)
    tell_broken()
    suggest_grades(None, by=None, at=at)
