"""Goods leave the house, and what follows at once (R30, R31)."""

from datetime import datetime

from audit.errors import Refused
from audit.frame import last_word
from documents import sending
from documents.queries import current_document
from orders import digests, shares
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Shipment, ShipmentState, Signed
from orders.models.revision import DeliveryWay
from orders.notices import tell
from orders.signing import sign
from shipping import carriers, papers, truth
from shipping.actions.drafting import record
from shipping.actions.noticing import must_be_current
from shipping.models import Carriage
from shipping.road import ON_THE_WAY
from stock import moves

WAYS_OF_ADVICE = {"email": "电子邮件", "fax": "传真", "wechat": "微信", "hand": "随货"}


@order_action("dispatch", shipment_states={ShipmentState.DRAFT, ShipmentState.NOTICED}, exposure=True)
def dispatch(
    act: OrderAct,
    shipment: Shipment,
    *,
    carrier: str = "",
    expected_at: datetime | None = None,
    check_at: datetime | None = None,
    driver: str = "",
    driver_phone: str = "",
    plate: str = "",
    waybill: str = "",
    pieces: int | None = None,
) -> Shipment:
    """发货: stock leaves, the orders carry it as shipped and billed, delivery note and advice are frozen (R29–R31).

    What is fetched (自提) has no carrier and no way to be checked on; `driver` is who fetches it. Raises Blocked with
    the gates that hold it, Refused for times that can't be, or where nobody is named.
    """
    if shipment.way == DeliveryWay.PICKUP:
        carrier, waybill, expected_at, check_at = "", "", None, None
        must_name(driver, "提货人", "driver")
    else:
        must_name(carrier, "承运人", "carrier")
        must_be_ahead(act, expected_at, "预计到货时间", "expected_at")
        must_be_ahead(act, check_at, "监督检查时间", "check_at")
    must_be_current(shipment)
    act.step(shipment, "dispatch")
    shipment.carrier, shipment.driver, shipment.waybill = carrier, driver, waybill
    shipment.driver_phone, shipment.plate = driver_phone, plate
    shipment.pieces = shipment.pieces if pieces is None else pieces
    shipment.expected_at, shipment.check_at = expected_at, check_at
    shipment.dispatched_at = act.at
    tie(shipment)
    shipment.advice_digest = digests.of_advice(shipment, list(shipment.lines.order_by("id")))
    take_out(act, shipment)
    papers.freeze_delivery(act, shipment)
    record(act, shipment, orders_only=True)
    for order in act.orders.values():
        tell(act, order, "dispatched")
    return shipment


def must_name(name: str, label: str, field: str) -> None:
    if not name.strip():
        raise Refused(f"请填写{label}。", field=field)


def must_be_ahead(act: OrderAct, moment: datetime | None, label: str, field: str) -> None:
    if moment is None or moment <= act.at:
        raise Refused(f"{label}应晚于现在。", field=field)


def tie(shipment: Shipment) -> None:
    """To the known carrier of that name, whose system may report of it; to none where it goes by another."""
    before = Carriage.objects.filter(shipment=shipment).first()
    known = carriers.named(shipment.carrier)
    if before and known is None:
        before.delete()
    elif known and (before is None or before.carrier_id != known.pk):
        tied = before or Carriage(shipment=shipment)
        tied.carrier = known
        tied.save()


def take_out(act: OrderAct, shipment: Shipment) -> None:
    """Move the stock and post it, line by line; then bill the orders for all of it, once."""
    rows = list(shipment.lines.select_related("line").order_by("id"))
    pallets = moves.lock(row.pallet_id for row in rows)
    for row in rows:
        pallet = moves.ship_out(pallets[row.pallet_id], row.quantity, shipment.number, act.by, act.at)
        post(act, row.line, EntryKind.SHIPPED, row.quantity, pallet=pallet, shipment=shipment)
    for order_id, moved in shares.quantities_of(rows).items():
        act.orders[order_id].billed += shares.bill(act.orders[order_id], moved)


@order_action("repeat_terms", shipment_states=ON_THE_WAY, adds=True)
def repeat_terms(act: OrderAct, shipment: Shipment, *, to: str) -> Shipment:
    """The shipper repeated the terms back; `to` is who heard it (R31)."""
    if shipment.terms_repeated_at:
        raise Refused(f"发货条款已复述确认。{last_word(shipment)}")
    if not to.strip():
        raise Refused("请写明与谁复述确认。", field="to")
    shipment.terms_repeated_at = act.at
    record(act, shipment, receiver=to)
    return shipment


@order_action("check_advice", shipment_states=ON_THE_WAY, adds=True)
def check_advice(act: OrderAct, shipment: Shipment, *, text: str = "") -> Shipment:
    """The 发货告知书 was held against the 订单确认书: it is true, and so is its arrival (R31).

    Raises Refused where something differs and nobody says how that was settled.
    """
    if truth.is_checked(shipment):
        raise Refused(f"告知书已核对。{last_word(shipment)}")
    if not text.strip() and (off := [each.label for each in truth.compared(shipment) if each.differs]):
        raise Refused(f"{'、'.join(off)}与确认书不一致，请写明已如何与客户商定。", field="text")
    shipment.advice_digest = digests.of_advice(shipment, list(shipment.lines.order_by("id")))
    sign(act, Signed.ADVICE_CHECK, shipment=shipment, digest=shipment.advice_digest, text=text.strip())
    record(act, shipment, words=text.strip())
    return shipment


@order_action("send_advice", shipment_states=ON_THE_WAY, adds=True)
def send_advice(act: OrderAct, shipment: Shipment, *, way: str, to: str = "") -> Shipment:
    """The 发货告知书 was checked for truth and sent to the customer (R31)."""
    if way not in WAYS_OF_ADVICE:
        raise Refused("请选择发送方式。", field="way")
    if not truth.is_checked(shipment):
        raise Refused("告知书尚未与确认书核对，请先核对签字。")
    papers.send_advice(act, shipment, way=way, to=to.strip())
    shipment.advised_at = shipment.advised_at or act.at
    record(act, shipment, way=WAYS_OF_ADVICE[way], receiver=to)
    return shipment


@order_action("record_advice_heard", shipment_states=ON_THE_WAY, adds=True)
def record_advice_heard(act: OrderAct, shipment: Shipment, *, heard: str) -> Shipment:
    """The customer said by phone that the advice reached them clearly; `heard` is who answered (R31)."""
    if shipment.advised_at is None:
        raise Refused("发货告知书尚未发出，请先发出。")
    if shipment.advice_heard_at:
        raise Refused(f"对方已确认收到。{last_word(shipment)}")
    if not heard.strip():
        raise Refused("请写明接听人。", field="heard")
    shipment.advice_heard_at = act.at
    sending.acknowledge(current_document("dispatch_advice", "shipment", shipment.pk), text=heard, by=act.by, at=act.at)
    record(act, shipment, heard=heard)
    return shipment
