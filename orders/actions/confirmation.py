"""Sending the 订单确认书, and what comes back (R13–R17)."""

from datetime import datetime
from typing import Any

from audit.errors import Refused
from customers.models import Contact
from documents import queries as documents
from documents import sending
from documents.attachments import store
from documents.models import Attachment, Document
from orders import customer_page, dates
from orders.frame import OrderAct, order_action
from orders.models import Confirmation, ConfirmationReturn, Order, Revision, Signed, SignOff, Status
from orders.models.returned import Refusal, Verdict
from orders.notices import tell
from orders.signing import sign

UNANSWERED = (Status.APPROVED, Status.IN_FORCE)
WAYS = dict(sending.Way.choices)


@order_action("check_print", statuses=UNANSWERED, quiet=True)
def check_print(act: OrderAct, revision: Revision, *, text: str = "") -> Order:
    """The printed confirmation was checked line by line and found right (R13)."""
    sign(act, Signed.PRINT_CHECK, revision=revision, digest=revision.print_digest, text=text)
    act.record(act.order, revision=revision.number)
    return act.order


@order_action("send_confirmation", statuses=UNANSWERED, quiet=True)
def send_confirmation(act: OrderAct, revision: Revision, *, way: str, to: str = "") -> Order:
    """Send the checked confirmation; the push clock of this revision runs from the first time (R13, R17).

    By e-mail the outbox carries it; fax and by hand are recorded as done by the person.
    """
    order = act.order
    must_count(revision)
    checked = SignOff.objects.live().filter(
        kind=Signed.PRINT_CHECK, revision=revision, digest=revision.print_digest, verdict="ok"
    )
    if not checked.exists():
        raise Refused("请先把确认书逐项检查一遍并签字，再发给客户。")
    if way not in WAYS:
        raise Refused("请选择发送方式。", field="way")
    to = to.strip() or (email_of(revision) if way == "email" else "")
    send_out(act, current_confirmation(order), way, to, customer_page.line_for(act, revision))
    sent = sign(
        act, Signed.SENT, way, revision=revision, digest=revision.print_digest, text=f"{WAYS[way]} {to}".strip()
    )
    revision.sent_at = revision.sent_at or sent.at
    if revision.confirmation == Confirmation.UNSENT:
        revision.confirmation = Confirmation.SENT
    revision.save()
    act.record(order, revision=revision.number, way=way, receiver=to)
    tell(act, order, "confirmation_sent")
    return order


def current_confirmation(order: Order) -> Document:
    document = documents.current_document("confirmation", "order", order.pk)
    if document is None:
        raise Refused("此单还没有订单确认书。")
    return document


def email_of(revision: Revision) -> str:
    return revision.contact.email if revision.contact else ""


def send_out(act: OrderAct, document: Document, way: str, to: str, page: str) -> None:
    number = act.order.number
    sending.send_paper(
        document,
        way=way,
        to=to,
        letter=sending.Letter(
            f"订单确认书 {number} 第{document.version}版",
            f"尊敬的客户：\n\n附件为订单 {number} 的《销售部客户订单确认书》第{document.version}版，"
            f"请核对后于当日签章回传；逾期预交日按日自动顺延。{page}\n\n谢谢。",
        ),
        by=act.by,
        at=act.at,
        about=number,
    )


@order_action("record_receipt_call", statuses=UNANSWERED, quiet=True)
def record_receipt_call(act: OrderAct, revision: Revision, *, text: str) -> Order:
    """The customer said by phone that the confirmation reached them clearly (R13)."""
    if revision.confirmation == Confirmation.UNSENT:
        raise Refused("确认书尚未发出。")
    if not text.strip():
        raise Refused("请写明接听人。", field="text")
    sign(act, Signed.RECEIPT_CALL, revision=revision, digest=revision.print_digest, text=text)
    sending.acknowledge(current_confirmation(act.order), text=text, by=act.by, at=act.at)
    act.record(act.order, revision=revision.number, heard=text)
    return act.order


@order_action("record_return", statuses=UNANSWERED, adds=True)
def record_return(
    act: OrderAct, revision: Revision, *, received_at: datetime, signer: Contact, scan: Any = None, note: str = ""
) -> ConfirmationReturn:
    """A signed confirmation came back; the time it came decides the date rule, not the time it is typed in (R15, R17).

    Raises Refused for a time in the future or before it was sent, or a signer of another customer.
    """
    if signer.customer_id != act.order.customer_id:
        raise Refused("签署人不是此客户的联系人。", field="signer")
    returned = take_return(act, revision, received_at=received_at, signer=signer, scan=scan, note=note)
    tell(act, act.order, "returned")
    return returned


def take_return(
    act: OrderAct,
    revision: Revision,
    *,
    received_at: datetime,
    signer: Contact,
    scan: Any,
    note: str,
    **evidence: Any,
) -> ConfirmationReturn:
    """Keep a return, whoever hands it in, for customer service to verify; the clock stops at `received_at`."""
    order = act.order
    must_count(revision)
    if revision.sent_at is None:
        raise Refused("确认书尚未发出，不能登记回传。")
    if received_at > act.at:
        raise Refused("收到时间不能晚于现在。", field="received_at")
    # Typed to the minute.
    if received_at < revision.sent_at.replace(second=0, microsecond=0):
        raise Refused("收到时间不能早于发出时间。", field="received_at")
    if revision.returns.exclude(verdict=Verdict.REFUSED).exists():
        raise Refused("已有一份回传件在核验或已核验。")
    returned = ConfirmationReturn.objects.create(
        revision=revision,
        received_at=received_at,
        signer=signer,
        scan=scan if scan is None or isinstance(scan, Attachment) else store(scan, act.by, "order", order.pk),
        recorded_by=act.by,
        recorded_at=act.at,
        note=note,
    )
    revision.confirmation = Confirmation.RETURNED
    revision.save()
    act.record(order, revision=revision.number, received_at=received_at, signer=signer.name, **evidence)
    settle_and_count(act, revision)
    return returned


def settle_and_count(act: OrderAct, revision: Revision) -> None:
    """The clock moved: settle, and keep the instance in hand true."""
    done = dates.settle_order(act, act.order)
    revision.pushes = done.revisions.get(revision.pk, revision.pushes)


@order_action("verify_return")
def verify_return(act: OrderAct, returned: ConfirmationReturn) -> Order:
    """Clear and right: from here it is the production order (R15). Only an authorised signer counts."""
    must_be_pending(returned)
    if not (returned.signer.may_sign and returned.signer.is_active):
        raise Refused(f"{returned.signer.name} 未获授权签单，请退回并请客户指定的人员签章。")
    judge(act, returned, Verdict.ACCEPTED, Confirmation.VERIFIED)
    tell(act, act.order, "return_verified")
    return act.order


@order_action("refuse_return")
def refuse_return(act: OrderAct, returned: ConfirmationReturn, *, refusal: str, note: str = "") -> Order:
    """Unclear, wrong or lacking: asked for again, and the days since it came count after all (R15, R17)."""
    must_be_pending(returned)
    if refusal not in Refusal.values:
        raise Refused("请选择不合格的原因。", field="refusal")
    returned.refusal = refusal
    returned.note = note or returned.note
    judge(act, returned, Verdict.REFUSED, Confirmation.SENT)
    tell(act, act.order, "return_refused", Refusal(refusal).label)
    ask_again(act, returned, note)
    return act.order


def ask_again(act: OrderAct, returned: ConfirmationReturn, note: str) -> None:
    """Tell the customer by mail what was wrong, where we have an address; the page they confirm on shows it too."""
    address = email_of(returned.revision)
    if not address:
        return
    number, why = act.order.number, returned.get_refusal_display()
    sending.send_message(
        address,
        event=f"return-refused:{returned.pk}",
        letter=sending.Letter(
            f"订单 {number} 的确认书请重新签章",
            f"尊敬的客户：\n\n订单 {number} 的《订单确认书》回传不合格：{why}{f'，{note}' if note else ''}。"
            f"请重新签章回传；逾期预交日按日自动顺延。{customer_page.line_for(act, returned.revision)}\n\n谢谢。",
        ),
        subject_kind="order",
        subject_id=act.order.pk,
        by=act.by,
        minder_id=act.by.pk,
        at=act.at,
        about=number,
    )


def must_count(revision: Revision) -> None:
    """An amendment approved since has taken the earlier confirmation's place: that one confirms nothing any more."""
    later = revision.order.revisions.filter(status=Status.APPROVED, number__gt=revision.number).first()
    if later or revision.status not in UNANSWERED:
        newer = f"改单第 {later.number} 版" if later else "新版"
        raise Refused(f"第 {revision.number} 版确认书已作废，不再有效；请以{newer}的确认书为准。")


def must_be_pending(returned: ConfirmationReturn) -> None:
    must_count(returned.revision)
    if returned.verdict != Verdict.PENDING:
        raise Refused(f"这份回传件已由 {returned.judged_by} 判为「{returned.get_verdict_display()}」。")


def judge(act: OrderAct, returned: ConfirmationReturn, verdict: Verdict, confirmation: Confirmation) -> None:
    revision = returned.revision
    returned.verdict = verdict
    returned.judged_by = act.by
    returned.judged_at = act.at
    returned.save()
    revision.confirmation = confirmation
    revision.save()
    act.record(act.order, revision=revision.number, verdict=verdict, note=returned.note)
    settle_and_count(act, revision)
