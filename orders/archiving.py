"""归档: which orders of a month are still to be put away, and since when that is owed (R32, R40)."""

from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from audit.moment import Moment
from documents.queries import next_month
from flow.gates import Duty, Owing
from flow.models import Owed
from orders.models import Order, State
from orders.models.order import ENDED

# An order cancelled before it was released has no file.
HAS_A_FILE = Q(state=State.COMPLETED) | Q(state=State.CANCELLED, released_at__isnull=False)
NOT_ARCHIVED = HAS_A_FILE & Q(archived_at=None)


# Its answer changes with time alone: orders.tasks.sweep has it read again.
DUTY = Duty(
    "monthly_archive",
    "order",
    "上月完结订单归档",
    NOT_ARCHIVED & Q(ended_at__lt=TruncMonth(Moment())),
    (Owing("customer_service"),),
    "orders:file",
    frozenset(ENDED),
)


def waiting() -> QuerySet[Order]:
    """Those that owe it by now and have it not on record."""
    known = Owed.objects.open().filter(subject_kind="order", subject_id=OuterRef("pk"), what=DUTY.code)
    return Order.objects.filter(DUTY.blocked).exclude(Exists(known))


def ended_in(month: date) -> Q:
    """Orders that ended in the month that begins on `month` and have a file."""
    begins, ends = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, next_month(month)))
    return HAS_A_FILE & Q(ended_at__gte=begins, ended_at__lt=ends)
