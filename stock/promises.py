"""Whose promises the `reserved` of a balance is made of is known to the departments above: each says here, at start-up,
what its own ledger comes to, and `manage.py verify_stock` and the nightly look compare both."""

from collections.abc import Callable
from decimal import Decimal

# (number of the pallet or lot, reserved, promised by the ledger) of each balance that differs.
Differing = list[tuple[str, Decimal, Decimal]]
_ledgers: dict[str, Callable[[], Differing]] = {}


def compare(name: str, differing: Callable[[], Differing]) -> None:
    """`name` is what the ledger is called in the words of the report."""
    _ledgers[name] = differing


def wrong() -> list[tuple[str, str, Decimal, Decimal]]:
    """(ledger, number, reserved, promised) of each balance whose `reserved` is not what was promised of it."""
    return [(name, *row) for name, differing in _ledgers.items() for row in differing()]
