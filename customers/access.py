"""Who sees the files of a customer and of a memo (B7)."""

from typing import TYPE_CHECKING

from accounts.permissions import sees_prices
from customers.models import Customer, Memo
from documents import access

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import CustomerQuerySet


def register() -> None:
    access.register("customer", access.among(customers_with_terms))
    access.register("memo", access.among(Memo.objects.visible_to))


def customers_with_terms(user: "User") -> "CustomerQuerySet":
    """A customer's files are contracts: prices and terms are in them."""
    seen = Customer.objects.visible_to(user)
    return seen if sees_prices(user) else seen.none()
