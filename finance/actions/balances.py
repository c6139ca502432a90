"""What becomes of an order's money: refunds, carrying over, 尾差, and how a cancelled order is settled."""

from decimal import Decimal
from typing import Any

from audit.errors import Refused
from documents.attachments import store
from finance import charging, disposing
from finance.frame import money_action
from finance.gates import yuan
from finance.ledger import checked, checked_way_back, post, withdraw_clearances
from finance.models import CancelSettlement, EntryKind, Goods
from finance.queries import split_deposit
from orders.frame import OrderAct, order_action
from orders.models import HouseRules, Order, Signed, State
from orders.models.order import ENDED, RELEASED, UNRELEASED
from orders.signing import sign

OPEN = (*UNRELEASED, *RELEASED)
NOT_CANCELLED = (*OPEN, State.COMPLETED)
MAY_LACK_A_LITTLE = (State.SHIPPING, *ENDED)


def spare(order: Order) -> Decimal:
    """What came in and is not used up by goods that went out; what was written off of them needs no money."""
    return min(max(order.received + order.written_off - order.billed, Decimal(0)), order.received)


def within_spare(order: Order, amount: Decimal) -> None:
    checked(amount)
    if amount > spare(order):
        raise Refused(f"{order.number} 未用于已发货物的款只有 {yuan(spare(order))}。", field="amount")


@order_action("refund", states=NOT_CANCELLED, exposure=True)
def refund(act: OrderAct, order: Order, *, amount: Decimal, method: str, bank_ref: str, paper: Any = None) -> Order:
    """退款: money that no goods stand against goes back to the customer, with the reason."""
    act.need_reason("请写明退款的原因。")
    order = act.order
    within_spare(order, amount)
    pay_back(act, order, amount, method, bank_ref)
    if paper is not None:
        store(paper, act.by, "order", order.pk)
    act.record(order, amount=amount, bank_ref=bank_ref)
    withdraw_clearances(act, [order.pk])
    return order


def pay_back(act: OrderAct, order: Order, amount: Decimal, method: str, bank_ref: str) -> None:
    ref = checked_way_back(method, bank_ref)
    post(act, order, EntryKind.REFUNDED, -amount, method=method, bank_ref=ref, note=act.reason)


@money_action("carry_over", states=NOT_CANCELLED)
def carry_over(act: OrderAct, order: Order, *, to: Order, amount: Decimal) -> Order:
    """转款: money that no goods stand against goes to another order of the same customer."""
    act.need_reason("请写明转款的原因。")
    there = act.orders[to.pk]
    if there.pk == order.pk:
        raise Refused("请选择另一张订单。", field="to")
    if there.state in ENDED:
        raise Refused(f"{there.number} {there.get_state_display()}，不能转入。", field="to")
    within_spare(order, amount)
    post(act, order, EntryKind.CARRIED_OUT, -amount, other_order=there, note=act.reason)
    post(act, there, EntryKind.CARRIED_IN, amount, other_order=order, note=act.reason)
    act.record(order, to_order=there.number, amount=-amount)
    act.record(there, from_order=order.number, amount=amount)
    withdraw_clearances(act, [order.pk])
    return order


@order_action("write_off", states=MAY_LACK_A_LITTLE, exposure=True)
def write_off(act: OrderAct, order: Order, *, amount: Decimal) -> Order:
    """尾差核销: a small difference is let go, up to the house's limit over the whole order."""
    act.need_reason("请写明核销的原因。")
    order = act.order
    checked(amount)
    owed = order.billed - order.received - order.written_off
    limit = HouseRules.current().small_difference
    if amount > owed:
        raise Refused(f"此单只欠 {yuan(max(owed, Decimal(0)))}。", field="amount")
    if order.written_off + amount > limit:
        raise Refused(f"尾差核销每单合计不得超过 {yuan(limit)}；更大的差额须收款或退款。", field="amount")
    post(act, order, EntryKind.WRITTEN_OFF, amount, note=act.reason)
    act.record(order, amount=amount)
    return order


@order_action("reverse_write_off", states=MAY_LACK_A_LITTLE, exposure=True)
def reverse_write_off(act: OrderAct, order: Order) -> Order:
    """撤销核销: all that was let go of this order is owed again, with the reason."""
    act.need_reason("请写明撤销核销的原因。")
    order = act.order
    amount = order.written_off
    if not amount:
        raise Refused("此单没有核销过尾差。")
    post(act, order, EntryKind.WRITTEN_OFF, -amount, note=act.reason)
    act.record(order, amount=-amount)
    withdraw_clearances(act, [order.pk])
    return order


@order_action("sign_cancel_settled", states=OPEN, exposure=True)
def sign_cancel_settled(
    act: OrderAct,
    order: Order,
    *,
    kept: Decimal,
    loss: Decimal,
    goods: str,
    note: str,
    method: str = "",
    bank_ref: str = "",
    scrap: disposing.Scrap | None = None,
) -> Order:
    """取消结算: what of the money is kept, the rest refunded; the loss charged; where the goods go, `scrap` by line
    where they are divided. It is done when the order is cancelled: what the loss is above what was kept is owed then.

    Kept may be the 定金 (at most 20 % of the order, 民法典 586) or the loss, whichever is more (588).
    """
    order = act.order
    if order.cancel_requested_at is None:
        raise Refused("此单没有申请取消，无须结算。")
    if not note.strip():
        raise Refused("请写明结算的依据。", field="note")
    if goods not in Goods.values:
        raise Refused("请选择成品如何处理。", field="goods")
    if kept < 0 or loss < 0:
        raise Refused("金额不能为负。", field="kept" if kept < 0 else "loss")
    may_keep = max(split_deposit(order).earnest, loss)
    if kept > order.received:
        raise Refused(f"此单只收到 {yuan(order.received)}。", field="kept")
    if kept > may_keep:
        raise Refused(f"最多可不退 {yuan(may_keep)}（定金或损失，取其高者），其余须退还。", field="kept")
    places = disposing.divided(order, goods, scrap or {})
    returned = order.received - kept
    if returned:
        act.reason = act.reason or "取消订单退款"
        pay_back(act, order, checked(returned, "kept"), method, bank_ref)
    settlement = settle(act, order, kept=kept, returned=returned, loss=loss, goods=goods, note=note)
    disposing.keep(settlement, places)
    withdraw_clearances(act, [order.pk])
    return order


def settle(
    act: OrderAct, order: Order, *, kept: Decimal, returned: Decimal, loss: Decimal, goods: str, note: str
) -> CancelSettlement:
    words = f"不退 {yuan(kept)}，退还 {yuan(returned)}，客户承担损失 {yuan(loss)}，成品{Goods(goods).label}。{note}"
    signoff = sign(act, Signed.CANCEL_SETTLED, order=order, text=words, quantity=order.received)
    act.record(order, kept=kept, returned=returned, loss=loss, goods=goods)
    return CancelSettlement.objects.create(
        order=order,
        signoff=signoff,
        kept=kept,
        returned=returned,
        loss=loss,
        goods=goods,
        note=note.strip()[:1000],
        by=act.by,
        at=act.at,
    )


@order_action("correct_loss", states={State.CANCELLED}, exposure=True)
def correct_loss(act: OrderAct, order: Order, *, loss: Decimal, method: str = "", bank_ref: str = "") -> Order:
    """更正取消损失: what the cancellation costs its customer was settled wrongly. What was kept or paid above what it
    costs now goes back, by `method`; the goods stay where they went.

    Raises Refused where nothing was settled, where nothing changes, and while 尾差 of it is written off.
    """
    act.need_reason("请写明更正的原因。")
    order = act.order
    before = charging.charged(order)
    if before is None:
        raise Refused("此单取消时没有结算，无可更正。")
    if loss < 0:
        raise Refused("金额不能为负。", field="loss")
    if loss == before.loss:
        raise Refused(f"客户承担损失已是 {yuan(loss)}。", field="loss")
    if order.written_off:
        raise Refused("此单核销过尾差，请先撤销核销，再更正损失。")
    kept = min(before.kept, max(split_deposit(order).earnest, loss))
    order.billed = max(kept, loss)
    returned = max(order.received - order.billed, Decimal(0))
    if returned:
        pay_back(act, order, checked(returned, "loss"), method, bank_ref)
    note = f"更正：{act.reason}"
    settle(act, order, kept=kept, returned=before.returned + returned, loss=loss, goods=before.goods, note=note)
    return order
