"""What staff see of the customer's page: what the customer asked, on the order's own page, and the way to the links."""

from typing import TYPE_CHECKING, Any

from accounts.permissions import may, sees_prices
from orders.models import Order, State
from orders.panels import Panel
from portal.models import Word

if TYPE_CHECKING:
    from accounts.models import User


def panel(order: Order, user: "User") -> dict[str, Any] | None:
    """A customer's words may speak of prices: for those who see them."""
    if not sees_prices(user) or order.state in (State.DRAFT, State.PENDING):
        return None
    asked = Word.objects.filter(order=order, kind__in=Word.ASKING).select_related("answer").order_by("-at", "-pk")[:5]
    return {"order": order, "asked": asked, "may_answer": may(user, "answer_customer")}


PANEL = Panel("portal", "客户页面", 25, "portal/panel.html", panel)
