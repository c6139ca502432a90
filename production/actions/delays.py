"""A delay is told to the customer with its reason (R25). The promise stands as what is measured."""

from datetime import date

from audit.errors import Refused
from documents import sending
from documents.models import Sending
from documents.numbering import business_day
from orders import customer_page
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from orders.notices import tell
from production.delayed import foreseen
from production.models import Anomaly, DelayTold, ToldBy


@order_action("tell_delay", states={State.PRODUCTION, State.QUALITY}, adds=True)
def tell_delay(
    act: OrderAct,
    order: Order,
    *,
    foreseen_on: date,
    reason_told: str,
    way: str,
    told: str,
    anomaly: int | None = None,
) -> DelayTold:
    """Sent by mail here, or recorded as it was said: to whom, how and why. Raises Refused for what is no delay."""
    order = act.order
    check(act, order, foreseen_on, reason_told, way, told)
    about = Anomaly.objects.filter(order=order, pk=anomaly).first() if anomaly else None
    if anomaly and about is None:
        raise Refused("所选的异常不属于此单。", field="anomaly")
    assert order.promised_on is not None  # noqa: S101 (checked)
    row = DelayTold.objects.create(
        order=order,
        promised_on=order.promised_on,
        foreseen_on=foreseen_on,
        reason=reason_told.strip(),
        way=way,
        told=told.strip(),
        anomaly=about,
        sending=mailed(act, order, foreseen_on, reason_told.strip(), told.strip()) if way == ToldBy.EMAIL else None,
        by=act.by,
        at=act.at,
    )
    act.record(order, to=row.told, note=f"预计 {foreseen_on} 完成，{row.reason}")
    tell(act, order, "delay_told", f"预计 {foreseen_on} 完成，{row.reason[:80]}")
    return row


def check(act: OrderAct, order: Order, foreseen_on: date, reason: str, way: str, told: str) -> None:
    if order.promised_on is None or foreseen_on <= order.promised_on:
        raise Refused(f"预计完成日不晚于预交日 {order.promised_on}，不算延期。", field="foreseen_on")
    if foreseen_on < business_day(act.at):
        raise Refused("预计完成日已过，请写现在预计的日期。", field="foreseen_on")
    signed = foreseen(order)
    if signed and foreseen_on < signed:
        raise Refused(f"生产部书面的完成日是 {signed}，告知客户的日期不能更早。", field="foreseen_on")
    if not reason.strip():
        raise Refused("请写明延期原因，客户会看到这段话。", field="reason_told")
    if way not in ToldBy.values:
        raise Refused("请选择告知方式。", field="way")
    if not told.strip():
        raise Refused("请写明告知了谁；电子邮件请填写地址。", field="told")
    if way == ToldBy.EMAIL:
        try:
            sending.must_be_address(told.strip())
        except Refused as refusal:
            raise Refused(refusal.message, field="told") from refusal


def mailed(act: OrderAct, order: Order, foreseen_on: date, reason: str, to: str) -> Sending:
    body = (
        f"尊敬的客户：\n\n订单 {order.number} 原定 {order.promised_on} 完成，因{reason.rstrip('。')}，"
        f"现预计 {foreseen_on} 完成。给贵司带来不便，深表歉意；如有疑问请与我司客服联系。"
        f"{customer_page.line_of(order.revision)}\n\n谢谢。"
    )
    return sending.send_message(
        to,
        event=f"delay:{order.pk}:{act.at.timestamp():.6f}",
        letter=sending.Letter(f"订单 {order.number} 延期告知", body),
        subject_kind="order",
        subject_id=order.pk,
        minder_id=act.by.pk,
        at=act.at,
        about=order.number,
        by=act.by,
    )
