"""Raw material promised to an order by hand, and what becomes of a statement that no longer holds (R9)."""

from audit.errors import Refused
from documents.numbering import business_day
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from orders.models.order import RELEASED
from orders.notices import tell
from orders.signing import withdraw
from production import promising, statements


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
def outdate_statements(act: OrderAct, order: Order, *, material_id: int, put_off: bool = True) -> Order:
    """A material is there in another measure than before, or comes later (`put_off`) or not at all: a signed statement
    that no longer holds is withdrawn by a new row, and with it the dates that stand on it."""
    order = act.order
    now = statements.now(order, material_id, business_day(act.at))
    signed = statements.on(now)
    stood = statements.stood_on(signed.values(), {material_id})
    fallen = [
        (seen, word)
        for seen, word in sorted(signed.items())
        if not statements.holds(stood[word.pk, material_id], now[seen], put_off=put_off)
    ]
    for _, word in fallen:
        withdraw(act, word)
    if fallen:
        material = now[fallen[0][0]].material
        act.record(order, material=material.code)
        tell(act, order, "material_late", f"{material.name}，{act.reason}")
    return order
