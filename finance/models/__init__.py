"""Finance's records, a file for each paper."""

from finance.models.bank import BankFile, BankLine
from finance.models.collecting import CollectingRules, PaymentPromise, PromiseVerdict, Reminder
from finance.models.grading import GradeReview, GradeRule, GradeSuggestion
from finance.models.invoices import Invoice, InvoiceRequest
from finance.models.money import (
    BalanceLetter,
    CancelGoods,
    CancelSettlement,
    EntryKind,
    Goods,
    Method,
    MoneyEntry,
    Payment,
    PaymentBalance,
    PaymentRefund,
)
from finance.models.statements import Statement

__all__ = [
    "BalanceLetter",
    "BankFile",
    "BankLine",
    "CancelGoods",
    "CancelSettlement",
    "CollectingRules",
    "EntryKind",
    "Goods",
    "GradeReview",
    "GradeRule",
    "GradeSuggestion",
    "Invoice",
    "InvoiceRequest",
    "Method",
    "MoneyEntry",
    "Payment",
    "PaymentBalance",
    "PaymentPromise",
    "PaymentRefund",
    "PromiseVerdict",
    "Reminder",
    "Statement",
]
