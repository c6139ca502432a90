"""Raw material promised to an order by hand, and what becomes of a statement whose arrival does not come (R9)."""

from datetime import date

from audit.errors import Refused
from documents.numbering import business_day
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from orders.models.order import RELEASED
from orders.notices import tell
from orders.signing import withdraw
from production import materials, promising, queries
from production.models import StatedShort

Covered = dict[tuple[int | None, str], date | None]


@order_action("reserve_material", states={State.PRODUCTION}, adds=True)
def reserve_material(act: OrderAct, order: Order) -> Order:
    """Promise what has come in since. Raises Refused where nothing more lies free."""
    before = promising.promised(act.order)
    promising.promise(act, act.order)
    after = promising.promised(act.order)
    if sum(after.values()) <= sum(before.values()):
        raise Refused("没有可再预留的原材料：所需的都已预留或发出，或库存不足。")
    act.record(act.order, reserved=sum(after.values()))
    return act.order


@order_action("free_material", states=RELEASED, adds=True)
def free_material(act: OrderAct, order: Order) -> Order:
    """Give up what is promised to the order, and why. Raises Refused where nothing is."""
    act.need_reason()
    held = promising.promised(act.order)
    if not held:
        raise Refused("此单没有预留的原材料。")
    promising.free_promised(act, act.order)
    act.record(act.order, freed=sum(held.values()))
    return act.order


@order_action("outdate_statements", adds=True)
def outdate_statements(act: OrderAct, order: Order, *, material_id: int) -> Order:
    """What was to come of a material comes later or not at all: a signed statement that relied on it is withdrawn by
    a new row, and with it the dates that stand on it. One that still holds stays."""
    order = act.order
    relying = StatedShort.objects.filter(
        material=material_id, statement__order=order, statement__superseded_by__isnull=True
    ).select_related("statement", "material")
    now = covered(act, order, material_id)
    late = [short for short in relying if is_late(short, now)]
    for short in late:
        withdraw(act, short.statement)
    if late:
        act.record(order, material=late[0].material.code)
        tell(act, order, "material_late", f"{late[0].material.name}，{act.reason}")
    return order


def is_late(short: StatedShort, now: Covered) -> bool:
    """Of what was stated of terms that are in hand no more, nobody is told."""
    key = (short.statement.line_id, short.statement.digest)
    return key in now and ((day := now[key]) is None or day > short.arrives_on)


def covered(act: OrderAct, order: Order, material_id: int) -> Covered:
    """By line and what a statement saw of it: the day by which enough of the material is there as things stand."""
    day, found = business_day(act.at), Covered()
    for revision in queries.in_hand(order):
        rows = [row for row in queries.terms_of(revision) if row.to_make > 0]
        listed = materials.stated(revision, rows, day)
        for row in rows:
            needed = [one for one in listed.get(row.line_id, ()) if one.material.pk == material_id]
            days = [one.arrives_on if one.short else day for one in needed]
            found[row.line_id, row.material_digest] = next(iter(days), None)
    return found
