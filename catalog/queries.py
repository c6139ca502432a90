"""What is read of products and prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper

from accounts.search import query_of
from catalog.models import PriceEntry, PriceList, Product


def products_by_code(codes: Iterable[str]) -> dict[str, Product]:
    """The products of these codes, by the code in capitals: nobody has to mind the case that they type."""
    wanted = {code.upper() for code in codes}
    found = Product.objects.defer("search").alias(in_capitals=Upper("code")).filter(in_capitals__in=wanted)
    return {product.code.upper(): product for product in found}


@dataclass(frozen=True)
class Listed:
    """A list price and where it stands."""

    price: Decimal
    price_list: str


def lists_in_force(day: date) -> Q:
    return Q(price_list__is_active=True, price_list__valid_from__lte=day) & (
        Q(price_list__valid_to=None) | Q(price_list__valid_to__gte=day)
    )


def listed_prices(wanted: Iterable[tuple[int, Decimal]], grade: str, day: date) -> list[Listed | None]:
    """The list price of each (product id, quantity) for a grade on a day, in one query.

    A list made for the grade comes before a general one, then the later one; within it the grade's own entry before
    the general one, then the highest quantity break reached.
    """
    asked = list(wanted)
    entries = (
        PriceEntry.objects.filter(
            lists_in_force(day),
            Q(price_list__grade=None) | Q(price_list__grade=grade),
            Q(grade=None) | Q(grade=grade),
            product_id__in={product for product, _ in asked},
        )
        .order_by(
            F("price_list__grade").asc(nulls_last=True),
            "-price_list__valid_from",
            "-price_list_id",
            F("grade").asc(nulls_last=True),
            "-min_quantity",
        )
        .values_list("product_id", "min_quantity", "price", "price_list__name")
    )
    by_product: dict[int, list[tuple[Decimal, Listed]]] = {}
    for product, least, price, name in entries:
        by_product.setdefault(product, []).append((least, Listed(price, name)))
    return [
        next((found for least, found in by_product.get(product, []) if least <= quantity), None)
        for product, quantity in asked
    ]


def reference_prices(wanted: Iterable[tuple[int, Decimal]], grade: str, day: date) -> list[Decimal | None]:
    """The price of each (product id, quantity), None where no list names the product."""
    return [found.price if found else None for found in listed_prices(wanted, grade, day)]


def reference_price(product: Product, grade: str, quantity: Decimal, day: date) -> Decimal | None:
    """The tax-included list price that one line is compared with (R5)."""
    return reference_prices([(product.pk, quantity)], grade, day)[0]


def products(words: str = "", kind: str = "", *, ended: bool = False) -> QuerySet[Product]:
    """Products by code, for lists and choices."""
    found = Product.objects.defer("search").order_by("code")
    if not ended:
        found = found.filter(is_active=True)
    if kind in Product.Kind.values:
        found = found.filter(kind=kind)
    return found.filter(search__matches=words) if query_of(words) else found


def price_lists() -> QuerySet[PriceList]:
    return PriceList.objects.order_by("-is_active", "-valid_from", "-id")


def entries_of(price_list: PriceList, words: str = "") -> QuerySet[PriceEntry]:
    """In the order of the products' codes; `words` are of the product."""
    found = price_list.entries.select_related("product").defer("product__search")
    if words:
        found = found.filter(product__search__matches=words) if query_of(words) else found.none()
    return found.order_by("product__code", "grade", "min_quantity", "pk")
