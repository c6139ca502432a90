"""Whether a link still stands for what its customer is asked, or follows: judged under the lock, and for the page."""

from django.db.models import QuerySet

from orders.models import ConfirmationReturn, Revision, State, Status
from orders.models.returned import Verdict
from portal.models import CustomerLink

SUPERSEDED = "superseded"
CANCELLED = "cancelled"
OPEN = "open"
CURRENT = (Status.APPROVED, Status.IN_FORCE)


def standing_of(link: CustomerLink) -> str:
    """A later approved revision takes the place of this one's confirmation, in force or not (rules.md, 改单)."""
    if link.order.state == State.CANCELLED:
        return CANCELLED
    later = Revision.objects.filter(order=link.order_id, number__gt=link.revision.number, status__in=CURRENT)
    if link.revision.status not in CURRENT or later.exists():
        return SUPERSEDED
    return OPEN


def standing_return(link: CustomerLink) -> ConfirmationReturn | None:
    """What came back on this revision and is being checked or was found right, by whatever way it came."""
    return returns_of(link).exclude(verdict=Verdict.REFUSED).first()


def returns_of(link: CustomerLink) -> QuerySet[ConfirmationReturn]:
    return ConfirmationReturn.objects.filter(revision=link.revision_id).order_by("-pk")
