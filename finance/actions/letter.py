"""余款催收通知书: the balance asked for by what was really made (R27)."""

from datetime import date

from audit.errors import Refused
from documents import sending
from documents.freeze import freeze
from documents.models import Acknowledgement
from documents.numbering import business_day, next_number
from finance import papers
from finance.models import BalanceLetter
from finance.queries import letter_figures
from orders.frame import OrderAct, order_action
from orders.models import Order
from orders.models.order import RELEASED
from orders.notices import tell


@order_action("send_balance_letter", states=RELEASED, quiet=True)
def send_balance_letter(act: OrderAct, order: Order, *, pay_by: date, way: str = "print", to: str = "") -> Order:
    """Freeze the letter from quantities really made × price − received, and send it (R27)."""
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
    sending.send_paper(
        document,
        way=way,
        to=to.strip() or (email_of(order) if way == "email" else ""),
        letter=sending.Letter(
            f"余款催收通知书 {document.number}",
            f"尊敬的客户：\n\n附件为订单 {order.number} 的《余款催收通知书》，"
            f"请于 {pay_by} 前付款，款项落实后即安排发货。\n\n谢谢。",
        ),
        by=act.by,
        at=act.at,
        about=order.number,
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
    act.record(order, document=document.number, way=way)
    tell(act, order, "balance_due")
    return order


def email_of(order: Order) -> str:
    contact = order.revision.contact if order.revision else None
    return contact.email if contact else ""


@order_action("record_letter_heard", quiet=True, adds=True)
def record_letter_heard(act: OrderAct, letter: BalanceLetter, *, text: str) -> Order:
    """The customer said by phone that the letter reached them clearly; `text` is who answered."""
    if not text.strip():
        raise Refused("请写明接听人。", field="text")
    if Acknowledgement.objects.filter(sending__document=letter.document_id).exists():
        raise Refused("对方已确认收到此通知书。")
    if sending.acknowledge(letter.document, text=text, by=act.by, at=act.at) is None:
        raise Refused("此通知书没有发送记录。")
    act.record(act.order, document=letter.document.number, heard=text)
    return act.order
