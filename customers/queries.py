"""What is read of customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.search import query_of
from catalog.queries import listed_prices
from customers.models import Address, Contact, Contract, ContractPrice, Customer, Memo

PAGE = 50


@dataclass(frozen=True)
class Reference:
    """The price a line is compared with, and where it comes from (R5)."""

    price: Decimal
    source: str


def in_force(day: date) -> Q:
    return Q(is_active=True, valid_from__lte=day, valid_to__gte=day)


def contract_on(customer: Customer, day: date) -> Contract | None:
    return customer.contracts.filter(in_force(day)).first()


def reference_prices(customer: Customer, wanted: Iterable[tuple[int, Decimal]], day: date) -> list[Reference | None]:
    """The reference of each (product id, quantity): contract first, then the grade's list; two queries."""
    asked = list(wanted)
    agreed = {
        product: Reference(price, f"合同 {number}")
        for product, price, number in ContractPrice.objects.filter(
            contract__customer=customer,
            contract__is_active=True,
            contract__valid_from__lte=day,
            contract__valid_to__gte=day,
            product_id__in={product for product, _ in asked},
        ).values_list("product_id", "price", "contract__number")
    }
    listed = listed_prices(asked, customer.grade, day)
    return [
        agreed.get(product) or (Reference(found.price, found.price_list) if found else None)
        for (product, _), found in zip(asked, listed, strict=True)
    ]


def customers_for(user: Any, words: str = "", grade: str = "", *, ended: bool = False) -> QuerySet[Customer]:
    """The list page: light rows in the order of their pinyin, with whom they belong to."""
    found = Customer.objects.visible_to(user).select_related("salesperson", "clerk").order_by("pinyin", "id")
    if not ended:
        found = found.filter(is_active=True)
    if grade in {"A", "B", "C"}:
        found = found.filter(grade=grade)
    if query_of(words):
        found = found.filter(search__matches=words)
    return found.only(
        "code", "name", "grade", "phone", "pinyin", "is_active", "credit_limit", "salesperson__name", "clerk__name"
    )


def after(found: QuerySet[Customer], pinyin: str, pk: int) -> QuerySet[Customer]:
    """The rows behind a key, for the next page."""
    return found.filter(Q(pinyin__gt=pinyin) | Q(pinyin=pinyin, pk__gt=pk))


def contacts_of(customer: Customer) -> QuerySet[Contact]:
    return customer.contacts.order_by("-is_active", "-may_sign", "id")


def addresses_of(customer: Customer) -> QuerySet[Address]:
    return customer.addresses.order_by("-is_active", "-is_default", "id")


def contracts_of(customer: Customer) -> QuerySet[Contract]:
    return customer.contracts.select_related("scan").order_by("-is_active", "-valid_from", "-id")


def memos_for(user: Any, words: str = "", *, open_only: bool = False) -> QuerySet[Memo]:
    """Memos, newest first; the open ones have told nobody yet how long the answer takes (R3)."""
    found = Memo.objects.visible_to(user).select_related("customer", "taken_by").order_by("-id")
    if open_only:
        found = found.filter(told_at=None)
    if words:
        of_customer = Q(customer__in=Customer.objects.filter(search__matches=words)) if query_of(words) else Q()
        found = found.filter(Q(number__istartswith=words) | Q(customer_name__icontains=words) | of_customer)
    return found
