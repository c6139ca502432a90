"""Finance's records, a file for each paper."""

from finance.models.money import (
    BalanceLetter,
    CancelSettlement,
    EntryKind,
    Goods,
    Method,
    MoneyEntry,
    Payment,
    PaymentBalance,
)

__all__ = [
    "BalanceLetter",
    "CancelSettlement",
    "EntryKind",
    "Goods",
    "Method",
    "MoneyEntry",
    "Payment",
    "PaymentBalance",
]
