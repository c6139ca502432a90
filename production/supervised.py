"""What is read of the daily look: an order's list of items, and the orders in 生产 with theirs (R20)."""

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from audit.keys import digest_of
from orders.models import HouseRules, Order, State
from production.models import SupervisionCheck, SupervisionItem

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

LONGEST = 200
MOST = 40
# «1. 色差  2、接头» is how people number their lines.
NUMBERED = re.compile(r"^\s*(?:[（(]?\d{1,2}[)）.、．]|[-•·*])\s*")


def items_of(order: Order, house: str | None = None) -> list[str]:
    """The house's own items, then those of the order's 监督工作提示; each once."""
    if house is None:
        house = HouseRules.current().supervision
    own = order.revision.supervision if order.revision else ""
    lines = (NUMBERED.sub("", line).strip(" 。;；") for text in (house, own) for line in re.split(r"[\n;；]", text))
    return [line[:LONGEST] for line in dict.fromkeys(filter(None, lines))][:MOST]


def seen(items: list[str]) -> str:
    """What a page has shown of the list: ticks count for these very items only."""
    return digest_of(items)


def in_work(user: "User", day: "date") -> QuerySet[Order]:
    """Orders in 生产 with when they were last looked at, and whether that was on `day`."""
    latest = SupervisionCheck.objects.filter(order=OuterRef("pk")).order_by("-day")
    return (
        Order.objects.visible_to(user)
        .filter(state=State.PRODUCTION)
        .select_related("customer", "revision", "clerk")
        .annotate(
            checked_on=Subquery(latest.values("day")[:1]),
            checked_by=Subquery(latest.values("by__name")[:1]),
            checked_today=Exists(SupervisionCheck.objects.filter(order=OuterRef("pk"), day=day)),
        )
    )


def unchecked(found: "QuerySet[Any]") -> "QuerySet[Any]":
    return found.filter(checked_today=False)


def checks_of(order: Order) -> QuerySet[SupervisionCheck]:
    found = SupervisionCheck.objects.filter(order=order).select_related("by", "anomaly")
    off = Exists(SupervisionItem.objects.filter(check_of=OuterRef("pk"), ok=False))
    return found.annotate(off=off).prefetch_related("items").order_by("-day")[:60]
