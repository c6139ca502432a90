"""What a customer's and a memo's page show of what was done."""

from decimal import Decimal
from typing import Any

from accounts.permissions import is_of_money, label_of
from audit.models import Event
from customers.models import Customer, Memo, Quote

BUTTONS = (
    "change_customer",
    "change_grade",
    "set_credit_limit",
    "change_contract",
    "change_contact",
    "change_address",
    "write_memo",
    "write_quote",
)


def events_of(kind: str, pk: int) -> list[Event]:
    return list(Event.objects.filter(subject_kind=kind, subject_id=pk).select_related("by").order_by("-seq")[:30])


def timeline(customer: Customer, sees_prices: bool) -> list[dict[str, Any]]:
    """Newest first; what says something of money only for those who may see it."""
    return [row(event) for event in events_of("customer", customer.pk) if sees_prices or not is_of_money(event.action)]


def memo_timeline(memo: Memo) -> list[dict[str, Any]]:
    return [row(event) | {"from": "", "to": ""} for event in events_of("memo", memo.pk)]


def quote_timeline(quote: Quote) -> list[dict[str, Any]]:
    return [row(event) | {"from": ""} for event in events_of("quote", quote.pk)]


def row(event: Event) -> dict[str, Any]:
    limit = event.data.get("new")
    named = event.data.get("named") if limit is None else f"¥{Decimal(limit):,.2f}"
    return {
        "at": event.at,
        "what": label_of(event.action),
        "from": event.from_state,
        "to": named or event.to_state,
        "who": event.by,
        "why": event.reason,
    }
