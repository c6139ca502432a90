"""What is read of customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.search import query_of
from catalog.queries import listed_prices
from customers import gates
from customers.models import (
    Address,
    Contact,
    Contract,
    ContractPrice,
    ContractTemplate,
    Customer,
    Memo,
    Quote,
    QuoteLine,
    QuoteState,
)

PAGE = 50
ENDS_SOON = timedelta(days=30)


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
    """The reference of each (product id, quantity): contract first, then an accepted quote, then the grade's list."""
    asked = list(wanted)
    agreed = agreed_prices(customer, {product for product, _ in asked}, day)
    quoted = quoted_prices(customer, {product for product, _ in asked}, day)
    listed = listed_prices(asked, customer.grade, day)
    return [
        from_on(agreed.get(product, []), quantity)
        or from_on(quoted.get(product, []), quantity)
        or (Reference(found.price, found.price_list) if found else None)
        for (product, quantity), found in zip(asked, listed, strict=True)
    ]


Offers = dict[int, list[tuple[Decimal, Reference]]]


def agreed_prices(customer: Customer, products: set[int], day: date) -> Offers:
    """(from which quantity on, price) of each product in the contract in force on `day`."""
    rows = ContractPrice.objects.filter(
        contract__customer=customer,
        contract__is_active=True,
        contract__valid_from__lte=day,
        contract__valid_to__gte=day,
        product_id__in=products,
    ).order_by("-from_quantity")
    return by_product(rows.values_list("product_id", "from_quantity", "price", "contract__number"), "合同")


def quoted_prices(customer: Customer, products: set[int], day: date) -> Offers:
    """(from which quantity on, price) of each product in accepted quotes that stand on `day`; the newest first."""
    lines = QuoteLine.objects.filter(
        quote__customer=customer,
        quote__state=QuoteState.ACCEPTED,
        quote__valid_until__gte=day,
        product__in=products,
    ).order_by("-quote__answered_at", "-quantity")
    return by_product(lines.values_list("product_id", "quantity", "price", "quote__number"), "报价")


def by_product(rows: Iterable[tuple[int, Decimal, Decimal, str]], source: str) -> Offers:
    """(product, least quantity, price, number of the `source`) in the order of preference."""
    found: Offers = {}
    for product, least, price, number in rows:
        found.setdefault(product, []).append((least, Reference(price, f"{source} {number}")))
    return found


def from_on(offers: list[tuple[Decimal, Reference]], quantity: Decimal) -> Reference | None:
    return next((reference for least, reference in offers if quantity >= least), None)


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


def quotes_for(user: Any, shelf: str) -> QuerySet[Quote]:
    """Quotes this person sees, newest first; the open ones wait for us or for the customer."""
    found = Quote.objects.visible_to(user).select_related("customer", "written_by").order_by("-id")
    if shelf == "open":
        return found.filter(state__in=[QuoteState.DRAFT, QuoteState.SENT])
    if shelf == "thin":
        return found.filter(gates.THIN)
    if shelf == "over":
        return found.filter(gates.OVER)
    return found if shelf == "all" else found.filter(state=shelf)


def contracts_on(user: Any, shelf: str) -> QuerySet[Contract]:
    """Contracts this person sees, by where they stand; newest first."""
    today = timezone.localdate()
    found = Contract.objects.visible_to(user).filter(
        {
            "review": gates.IN_REVIEW,
            "signing": gates.TO_SIGN,
            "in_force": Q(is_active=True, valid_to__gte=today),
            "ending": ending_on(today),
            "ended": ~Q(ended_at=None) | Q(is_active=True, valid_to__lt=today),
        }[shelf]
    )
    return found.select_related("customer").order_by("-id")


def ending_on(day: date) -> Q:
    return Q(is_active=True, valid_to__gte=day, valid_to__lte=day + ENDS_SOON)


def to_be_followed(day: date) -> QuerySet[Contract]:
    """Contracts about to end with customers that still order, and that no other one follows: in force by then, or
    agreed to by both sides."""
    later = Contract.objects.filter(customer=OuterRef("customer"), valid_to__gt=OuterRef("valid_to"))
    follows = later.filter(Q(is_active=True) | gates.TO_SIGN)
    found = Contract.objects.filter(ending_on(day), ~Exists(follows), customer__is_active=True)
    return found.select_related("customer").order_by("pk")


def template_in_use() -> ContractTemplate | None:
    return ContractTemplate.objects.filter(is_active=True).order_by("pk").first()
