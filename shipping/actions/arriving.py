"""What became of the goods: arrived, refused, lost, come back, signed for (R33, R34). Always recorded, held or not."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from audit.errors import Refused
from documents.attachments import store
from flow.gates import registry
from orders import shares
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order, RevisionLine, Shipment, ShipmentLine, ShipmentState, State
from orders.models.revision import DeliveryWay
from orders.notices import tell
from shipping import papers, queries
from shipping.actions.drafting import record
from shipping.models import Receipt, Trouble
from shipping.road import ON_THE_WAY, is_under_way, must_be_under_way
from stock import moves
from stock.models import Lot

ZERO = Decimal(0)
GONE = {ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED}
Counted = tuple[ShipmentLine, Decimal]


@order_action("record_arrival", shipment_states=GONE, adds=True)
def record_arrival(
    act: OrderAct,
    shipment: Shipment,
    *,
    arrived_at: datetime,
    rows: list[tuple[ShipmentLine, Decimal, Decimal]],
    remark: str = "",
) -> Shipment:
    """(line, arrived, refused) of what has come to the customer; the rest may come later or be lost (R33).

    Raises Refused for more than is under way, a time before it left or in the future, or what is fetched.
    """
    must_be_brought(shipment)
    return take_arrival(act, shipment, arrived_at=arrived_at, rows=rows, remark=remark)


def must_be_brought(shipment: Shipment) -> None:
    """Goods fetched at the gate have arrived when they are signed for there, and no other way."""
    if shipment.way == DeliveryWay.PICKUP:
        raise Refused("此发货为自提：提货人在门口点清签字，请办理「自提签收」，到货与回单随之登记。")


def take_arrival(
    act: OrderAct,
    shipment: Shipment,
    *,
    arrived_at: datetime,
    rows: list[tuple[ShipmentLine, Decimal, Decimal]],
    remark: str,
) -> Shipment:
    """Count what has come, whoever says so."""
    if arrived_at > act.at:
        raise Refused("到货时间不能晚于现在。", field="arrived_at")
    # Typed to the minute.
    if shipment.dispatched_at and arrived_at < shipment.dispatched_at.replace(second=0, microsecond=0):
        raise Refused("到货时间不能早于发出时间。", field="arrived_at")
    known = own_rows(shipment, [row for row, _, _ in rows])
    fates = queries.fates(shipment)
    reached = {known[given.pk].line.order_id for given, arrived, _ in rows if arrived}
    for given, arrived, refused in rows:
        row = known[given.pk]
        if min(arrived, refused) < ZERO:
            raise Refused("到货与拒收的数量不能为负。", field="quantity")
        must_not_exceed(row, arrived + refused, fates[row.line_id, row.pallet_id].under_way, "在途")
        for kind, quantity in ((EntryKind.ARRIVED, arrived), (EntryKind.REFUSED, refused)):
            if quantity:
                post(act, row.line, kind, quantity, pallet=row.pallet, shipment=shipment, note=remark)
    if shipment.state == ShipmentState.DISPATCHED:
        act.step(shipment, "arrive")
        record(act, shipment, orders_only=True, remark=remark)
    else:
        record(act, shipment, remark=remark)
    shipment.arrived_at = arrived_at
    for order in act.orders.values():
        if order.pk in reached:
            order.arrived_at = max(filter(None, (order.arrived_at, arrived_at)))
        tell(act, order, "arrived", remark or ("货已到" if order.pk in reached else "客户拒收"))
    return shipment


@order_action("record_trouble", shipment_states=ON_THE_WAY, adds=True)
def record_trouble(
    act: OrderAct, shipment: Shipment, *, words: str, check_at: datetime, told_customer: bool = False
) -> Shipment:
    """Trouble on the road, whether the customer was told, and when to look again (R33)."""
    if not words.strip():
        raise Refused("请写明情况。", field="words")
    if check_at <= act.at:
        raise Refused("下次检查时间应晚于现在。", field="check_at")
    must_be_under_way(shipment)
    Trouble.objects.create(
        shipment=shipment,
        words=words,
        customer_told_at=act.at if told_customer else None,
        check_at=check_at,
        by=act.by,
        at=act.at,
    )
    shipment.check_at = check_at
    record(act, shipment, words=words, told=told_customer)
    for order in act.orders.values():
        tell(act, order, "trouble", words)
    return shipment


@order_action("record_goods_back", shipment_states=GONE, adds=True, exposure=True)
def record_goods_back(act: OrderAct, shipment: Shipment, *, rows: list[Counted], remark: str = "") -> Shipment:
    """Refused goods are back in the house and lie ready for their line again: they may be sent anew.

    Raises Refused for more than was refused and is not back yet.
    """
    known = own_rows(shipment, [row for row, _ in rows])
    fates = queries.fates(shipment)
    pallets = moves.lock(row.pallet_id for row in known.values())
    for given, quantity in rows:
        row = known[given.pk]
        must_not_exceed(row, quantity, fates[row.line_id, row.pallet_id].to_come_back, "拒收未退回")
        pallet = moves.put_back(pallets[row.pallet_id], quantity, shipment.number, act.by, act.at)
        post(act, row.line, EntryKind.RETURNED, quantity, pallet=pallet, shipment=shipment, note=remark)
        if pallet.lot.status == Lot.Status.RELEASED:
            moves.reserve(pallet, quantity, shipment.number, act.by, act.at)
        else:
            # A lot stopped meanwhile: the goods are not this order's to send any more.
            post(act, row.line, EntryKind.FREED, quantity, pallet=pallet, note="批次未放行，退回不再发")
    take_off_bill(act, [(known[given.pk], quantity) for given, quantity in rows])
    record(act, shipment, remark=remark)
    return shipment


@order_action("record_loss", shipment_states=GONE, adds=True, exposure=True)
def record_loss(act: OrderAct, shipment: Shipment, *, rows: list[Counted]) -> Shipment:
    """Goods lost on the way there, or on the way back after a refusal: to be made again, reserved or closed short.

    An order past production with something left to make goes back to it by itself.
    """
    act.need_reason("请写明丢失的情况。")
    known = own_rows(shipment, [row for row, _ in rows])
    fates = queries.fates(shipment)
    for given, quantity in rows:
        row = known[given.pk]
        fate = fates[row.line_id, row.pallet_id]
        must_not_exceed(row, quantity, fate.under_way + fate.to_come_back, "未到货")
        if quantity > fate.under_way:
            # Refused, and lost on its way back: it counts as lost alone.
            back = fate.under_way - quantity
            post(
                act, row.line, EntryKind.REFUSED, back, pallet=row.pallet, shipment=shipment, note="拒收后退回途中丢失"
            )
        post(act, row.line, EntryKind.LOST, quantity, pallet=row.pallet, shipment=shipment, note=act.reason)
    take_off_bill(act, [(known[given.pk], quantity) for given, quantity in rows])
    if not is_under_way(shipment):
        shipment.check_at = None
    act.record(shipment)
    for order in act.orders.values():
        if not make_again(act, order):
            act.record(order, shipment=shipment.number)
        tell(act, order, "trouble", act.reason)
    return shipment


def make_again(act: OrderAct, order: Order) -> bool:
    """返工 of itself where a loss left something to make; a held order stays, and quality sends it back."""
    past = order.state in (State.QUALITY, State.SHIPPING)
    if not past or not short_lines(order).exists() or registry.unmet("rework", order):
        return False
    act.step(order, "rework")
    return True


def short_lines(order: Order) -> Any:
    """Terms in force of lines with less good than the tolerance allows."""
    wanted = (F("quantity") - F("line__closed_short")) * (100 - F("tolerance_minus"))
    return (
        RevisionLine.objects.filter(revision=order.revision_id)
        .annotate(missing=wanted - F("line__good") * 100)
        .filter(missing__gt=0)
    )


@order_action("file_receipt", shipment_states={ShipmentState.ARRIVED}, adds=True)
def file_receipt(
    act: OrderAct,
    shipment: Shipment,
    *,
    signer: str,
    signed_at: datetime,
    condition: str,
    paper: Any,
    remark: str = "",
) -> Shipment:
    """File the 到货回单 the customer signed, with its scan or photo (R34).

    Raises Refused for what is fetched, and while part is on the way: what comes later would have arrived with nobody's
    signature.
    """
    must_be_brought(shipment)
    if is_under_way(shipment):
        raise Refused("还有货在途，请先登记其余的到货、拒收或丢失，再归档回单。")
    return take_receipt(
        act, shipment, signer=signer, signed_at=signed_at, condition=condition, paper=paper, remark=remark
    )


def take_receipt(
    act: OrderAct,
    shipment: Shipment,
    *,
    signer: str,
    signed_at: datetime,
    condition: str,
    paper: Any,
    remark: str,
) -> Shipment:
    """Keep what was signed, wherever it was."""
    if condition not in Receipt.Condition.values:
        raise Refused("请选择货物状况。", field="condition")
    if not signer.strip():
        raise Refused("请填写签收人。", field="signer")
    if signed_at > act.at:
        raise Refused("签收时间不能晚于现在。", field="signed_at")
    if paper is None:
        raise Refused("请上传签收的到货回单。", field="paper")
    filed = Receipt.objects.create(
        shipment=shipment,
        signer=signer,
        signed_at=signed_at,
        condition=condition,
        remark=remark,
        paper=store(paper, act.by, "shipment", shipment.pk, papers.audience_of_receipt(shipment)),
        by=act.by,
        at=act.at,
    )
    papers.freeze_filed_receipt(act, shipment, filed)
    act.step(shipment, "sign")
    shipment.receipt_at = act.at
    record(act, shipment, orders_only=True, signer=signer)
    if condition != Receipt.Condition.WHOLE:
        for order in act.orders.values():
            tell(act, order, "receipt_trouble", " ".join(filter(None, [filed.get_condition_display(), remark])))
    return shipment


def own_rows(shipment: Shipment, given: list[ShipmentLine]) -> dict[int, ShipmentLine]:
    """The shipment's own rows, fresh. Raises Refused for none, a stranger's, or one named twice."""
    wanted = [row.pk for row in given]
    if not wanted:
        raise Refused("请至少填写一行的数量。")
    found = shipment.lines.select_related("line", "pallet").in_bulk(wanted)
    if len(found) != len(wanted):
        raise Refused("有一行不属于这张发货单或重复，请刷新后重填。")
    return found


def must_not_exceed(row: ShipmentLine, quantity: Decimal, left: Decimal, what: str, field: str = "quantity") -> None:
    if quantity <= 0:
        raise Refused("数量应大于 0。", field=field)
    if quantity > left:
        raise Refused(f"托盘 {row.pallet.number} {what}数量只有 {left.normalize():f}，请核对。", field=field)


def take_off_bill(act: OrderAct, rows: list[tuple[ShipmentLine, Decimal]]) -> None:
    """What came back or was lost is no longer billed; posted before, once for each order."""
    moved: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row, quantity in rows:
        moved[row.line.order_id][row.line_id] -= quantity
    for order_id, quantities in moved.items():
        act.orders[order_id].billed += shares.bill(act.orders[order_id], quantities)
