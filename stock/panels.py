"""What a product's page shows of the store: how much could be promised today, and why no more (R6)."""

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from accounts.panels import Panel
from accounts.permissions import roles_of
from catalog.models import Product
from stock.queries import lying_of
from stock.views import WORKING

if TYPE_CHECKING:
    from accounts.models import User


def read(product: Product, user: "User") -> dict[str, Any] | None:
    """Nothing for those to whom the store is closed."""
    if roles_of(user).isdisjoint(WORKING):
        return None
    return {"product": product, **lying_of(product, localdate())}


PANEL = Panel("stock", "现货", 10, "stock/product_panel.html", read)
