"""Who sees the files of a customer and of a memo (B7)."""

from typing import TYPE_CHECKING

from documents import access

if TYPE_CHECKING:
    from accounts.models import User


def register() -> None:
    access.register("customer", sees_customer_file)
    access.register("memo", sees_memo_file)


def sees_customer_file(user: "User", customer_id: int) -> bool:
    """A customer's files are contracts: prices and terms are in them."""
    from accounts.permissions import sees_prices
    from customers.models import Customer

    return sees_prices(user) and Customer.objects.visible_to(user).filter(pk=customer_id).exists()


def sees_memo_file(user: "User", memo_id: int) -> bool:
    from customers.models import Memo

    return Memo.objects.visible_to(user).filter(pk=memo_id).exists()
