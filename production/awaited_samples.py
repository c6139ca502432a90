"""What is read of samples on their way: whose step the next one is, and which are late (R37)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.calendar import CLOSES
from accounts.models import User
from accounts.permissions import roles_of
from production.models import SampleRequest, SampleState
from production.models.sample import OPEN

MAKING = (SampleState.ASKED, SampleState.REFUSED)
# The day that the customer wants it on is the day on which it is sent.
BEFORE_SENDING = (*MAKING, SampleState.MADE)
DESK = frozenset({"sales", "customer_service"})


def owed_by(roles: Collection[str]) -> Q:
    """Making it is technical's; sending it, the customer's answer and the sealing are the desk's."""
    technical = Q(state__in=MAKING) if "technical" in roles else Q(pk__in=[])
    desk = Q(state__in=[state for state in OPEN if state not in MAKING]) if DESK & set(roles) else Q(pk__in=[])
    return technical | desk


def waiting_for(user: User) -> QuerySet[SampleRequest]:
    """Open samples whose next step is one of this person's roles', the earliest wanted first."""
    found = SampleRequest.objects.visible_to(user).filter(owed_by(roles_of(user)), state__in=OPEN)
    return found.select_related("customer").order_by("wanted_on", "asked_at", "pk")


def due(sample: SampleRequest) -> datetime | None:
    """The close of the day that it is wanted on, until it is on its way."""
    if sample.wanted_on is None or sample.state not in BEFORE_SENDING:
        return None
    return timezone.make_aware(datetime.combine(sample.wanted_on, CLOSES))


def late_on(day: date) -> QuerySet[SampleRequest]:
    return SampleRequest.objects.filter(state__in=BEFORE_SENDING, wanted_on__lt=day)


def owers(sample: SampleRequest) -> QuerySet[User]:
    """Who is meant by the step: technical, or the customer's own salesperson and clerk."""
    if sample.state in MAKING:
        return User.objects.filter(groups__name="technical", is_active=True)
    own = [pk for pk in (sample.customer.salesperson_id, sample.customer.clerk_id) if pk]
    return User.objects.filter(pk__in=own, is_active=True)
