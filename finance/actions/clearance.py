"""款项落实 of a shipment, what stands in for it, and the credit override (R26–R28)."""

from datetime import date

from audit.errors import Refused
from documents.numbering import business_day
from finance import clearing
from finance.gates import yuan
from orders.frame import OrderAct, order_action
from orders.models import Order, Revision, Shipment, ShipmentState, Signed, SignOff, Status
from orders.models.shipment import ShipmentLine
from orders.notices import tell
from orders.signing import sign, withdraw

HERE = {ShipmentState.DRAFT, ShipmentState.NOTICED}
REFUSED = "refused"


@order_action("override_credit", statuses={Status.DRAFT, Status.PROPOSED, Status.APPROVED, Status.IN_FORCE})
def override_credit(act: OrderAct, revision: Revision, *, text: str) -> Order:
    """信用特批: finance lets this amount on these terms go over the limit, in writing."""
    if not text.strip():
        raise Refused("请写明特批的理由；口头无效。", field="text")
    sign(act, Signed.CREDIT, revision=revision, digest=revision.credit_digest, text=text.strip())
    act.record(act.order, revision=revision.number)
    return act.order


@order_action("clear_shipment", shipment_states=HERE)
def clear_shipment(act: OrderAct, shipment: Shipment, *, text: str = "") -> Shipment:
    """款项落实: what is due before this shipment leaves has really come in, order by order (R26).

    Raises Refused with the figures of the first order that lacks money.
    """
    if shipment.due_before == 0:
        raise Refused("此批货发货前无须付款，由客服核对交货与付款条件后签字即可。")
    for row in clearing.figures(shipment):
        if row.missing:
            raise Refused(shortage(row))
    sign(act, Signed.CLEARANCE, shipment=shipment, digest=shipment.digest, text=text)
    note(act, shipment)
    for order in act.orders.values():
        tell(act, order, "cleared")
    return shipment


def shortage(row: clearing.Figures) -> str:
    held = f"，其中定金 {yuan(row.held_back)} 留作最后一批" if row.held_back else ""
    return (
        f"{row.order.number} 连同此批共发货值 {yuan(row.value)}，发货前应付 {yuan(row.due)}；"
        f"已收 {yuan(row.received)}{held}，尚缺 {yuan(row.missing)}。请到账后再签。"
    )


def note(act: OrderAct, shipment: Shipment, **data: str) -> None:
    """An event on the shipment and on each order on it."""
    act.record(shipment, **data)
    for order in act.orders.values():
        act.record(order, shipment=shipment.number, **data)


@order_action("refuse_clearance", shipment_states=HERE)
def refuse_clearance(act: OrderAct, shipment: Shipment) -> Shipment:
    """Finance says why the money does not stand; customer service and sales see it."""
    act.need_reason("请写明未落实的原因。")
    sign(act, Signed.CLEARANCE, REFUSED, shipment=shipment, digest=shipment.digest, text=act.reason)
    note(act, shipment)
    for order in act.orders.values():
        tell(act, order, "clearance_refused", words=f"{shipment.number} {act.reason}")
    return shipment


@order_action("withdraw_clearance", shipment_states=HERE)
def withdraw_clearance(act: OrderAct, shipment: Shipment) -> Shipment:
    """Finance takes its 款项落实 back before the goods have left, by a new row."""
    act.need_reason("请写明撤回的原因。")
    signoff = living(shipment, Signed.CLEARANCE)
    if signoff is None or signoff.verdict != "ok":
        raise Refused("此批货没有有效的款项落实，无须撤回。")
    withdraw(act, signoff)
    note(act, shipment)
    for order in act.orders.values():
        tell(act, order, "clearance_withdrawn", words=shipment.number)
    return shipment


def living(shipment: Shipment, kind: Signed) -> SignOff | None:
    return SignOff.objects.live().filter(shipment=shipment, kind=kind).first()


@order_action("check_terms", shipment_states=HERE)
def check_terms(act: OrderAct, shipment: Shipment, *, text: str = "") -> Shipment:
    """Customer service has held delivery and payment terms against the contract; nothing is due before (R26, R27)."""
    if shipment.due_before != 0:
        raise Refused(f"此批货发货前应付 {yuan(shipment.due_before)}，须由财务签署款项落实。")
    sign(act, Signed.TERMS_CHECK, shipment=shipment, digest=shipment.digest, text=text)
    note(act, shipment)
    return shipment


@order_action("special_release_md", shipment_states=HERE)
def special_release_md(act: OrderAct, shipment: Shipment, *, pay_by: date, text: str) -> Shipment:
    """特批: the marketing director lets unpaid goods go, to be paid by a day; finance signs as well."""
    return release_unpaid(act, shipment, Signed.SPECIAL_MD, pay_by, text)


@order_action("special_release_fin", shipment_states=HERE)
def special_release_fin(act: OrderAct, shipment: Shipment, *, pay_by: date, text: str) -> Shipment:
    """特批: finance's signature beside the marketing director's."""
    return release_unpaid(act, shipment, Signed.SPECIAL_FIN, pay_by, text)


def release_unpaid(act: OrderAct, shipment: Shipment, kind: Signed, pay_by: date, text: str) -> Shipment:
    if shipment.due_before == 0:
        raise Refused("此批货发货前无须付款，无须特批。")
    if not text.strip():
        raise Refused("请写明特批的理由。", field="text")
    if pay_by < business_day(act.at):
        raise Refused("最迟付款日不能早于今天。", field="pay_by")
    lines = ShipmentLine.objects.filter(shipment=shipment, line__order__revision__special_release=False)
    if barred := lines.values_list("line__order__number", flat=True).first():
        raise Refused(f"{barred} 的交易条款不允许特批发货，请收款后由财务签署款项落实。")
    sign(act, kind, shipment=shipment, digest=shipment.digest, text=text.strip(), due_on=pay_by)
    note(act, shipment, pay_by=pay_by.isoformat())
    return shipment
