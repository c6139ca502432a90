"""What can be done to a customer, to what is offered to it, agreed with it and heard from it."""

from customers.actions.contacts import add_address, add_contact, change_address, change_contact
from customers.actions.contracts import (
    Agreed,
    Stage,
    ask_contract_review,
    change_contract,
    change_template,
    draft_contract,
    end_contract,
    put_contract_in_force,
    review_contract_fin,
    review_contract_legal,
)
from customers.actions.customers import add_customer, change_customer, change_grade, change_policy, set_credit_limit
from customers.actions.memos import supplement_memo, tell_reply, write_memo
from customers.actions.quotes import (
    Offered,
    accept_quote,
    agree_quote,
    ask_quote_margin,
    change_quote,
    lose_quote,
    send_quote,
    wants_word,
    write_quote,
)

__all__ = [
    "Agreed",
    "Offered",
    "Stage",
    "accept_quote",
    "add_address",
    "add_contact",
    "add_customer",
    "agree_quote",
    "ask_contract_review",
    "ask_quote_margin",
    "change_address",
    "change_contact",
    "change_contract",
    "change_customer",
    "change_grade",
    "change_policy",
    "change_quote",
    "change_template",
    "draft_contract",
    "end_contract",
    "lose_quote",
    "put_contract_in_force",
    "review_contract_fin",
    "review_contract_legal",
    "send_quote",
    "set_credit_limit",
    "supplement_memo",
    "tell_reply",
    "wants_word",
    "write_memo",
    "write_quote",
]
