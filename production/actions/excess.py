"""What becomes of goods that are made beyond the order (R23)."""

from decimal import Decimal

from django.db.models import Sum

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Line, Order, RevisionLine, ShipmentLine, ShipmentState
from orders.models.order import RELEASED
from orders.reservations import free, on_pallets
from production.gates.shared import IN_FORCE, plain
from stock import moves

ZERO = Decimal(0)


@order_action("free_excess", states=RELEASED)
def free_excess(act: OrderAct, order: Order, *, line_id: int, quantity: Decimal) -> Order:
    """What was made beyond the order goes to free stock, the newest pallet first (R23; rules.md, quantity_made).

    Raises Refused for more than is beyond the ordered quantity, and for goods that are not in stock yet.
    """
    act.need_reason()
    terms = line_in_force(act.order, line_id)
    line = terms.line
    beyond = line.good - (terms.quantity - line.closed_short)
    if not ZERO < quantity <= beyond:
        raise Refused(
            f"第 {terms.position} 行超出订货数量 {plain(max(beyond, ZERO))}，只能在此之内转库存。", field="quantity"
        )
    for pallet_id, part in made_and_lying(line, quantity):
        pallet = moves.lock([pallet_id])[pallet_id]
        free(act, line, pallet, part, from_stock=False, ref=act.order.number, note=act.reason)
    act.record(act.order, line=line.number, quantity=quantity)
    return act.order


def made_and_lying(line: Line, quantity: Decimal) -> list[tuple[int, Decimal]]:
    """Pallets with goods made for the line that no open shipment carries, newest first, that together hold
    `quantity`; by id for the locks."""
    going = on_open_shipments(line)
    taken, left, carried = [], quantity, ZERO
    for row in sorted(on_pallets([line.pk]), key=lambda row: -row.pallet_id):
        made = row.quantity - row.from_stock
        part = min(left, made, row.quantity - going.get(row.pallet_id, ZERO))
        if part > 0:
            taken.append((row.pallet_id, part))
            left -= part
        carried += min(made, going.get(row.pallet_id, ZERO))
    if left > 0:
        there = f"在库且未列入发货单的只有 {plain(quantity - left)}，"
        what = "请先从待发的发货单上移去多出的部分" if carried else "其余请先检验入库"
        raise Refused(f"{there}{what}再转库存。", field="quantity")
    return sorted(taken)


def on_open_shipments(line: Line) -> dict[int, Decimal]:
    """How much of the line each pallet is to give to shipments that have not left."""
    open_ = ShipmentLine.objects.filter(line=line, shipment__state__in=[ShipmentState.DRAFT, ShipmentState.NOTICED])
    return dict(open_.order_by().values_list("pallet_id").annotate(Sum("quantity")))


def line_in_force(order: Order, line_id: int) -> RevisionLine:
    terms = (
        RevisionLine.objects.filter(revision__order=order, revision__status=IN_FORCE, line=line_id)
        .select_related("line")
        .first()
    )
    if terms is None:
        raise Refused("所选的行不在此单的现行版本中。")
    return terms
