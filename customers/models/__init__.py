"""Customers, what is agreed with them, and what was heard from them (客户信息备忘录)."""

from customers.models.contract import Contract, ContractPrice, ContractReview, ContractTemplate, PaymentStage
from customers.models.customer import CODE, Address, Contact, Customer, CustomerQuerySet
from customers.models.memo import Memo, MemoQuerySet
from customers.models.policy import GradePolicy
from customers.models.quote import Quote, QuoteLine, QuoteState

__all__ = [
    "CODE",
    "Address",
    "Contact",
    "Contract",
    "ContractPrice",
    "ContractReview",
    "ContractTemplate",
    "Customer",
    "CustomerQuerySet",
    "GradePolicy",
    "Memo",
    "MemoQuerySet",
    "PaymentStage",
    "Quote",
    "QuoteLine",
    "QuoteState",
]
