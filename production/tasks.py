"""What the worker does for production: a working day begins, and what is in work is to be looked at (R20)."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from accounts.calendar import OPENS, is_working_day
from documents.numbering import business_day
from orders import rereading
from orders.models import Order, State
from production.models import SupervisionDay


@shared_task
def begin_day() -> None:
    """Every quarter of an hour, so that a morning that beat missed is begun late rather than not at all."""
    begin(timezone.now())


def begin(at: datetime) -> bool:
    """Open the working day once; whether this call did. Days that nobody opened are not made up."""
    day = business_day(at)
    if timezone.localtime(at).time() < OPENS or not is_working_day(day):
        return False
    _, opened = SupervisionDay.objects.get_or_create(day=day, defaults={"opened_at": at})
    if opened:
        rereading.reread(Order.objects.filter(state=State.PRODUCTION))
    return opened
