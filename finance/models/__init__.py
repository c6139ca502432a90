"""Finance's records, a file for each paper."""

from finance.models.bank import BankFile, BankLine
from finance.models.invoices import Invoice, InvoiceRequest
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
from finance.models.statements import Statement

__all__ = [
    "BalanceLetter",
    "BankFile",
    "BankLine",
    "CancelSettlement",
    "EntryKind",
    "Goods",
    "Invoice",
    "InvoiceRequest",
    "Method",
    "MoneyEntry",
    "Payment",
    "PaymentBalance",
    "Statement",
]
