"""The second check, the notice, and the emergency in its place (R29, R30)."""

from audit.errors import Refused
from audit.frame import last_word
from flow.gates import registry
from orders import shares
from orders.frame import OrderAct, order_action
from orders.models import Order, Shipment, ShipmentState, Signed
from orders.models.order import ENDED, State
from orders.notices import tell
from orders.signing import sign
from shipping import gates, papers, queries
from shipping.actions.drafting import record, withdraw_notice

LATE = (ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED)


@order_action("check_shipment", shipment_states={ShipmentState.DRAFT})
def check_shipment(act: OrderAct, shipment: Shipment, *, text: str = "") -> Shipment:
    """Address, receiver, contact and every figure are checked again, after the money is settled (R29).

    Raises Forbidden for whoever drafted or last changed it, where the house wants another person; Refused before
    finance's word, or without a text where it goes elsewhere than its orders say.
    """
    act.guard("check_shipment", shipment)
    must_be_current(shipment)
    unmet = {gate.code for gate in registry.unmet("issue_notice", shipment)}
    if "payment_cleared" in unmet:
        raise Refused("款项尚未落实，请在财务落实款项之后再复核。")
    if "shipment_checked" not in unmet:
        raise Refused(f"此单已复核签字。{last_word(shipment)}")
    elsewhere = [place.order.number for place in queries.places(shipment) if place.differs]
    if elsewhere and not text.strip():
        raise Refused(f"收货信息与 {'、'.join(elsewhere)} 的约定不一致，请写明依据后再签字。", field="text")
    sign(act, Signed.SHIPMENT_CHECK, shipment=shipment, digest=shipment.digest, text=text)
    record(act, shipment, words=text.strip())
    return shipment


def must_be_current(shipment: Shipment) -> None:
    """A price changed by an amendment since: what was signed is not what will be billed. Raises Refused."""
    was = shipment.digest
    shares.restate(shipment)
    if shipment.digest != was:
        raise Refused("订单条款在拟单后已变更，货值不再一致，请打开「修改」核对后重新保存。")


@order_action("issue_notice", shipment_states={ShipmentState.DRAFT, *LATE})
def issue_notice(act: OrderAct, shipment: Shipment) -> Shipment:
    """Issue the 商品销售发货(申请)通知单 (R29); after an emergency dispatch it is the late paper (R30)."""
    late = shipment.state in LATE
    if late and (shipment.emergency_at is None or shipment.noticed_at):
        raise Refused("此单已开发货通知单，无需补开。")
    if not late:
        must_be_current(shipment)
        act.step(shipment, "issue_notice")
    shipment.noticed_at = act.at
    papers.freeze_notice(act, shipment)
    record(act, shipment, orders_only=not late)
    for order in act.orders.values():
        tell(act, order, "noticed")
    return shipment


@order_action("recall_notice", shipment_states={ShipmentState.NOTICED})
def recall_notice(act: OrderAct, shipment: Shipment) -> Shipment:
    """Take the notice back to change something; the paper bears 作废 from now on."""
    act.need_reason("请写明收回的原因。")
    withdraw_notice(act, shipment)
    act.step(shipment, "recall")
    shipment.noticed_at = None
    record(act, shipment, orders_only=True)
    return shipment


@order_action("order_emergency", shipment_states={ShipmentState.DRAFT})
def order_emergency(act: OrderAct, shipment: Shipment) -> Shipment:
    """The customer-service supervisor orders it out before the paper, which is due the next working day (R30)."""
    act.need_reason("请写明紧急先发的原因。")
    act.guard("order_emergency", shipment)
    if shipment.emergency_at:
        raise Refused(f"此单已下令紧急先发。{last_word(shipment)}")
    sign(act, Signed.EMERGENCY, shipment=shipment, digest=shipment.digest, text=act.reason)
    shipment.emergency_at, shipment.emergency_by = act.at, act.by
    record(act, shipment)
    for order in act.orders.values():
        tell(act, order, "emergency", act.reason)
    return shipment


@order_action("waive_return", states=[state for state in State if state not in ENDED])
def waive_return(act: OrderAct, order: Order) -> Order:
    """Why goods of an early-started order may leave before its signed return is back (R16)."""
    act.need_reason("请写明未收到回传而先发货的原因。")
    order = act.order
    if order.revision is None or not gates.unreturned(pk=order.pk).exists():
        raise Refused("此单没有待补传的确认书，无需说明。")
    sign(act, Signed.RETURN_WAIVED, order=order, digest=order.revision.print_digest, text=act.reason)
    act.record(order)
    return order
