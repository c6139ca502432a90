"""余款催收通知书: the balance asked for by what was really made (R27)."""

from datetime import date

from audit.errors import Refused
from documents.freeze import freeze
from documents.numbering import business_day, next_number
from finance import papers
from finance.models import BalanceLetter
from finance.queries import letter_figures
from orders.frame import OrderAct, order_action
from orders.models import Order
from orders.models.order import RELEASED
from orders.notices import tell


@order_action("send_balance_letter", states=RELEASED, quiet=True)
def send_balance_letter(act: OrderAct, order: Order, *, pay_by: date) -> Order:
    """Freeze the letter from quantities really made × price − received, and note that it went out (R27)."""
    order = act.order
    asked = letter_figures(order)
    if pay_by < business_day(act.at):
        raise Refused("付款期限不能早于今天。", field="pay_by")
    if not asked.covers:
        raise Refused("还没有成品入库，暂无余款可催。")
    if not asked.share:
        raise Refused("按此单条款发货前无须付款，不用发催收通知书。")
    if asked.balance <= 0:
        raise Refused("发货前应付的款已收齐，不用发催收通知书。")
    document = freeze(
        papers.LETTER,
        subject_kind="order",
        subject_id=order.pk,
        number=next_number(papers.PREFIX, act.at),
        data=papers.letter_data(order, asked, pay_by, act.by),
        by=act.by,
        at=act.at,
    )
    BalanceLetter.objects.create(
        order=order,
        document=document,
        covers=asked.covers,
        received=asked.received,
        balance=asked.balance,
        pay_by=pay_by,
        by=act.by,
        at=act.at,
    )
    act.record(order, document=document.number)
    tell(act, order, "balance_due")
    return order
