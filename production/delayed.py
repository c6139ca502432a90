"""What is read of delays: the finish that production now foresees, and what the customer was told (R25)."""

from datetime import date

from django.db.models import F, QuerySet

from orders.models import Order, Signed, SignOff
from production.models import DelayTold


def dates_of(order: Order) -> QuerySet[SignOff]:
    """Production's standing written dates of the lines in force that are made."""
    return SignOff.objects.live().filter(
        kind=Signed.DATE,
        verdict="ok",
        line__order=order,
        line__terms__revision__status="in_force",
        line__terms__quantity__gt=F("line__terms__from_stock"),
        digest=F("line__terms__date_digest"),
    )


def foreseen(order: Order) -> date | None:
    """The latest of them."""
    latest = dates_of(order).order_by("-finish_on", "-pk").first()
    return latest.finish_on if latest else None


def why(order: Order) -> str:
    """What production wrote beside it."""
    latest = dates_of(order).order_by("-finish_on", "-pk").first()
    return latest.text if latest else ""


def told(order: Order) -> QuerySet[DelayTold]:
    return DelayTold.objects.filter(order=order).select_related("by", "sending__outbox").order_by("-id")
