"""Taking an order together with what was heard, and telling the customer that it was received (R1–R4)."""

from datetime import datetime
from typing import Any

from audit.errors import Refused
from audit.frame import open_action
from customers.actions import memos
from customers.models import Customer
from orders.actions.entry import create_order
from orders.frame import OrderAct, order_action
from orders.models import Order


@order_action("create_order")
def take_order(act: OrderAct, _: None, *, customer: Customer, heard: dict[str, Any], **facts: Any) -> Order:
    """Write the 客户信息备忘录 and enter the order from it: both or neither, and the same form only once (B1)."""
    memo = memos.write_memo(None, by=act.by, at=act.at, customer=customer, **heard)
    open_action(act.code, act.at)
    order: Order = create_order.body(act, None, customer=customer, memo=memo, **facts)
    return order


@order_action("tell_reply", adds=True)
def tell_order_reply(
    act: OrderAct, order: Order, *, told_words: str, reply_promised_by: datetime | None = None
) -> Order:
    """The customer was told that the order is here and how long the answer takes (R3); the duty ends with it."""
    order = act.order
    if order.memo is None:
        raise Refused("此单没有客户信息备忘录。")
    memos.tell_reply(order.memo, by=act.by, at=act.at, told_words=told_words, reply_promised_by=reply_promised_by)
    open_action(act.code, act.at)
    act.record(order, told=told_words)
    return order
