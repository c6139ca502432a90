"""拟发货: which goods of which orders go where, drafted by customer service; changed or dropped until they leave."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from audit.errors import Refused
from documents import freeze
from documents.numbering import next_number
from documents.queries import current_document
from orders import shares
from orders.frame import OrderAct, lock_orders, order_action
from orders.models import Line, Order, Shipment, ShipmentLine, ShipmentState
from orders.models.order import RELEASED
from orders.models.revision import DeliveryWay
from shipping import queries
from shipping.models import Drafter, Pick
from stock.models import Pallet

Load = tuple[Line, Pallet, Decimal]
PLACE = ("receiver", "phone", "address", "way", "carrier", "pieces", "planned_on", "remark")


@order_action("draft_shipment")
def draft_shipment(
    act: OrderAct,
    _: None,
    *,
    loads: list[Load],
    receiver: str,
    phone: str,
    address: str,
    way: str,
    carrier: str = "",
    pieces: int = 0,
    planned_on: date | None = None,
    remark: str = "",
) -> Shipment:
    """Draft a shipment of one customer's orders (R29). Locks the orders itself: there is no shipment yet.

    `carrier` is whom the house means to send it by; dispatch says who took it. Raises Refused for several customers,
    an order not released, or more than lies ready on a pallet.
    """
    act.orders = lock_orders({line.order_id for line, _, _ in loads})
    shipment = Shipment(
        customer_id=one_customer(act.orders),
        receiver=receiver,
        phone=phone,
        address=address,
        way=way,
        carrier=carrier,
        pieces=pieces,
        planned_on=planned_on,
        remark=remark,
        created_by=act.by,
        created_at=act.at,
    )
    must_say_where(shipment)
    rows = rows_of(act, shipment, loads)
    shipment.number = next_number("FH", act.at)
    shipment.save()
    put(shipment, rows)
    answer_for(act, shipment)
    record(act, shipment)
    return shipment


@order_action("edit_shipment", shipment_states={ShipmentState.DRAFT})
def edit_shipment(act: OrderAct, shipment: Shipment, *, loads: list[Load], **place: Any) -> Shipment:
    """Change what a drafted shipment carries, or where to; signatures that saw something else no longer count.

    Only goods of the orders that are on it already: those rows are locked.
    """
    for name in PLACE:
        if name in place:
            setattr(shipment, name, place[name])
    must_say_where(shipment)
    rows = rows_of(act, shipment, loads)
    before = shipment.digest
    put(shipment, rows)
    if shipment.digest != before:
        answer_for(act, shipment)
        shipment.emergency_at, shipment.emergency_by = None, None
    record(act, shipment)
    return shipment


@order_action("cancel_shipment", shipment_states={ShipmentState.DRAFT, ShipmentState.NOTICED})
def cancel_shipment(act: OrderAct, shipment: Shipment) -> Shipment:
    """Drop a shipment that has not left; its goods stay with their orders, its notice no longer counts."""
    act.need_reason("请写明取消的原因。")
    withdraw_notice(act, shipment)
    act.step(shipment, "cancel")
    record(act, shipment, orders_only=True)
    return shipment


def answer_for(act: OrderAct, shipment: Shipment) -> None:
    """Whoever acts has said what goes and where to; the second check is for another person, where the house says so."""
    Drafter.objects.update_or_create(shipment=shipment, defaults={"by": act.by, "at": act.at})


def withdraw_notice(act: OrderAct, shipment: Shipment) -> None:
    document = current_document("dispatch_notice", "shipment", shipment.pk)
    if document:
        freeze.withdraw(document, by=act.by, reason=act.reason, at=act.at)


def one_customer(orders: dict[int, Order]) -> int:
    customers = {order.customer_id for order in orders.values()}
    if not customers:
        raise Refused("请至少填写一行的发货数量。")
    if len(customers) > 1:
        raise Refused("一张发货单只能发同一客户的订单，请分开拟单。")
    return customers.pop()


def must_say_where(shipment: Shipment) -> None:
    if shipment.way not in DeliveryWay.values:
        raise Refused("请选择交货方式。", field="way")
    if shipment.way == DeliveryWay.PICKUP and shipment.carrier.strip():
        raise Refused("自提由客户来提，请不要填写计划承运。", field="carrier")
    for name, label in (("receiver", "收货人"), ("phone", "联系电话"), ("address", "收货地址")):
        if not getattr(shipment, name).strip() and shipment.way != DeliveryWay.PICKUP:
            raise Refused(f"请填写{label}。", field=name)


def rows_of(act: OrderAct, shipment: Shipment, loads: list[Load]) -> list[ShipmentLine]:
    """The loads as lines of `shipment`, judged against what lies ready. Call it under the orders' locks."""
    if not loads:
        raise Refused("请至少填写一行的发货数量。")
    for order in act.orders.values():
        if order.state not in RELEASED:
            raise Refused(f"{order.number} 现为「{order.get_state_display()}」，下达后、完成前才能拟发货。")
    ready = {row.key: row for row in queries.ready(act.orders.values(), besides=shipment if shipment.pk else None)}
    wanted: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line, pallet, quantity in loads:
        wanted[line.pk, pallet.pk] += quantity
    for line, pallet, _ in loads:
        row, quantity = ready.get((line.pk, pallet.pk)), wanted[line.pk, pallet.pk]
        if row is None:
            raise Refused(f"托盘 {pallet.number} 上没有此行可发的货，请刷新后重选。")
        if not 0 < quantity <= row.free:
            raise Refused(
                f"托盘 {pallet.number} 上第 {row.terms.position} 行可发 {row.free.normalize():f} {row.terms.unit}，"
                "请调整数量。",
                field="quantity",
            )
    return [
        ShipmentLine(line_id=line, pallet_id=pallet, quantity=quantity, from_stock=ready[line, pallet].from_stock)
        for (line, pallet), quantity in wanted.items()
    ]


def put(shipment: Shipment, rows: list[ShipmentLine]) -> None:
    """Make the shipment carry exactly `rows`, and set value, what is due before, and digest.

    A row that stays as it was stays picked.
    """
    here = {(row.line_id, row.pallet_id): row for row in shipment.lines.all()}
    fresh = []
    for row in rows:
        known = here.pop((row.line_id, row.pallet_id), None)
        if known is None:
            row.shipment = shipment
            fresh.append(row)
        elif (known.quantity, known.from_stock) != (row.quantity, row.from_stock):
            known.quantity, known.from_stock = row.quantity, row.from_stock
            known.save()
            Pick.objects.filter(row=known).delete()
    shipment.lines.filter(pk__in=[row.pk for row in here.values()]).delete()
    ShipmentLine.objects.bulk_create(fresh)
    shares.restate(shipment)


def record(act: OrderAct, shipment: Shipment, *, orders_only: bool = False, **data: Any) -> None:
    """One event on the shipment and one on each of its orders, so that both stories are whole."""
    if not orders_only:
        act.record(shipment, **data)
    for order in act.orders.values():
        act.record(order, shipment=shipment.number, **data)
