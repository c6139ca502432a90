"""What can be done to products and price lists. Each queues the re-read of the open orders it touches."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.records import add, save
from accounts.search import initials, tokens
from audit.errors import Refused
from audit.frame import Act, action
from catalog.models import PriceEntry, PriceList, Product
from catalog.rereads import queue_reread

FACTS = {
    "code",
    "name",
    "kind",
    "width_mm",
    "length_m",
    "grammage",
    "core_mm",
    "label_size",
    "unit",
    "spec",
    "standard",
    "tax_rate",
    "is_active",
    "initials",
}
LIST_FACTS = {"name", "currency", "valid_from", "valid_to", "grade", "is_active"}


# Product, grade, from which quantity on.
Place = tuple[int, str | None, Decimal]


@dataclass(frozen=True)
class Price:
    """A price as it is to stand in a list."""

    product: Product
    price: Decimal
    grade: str | None = None
    min_quantity: Decimal = Decimal(0)

    @property
    def place(self) -> Place:
        return self.product.pk, self.grade or None, self.min_quantity


@action("change_product", system=True)
def change_product(act: Act, product: Product | None, **facts: Any) -> Product:
    """Add a product (`None`) or change one. Raises Invalid for what the fields refuse."""
    new = product is None
    product = product or Product()
    changed = put(product, facts, FACTS)
    product.initials = product.initials or initials(product.name)
    product.search = tokens(product.code, product.name, product.initials, product.spec, product.label_size)
    product.version += 0 if new else 1
    save(product)
    act.record(product, changed=changed)
    queue_reread(act, "product", [] if new else [product.pk])
    return product


@action("change_price_list", system=True)
def change_price_list(
    act: Act,
    price_list: PriceList | None,
    *,
    prices: Iterable[Price] | None = None,
    among: Collection[Place] | None = None,
    **facts: Any,
) -> PriceList:
    """Add a 价格执行方案 (`None`) or change one; `prices`, where given, are all that it shall hold (R5), or all that it
    shall hold in place of those `among` its places.

    Raises Invalid for what the fields refuse, Refused for two prices in one place.
    """
    new = price_list is None
    price_list = price_list or PriceList()
    changed = put(price_list, facts, LIST_FACTS)
    price_list.grade = price_list.grade or None
    price_list.version += 0 if new else 1
    save(price_list)
    touched = set() if prices is None else hold(price_list, prices, among)
    if changed and not new:
        touched |= set(price_list.entries.values_list("product_id", flat=True))
    act.record(price_list, changed=changed, products=len(touched))
    queue_reread(act, "product", sorted(touched))
    return price_list


def hold(price_list: PriceList, prices: Iterable[Price], among: Collection[Place] | None) -> set[int]:
    """Make the list's entries (those `among` them) equal to `prices`; the ids of the products priced otherwise now."""
    wanted = by_place(prices)
    standing = {(entry.product_id, entry.grade, entry.min_quantity): entry for entry in price_list.entries.all()}
    judged = set(standing) if among is None else set(among) & standing.keys()
    for place in wanted.keys() & standing.keys() - judged:
        raise Refused(f"{wanted[place].product} 在同一等级、同一起订数量下已有价格，请查找出来修改。")
    gone = judged - wanted.keys()
    for place in gone:
        standing[place].delete()
    changed = [place for place, entry in standing.items() if place in wanted and entry.price != wanted[place].price]
    for place in changed:
        standing[place].price = wanted[place].price
        save(standing[place])
    new = [place for place in wanted if place not in standing]
    add(
        [
            PriceEntry(
                price_list=price_list,
                product=wanted[place].product,
                grade=place[1],
                min_quantity=place[2],
                price=wanted[place].price,
            )
            for place in new
        ]
    )
    return {place[0] for place in (*gone, *changed, *new)}


def by_place(prices: Iterable[Price]) -> dict[Place, Price]:
    wanted: dict[Place, Price] = {}
    for given in prices:
        if given.place in wanted:
            raise Refused(f"{given.product} 在同一等级、同一起订数量下有两个价格，请只留一个。")
        wanted[given.place] = given
    return wanted


def put(record: Any, facts: dict[str, Any], allowed: set[str]) -> list[str]:
    """Set the given facts and return the names of those that changed; a name that is no fact is a mistake."""
    if unknown := facts.keys() - allowed:
        raise TypeError(f"not a fact of {type(record).__name__}: {sorted(unknown)}")
    changed = sorted(name for name, value in facts.items() if getattr(record, name, None) != value)
    for name in changed:
        setattr(record, name, facts[name])
    return changed
