"""Raw material goes from the store into the making of a line, and back (发料、退料)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Order, RevisionLine, State, Status
from production import promising
from production.models import MaterialUse
from stock import material_moves as moves
from stock.models import MaterialLot, MaterialMove

Kind = MaterialMove.Kind
ZERO = Decimal(0)


@dataclass(frozen=True)
class Issue:
    """`quantity` of a lot for a line, in the material's unit."""

    line_id: int
    lot_id: int
    quantity: Decimal


@order_action("issue_material", states={State.PRODUCTION}, adds=True)
def issue_material(act: OrderAct, order: Order, *, issues: list[Issue]) -> Order:
    """What was handed out to the machines for each line, lot by lot.

    Raises Refused for none, a line that nothing is made of, or more of a lot than is free or promised to the line.
    """
    order = act.order
    if not issues:
        raise Refused("请至少填写一行的发料数量。")
    terms = {
        row.line_id: row
        for row in RevisionLine.objects.filter(revision__order=order, revision__status=Status.IN_FORCE)
        if row.to_make > 0
    }
    if any(issue.line_id not in terms for issue in issues):
        raise Refused("有一行已不在现行版本中或全部现货，请刷新后重填。")
    lots = moves.lock(issue.lot_id for issue in issues)
    materials = MaterialLot.objects.select_related("material").in_bulk(lots)
    kept = promising.promised(order)
    for issue in issues:
        lot = lots[issue.lot_id]
        lot.material = materials[lot.pk].material
        own = min(kept.get((issue.line_id, lot.pk), ZERO), issue.quantity)
        if own > 0:
            promising.give_back(act, order, {(issue.line_id, lot.pk): own}, lots)
        moves.take(lot, Kind.ISSUED, issue.quantity, order.number, act.by, act.at)
        MaterialUse.objects.create(
            order=order, line_id=issue.line_id, lot=lot, quantity=issue.quantity, by=act.by, at=act.at
        )
    act.record(order, lots=[lots[issue.lot_id].number for issue in issues])
    return order


@order_action("return_material", states={State.PRODUCTION, State.QUALITY, State.SHIPPING}, adds=True)
def return_material(act: OrderAct, use: MaterialUse, *, quantity: Decimal) -> Order:
    """What was not used up goes back into its lot, and why. Raises Refused for more than was issued and is not back."""
    act.need_reason()
    if use.takes_back_id:
        raise Refused("这是一笔退料，不能再退。")
    back = MaterialUse.objects.filter(takes_back=use).aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    left = use.quantity + back
    if not 0 < quantity <= left:
        raise Refused(f"最多可退 {left.normalize():f}，请核对。", field="quantity")
    lot = moves.lock([use.lot_id])[use.lot_id]
    moves.add(lot, Kind.PUT_BACK, quantity, act.order.number, act.by, act.at)
    MaterialUse.objects.create(
        order=act.order,
        line_id=use.line_id,
        lot=lot,
        quantity=-quantity,
        takes_back=use,
        remark=act.reason,
        by=act.by,
        at=act.at,
    )
    act.record(act.order, lot=lot.number, quantity=quantity)
    return act.order
