"""What can be done to a customer, to what is agreed with it and to what was heard from it."""

from customers.actions.contacts import add_address, add_contact, change_address, change_contact
from customers.actions.contracts import Agreed, change_contract
from customers.actions.customers import add_customer, change_customer, change_grade, change_policy, set_credit_limit
from customers.actions.memos import supplement_memo, tell_reply, write_memo

__all__ = [
    "Agreed",
    "add_address",
    "add_contact",
    "add_customer",
    "change_address",
    "change_contact",
    "change_contract",
    "change_customer",
    "change_grade",
    "change_policy",
    "set_credit_limit",
    "supplement_memo",
    "tell_reply",
    "write_memo",
]
