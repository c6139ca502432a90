from typing import Any

from orders.models import Order
from orders.panels import Panel
from tests.flow.customs.models import Declaration


def panel(order: Order, user: Any) -> dict[str, Any] | None:
    found = list(Declaration.objects.filter(order=order))
    return {"declarations": found} if found else None


PANEL = Panel("customs", "报关", 70, "customs/panel.html", panel)
