"""Who sees the files of a customer, its contracts, quotes and memos (B7)."""

from typing import TYPE_CHECKING

from accounts.permissions import sees_prices
from customers.models import Contract, Customer, Memo, Quote
from documents import access

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import CustomerQuerySet
    from customers.models.contract import ContractQuerySet
    from customers.models.quote import QuoteQuerySet


def customers_with_terms(user: "User") -> "CustomerQuerySet":
    """A customer's files are contracts: prices and terms are in them."""
    seen = Customer.objects.visible_to(user)
    return seen if sees_prices(user) else seen.none()


def contracts_with_terms(user: "User") -> "ContractQuerySet":
    seen = Contract.objects.visible_to(user)
    return seen if sees_prices(user) else seen.none()


def quotes_with_prices(user: "User") -> "QuoteQuerySet":
    seen = Quote.objects.visible_to(user)
    return seen if sees_prices(user) else seen.none()


SCOPES = {
    "customer": access.among(customers_with_terms),
    "contract": access.among(contracts_with_terms),
    "quote": access.among(quotes_with_prices),
    "memo": access.among(Memo.objects.visible_to),
}
