"""Raw material goes from the store into the making of a line, and back (发料、退料)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Order, RevisionLine, State, Status
from production import materials, promising
from production.models import MaterialUse
from stock.materials import moves
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

    Raises Refused for none, a line that nothing is made of, a lot past its shelf life or of a material that the
    line's product does not take, or more of a lot than is free or promised to the line.
    """
    order = act.order
    if not issues:
        raise Refused("请至少填写一行的发料数量。")
    terms = made_lines(order)
    if any(issue.line_id not in terms for issue in issues):
        raise Refused("有一行已不在现行版本中或全部现货，请刷新后重填。")
    lots = moves.lock(issue.lot_id for issue in issues)
    check_lots(act, issues, terms, lots)
    kept = promising.promised(order)
    for (line, lot), quantity in summed(issues).items():
        own = min(kept.get((line, lot), ZERO), quantity)
        if own > 0:
            promising.give_back(act, order, {(line, lot): own}, lots)
        moves.take(lots[lot], Kind.ISSUED, quantity, order.number, act.by, act.at)
        MaterialUse.objects.create(order=order, line_id=line, lot=lots[lot], quantity=quantity, by=act.by, at=act.at)
    act.record(order, lots=[lots[issue.lot_id].number for issue in issues])
    return order


def made_lines(order: Order) -> dict[int, RevisionLine]:
    rows = RevisionLine.objects.filter(revision__order=order, revision__status=Status.IN_FORCE)
    return {row.line_id: row for row in rows if row.to_make > 0}


def summed(issues: Iterable[Issue]) -> dict[tuple[int, int], Decimal]:
    """By line and lot: two rows of the same pair draw on one promise."""
    found: dict[tuple[int, int], Decimal] = {}
    for issue in issues:
        key = (issue.line_id, issue.lot_id)
        found[key] = found.get(key, ZERO) + moves.positive(issue.quantity)
    return found


def check_lots(
    act: OrderAct, issues: Iterable[Issue], terms: dict[int, RevisionLine], lots: dict[int, MaterialLot]
) -> None:
    needs = materials.needs_of(row.product_id for row in terms.values())
    known = MaterialLot.objects.select_related("material").in_bulk(lots)
    for issue in issues:
        lot, row = lots[issue.lot_id], terms[issue.line_id]
        lot.material = known[lot.pk].material
        if not promising.is_usable(act, lot):
            raise Refused(f"批次 {lot.number} 保质期至 {lot.shelf_until}，已过期，不能发料。")
        if lot.material_id not in {need.material_id for need in needs.get(row.product_id, ())}:
            raise Refused(
                f"第 {row.position} 行的产品用料中没有{lot.material.name}（批次 {lot.number}），请技术部核对材料用量。"
            )


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
