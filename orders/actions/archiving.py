"""归档: the file of an order that is over is complete and put away (R40)."""

from audit.errors import Refused
from audit.frame import last_word
from orders import filing
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from orders.models.order import ENDED


@order_action("archive_file", states=ENDED, quiet=True)
def archive_file(act: OrderAct, order: Order) -> Order:
    """Raises Refused while a paper is missing, for the second time, and where there never was a file."""
    order = act.order
    if order.archived_at:
        raise Refused(f"{order.number} 的卷宗已归档。{last_word(order)}")
    if order.state == State.CANCELLED and order.released_at is None:
        raise Refused(f"{order.number} 在下达前取消，没有卷宗。")
    lacking = filing.missing(filing.files_of([order])[order.pk])
    if lacking:
        named = "、".join(item.label for item in lacking)
        raise Refused(f"{order.number} 的卷宗还缺 {len(lacking)} 项：{named}。")
    order.archived_at = act.at
    order.save()
    act.record(order)
    return order
