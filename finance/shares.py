"""A share of a payment: which order it is for, how much, and as what."""

from dataclasses import dataclass
from decimal import Decimal

from finance.models import EntryKind
from orders.models import Order


@dataclass(frozen=True)
class Share:
    order: Order
    amount: Decimal
    kind: str = EntryKind.BALANCE
