"""Finding an order for a page: what one may not see answers like what is not there (B7)."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from orders.models import Order


def an_order(request: HttpRequest, number: str) -> Order:
    """The order, light, for forms and buttons."""
    seen = Order.objects.visible_to(request.user).select_related("customer", "memo", "revision")  # type: ignore[arg-type]
    return get_object_or_404(seen, number=number)
