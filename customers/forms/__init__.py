"""What people fill in about customers, quotes, contracts and memos."""

from customers.forms.records import (
    AddressForm,
    ContactForm,
    CustomerEditForm,
    CustomerForm,
    FindForm,
    FindMemoForm,
    GradeForm,
    LimitForm,
    MemoForm,
    SupplementForm,
    ToldForm,
)

__all__ = [
    "AddressForm",
    "ContactForm",
    "CustomerEditForm",
    "CustomerForm",
    "FindForm",
    "FindMemoForm",
    "GradeForm",
    "LimitForm",
    "MemoForm",
    "SupplementForm",
    "ToldForm",
]
