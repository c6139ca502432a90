from typing import Any

from orders.models import Order
from orders.panels import Panel
from orders.panels import register as show
from tests.flow.customs.models import Declaration


def panel(order: Order, user: Any) -> dict[str, Any] | None:
    found = list(Declaration.objects.filter(order=order))
    return {"declarations": found} if found else None


def register() -> None:
    show(Panel("customs", "报关", 70, "customs/panel.html", panel))
