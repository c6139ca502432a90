"""A suggested grade waits for whoever decides it (R7)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.permissions import sees_prices
from customers.subjects import faces, of_customers
from finance.models import GradeSuggestion
from flow.subjects import Subject

if TYPE_CHECKING:
    from accounts.models import User

OPEN = GradeSuggestion.State.OPEN


def of_money(user: "User") -> Q:
    return of_customers(user) if sees_prices(user) else Q(pk__in=[])


def say(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield f"{row['current']} 级 → {row['suggested']} 级"


SUBJECTS = (
    Subject(
        GradeSuggestion,
        "state",
        page="finance:decide_grade",
        key="pk",
        seen=of_money,
        faces=faces(GradeSuggestion, "current", "suggested", say=say, key="id", number="customer__code"),
        open=lambda: GradeSuggestion.objects.filter(state=OPEN),
    ),
)
