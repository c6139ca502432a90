"""The month's 销售发货单 come to customer service, one by one, and are archived there (R32)."""

from audit.errors import Refused
from audit.frame import last_word
from orders.frame import OrderAct, order_action
from orders.models import Shipment, ShipmentState
from shipping.models import HandedOver

GONE = {ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED}


@order_action("receive_delivery_note", shipment_states=GONE, quiet=True)
def receive_delivery_note(act: OrderAct, shipment: Shipment) -> Shipment:
    """Customer service has the signed copy of the 销售发货单 in hand. Raises Refused for the second time."""
    if HandedOver.objects.filter(shipment=shipment).exists():
        raise Refused(f"{shipment.number} 的销售发货单已收到。{last_word(shipment)}")
    HandedOver.objects.create(shipment=shipment, by=act.by, at=act.at)
    act.record(shipment)
    return shipment
