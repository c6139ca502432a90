"""A suggested grade waits for whoever decides it (R7)."""

from collections.abc import Iterable
from typing import Any

from customers.subjects import faces, of_customers
from finance.models import GradeSuggestion
from flow.subjects import Subject, register

OPEN = GradeSuggestion.State.OPEN


def say(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield f"{row['current']} 级 → {row['suggested']} 级"


register(
    Subject(
        GradeSuggestion,
        "state",
        page="finance:decide_grade",
        key="pk",
        seen=of_customers,
        faces=faces(GradeSuggestion, "current", "suggested", say=say, key="id", number="customer__code"),
        open=lambda: GradeSuggestion.objects.filter(state=OPEN),
    )
)
