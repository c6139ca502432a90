"""The customer is told of trouble on the road, by customer service, at once (R33)."""

from audit.errors import Refused
from audit.frame import last_word
from orders.frame import OrderAct, order_action
from orders.models import Shipment
from orders.notices import tell
from shipping import queries
from shipping.actions.drafting import record
from shipping.actions.handing import GONE
from shipping.models import TroubleTold


@order_action("tell_trouble", shipment_states=GONE, adds=True)
def tell_trouble(act: OrderAct, shipment: Shipment, *, heard: str, words: str = "") -> Shipment:
    """The customer was told of all that went wrong; `heard` is who listened, `words` what they said to it.

    Raises Refused where nothing is left to tell.
    """
    untold = list(queries.untold(shipment))
    if not untold:
        raise Refused(f"没有尚未告知客户的运输异常。{last_word(shipment)}")
    if not heard.strip():
        raise Refused("请写明告知了谁。", field="heard")
    for trouble in untold:
        TroubleTold.objects.create(trouble=trouble, heard=heard.strip(), words=words.strip(), by=act.by, at=act.at)
    record(act, shipment, heard=heard.strip(), words=words.strip())
    for order in act.orders.values():
        tell(act, order, "trouble_told", heard.strip())
    return shipment
