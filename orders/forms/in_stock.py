"""Beside 「其中现货」 of each row: how much of its product could be reserved now (R6).

A hint only: whether the stock part is reserved is the gate `stock_reserved`'s to say.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form

from catalog.models import Product
from catalog.queries import products_by_code
from orders.forms.entry import OrderForm, code_of
from orders.reservations import reserved_of
from stock.queries import free_of

ZERO = Decimal(0)


@dataclass
class InStock:
    """`free` of the product is there for all of its rows; `ours` is reserved for this one already."""

    product: Product
    free: Decimal
    ours: Decimal
    is_short: bool = False


def show(form: OrderForm, day: date) -> None:
    """Give each row of a known product its `in_stock`; three queries, whatever the rows."""
    rows = [(row, code_of(read(row, "product") or "")) for row in form.lines.forms]
    codes = {code for _, code in rows} - {""}
    if not codes:
        return
    products = products_by_code(codes)
    free = free_of([product.pk for product in products.values()], day)
    reserved = reserved_of(form.revision.order) if form.revision else {}
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for row, code in rows:
        if product := products.get(code):
            ours = reserved.get((read(row, "line_id") or 0, product.pk), ZERO)
            row.in_stock = InStock(product, free.get(product.pk, ZERO), ours)
            wanted[product.pk] += max(ZERO, (read(row, "from_stock") or ZERO) - ours)
    for row, _ in rows:
        if found := row.in_stock:
            found.is_short = wanted[found.product.pk] > found.free


def read(row: Form, name: str) -> Any:
    """What stands in the box as its field reads it; None where it cannot."""
    try:
        return row.fields[name].clean(row[name].value())
    except ValidationError:
        return None
