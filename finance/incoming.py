"""The money of an order that came in and stayed: by it a customer's habits and promises are judged."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from finance.models import EntryKind, MoneyEntry


@dataclass(frozen=True)
class Came:
    """So much was in on `day`, and was written down at `at`."""

    day: date
    at: datetime
    amount: Decimal


def came_in(entries: Iterable[MoneyEntry]) -> list[Came]:
    """Of one order, as it was written down. Payments reversed since never counted; what was paid back or carried to
    another order is taken from the newest."""
    entries = list(entries)
    reversed_ = {entry.payment_id for entry in entries if entry.kind == EntryKind.REVERSED}
    found: list[Came] = []
    for entry in entries:
        if entry.payment_id is not None and entry.payment_id in reversed_:
            continue
        if entry.amount > 0:
            when = entry.payment.received_at if entry.payment else entry.at
            found.append(Came(timezone.localtime(when).date(), entry.at, entry.amount))
        else:
            found = without(found, -entry.amount)
    return found


def without(came: list[Came], amount: Decimal) -> list[Came]:
    kept = []
    for each in reversed(came):
        taken = min(each.amount, amount)
        amount -= taken
        if taken < each.amount:
            kept.append(replace(each, amount=each.amount - taken))
    return kept[::-1]
