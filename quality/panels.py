"""What an order's page shows of quality, and what may be done there."""

from typing import TYPE_CHECKING, Any

from orders import panels
from orders.models import Order, ShipmentState
from production.panels import MAKING
from quality import queries

if TYPE_CHECKING:
    from accounts.models import User

HERE = frozenset({ShipmentState.DRAFT, ShipmentState.NOTICED})


def read(order: Order, user: "User") -> dict[str, Any] | None:
    """The batches of a released order, in one statement."""
    batches = queries.newest_batches(order) if order.released_at else []
    return {"order": order, "batches": batches} if batches else None


OFFERS = (
    panels.Offer("inspect_batch", "检验入库", "quality:batches", MAKING),
    panels.Offer("countersign_batch", "检验会签", "quality:batches", MAKING),
    panels.Offer("sign_outgoing", "出库复检", "quality:outgoing", HERE, "shipment"),
)


PANEL = panels.Panel("quality", "质检", 31, "quality/panel.html", read)
