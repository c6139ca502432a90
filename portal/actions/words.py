"""What a customer says on their page, without a log-in: who they are is what the link and their own words prove.

Each is carried out under the order's lock; a form sent twice is known by its key and its contents.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from audit.errors import AlreadyDone, KeyReused, Refused
from audit.keys import digest_of
from customers.models import Contact
from documents import attachments, sending
from documents.attachments import store
from documents.models import Attachment
from orders.actions.confirmation import take_return
from orders.frame import OrderAct, order_action
from orders.models import Order, Shipment, ShipmentState
from orders.models.returned import Verdict
from orders.notices import tell
from portal import standing
from portal.models import Answer, CustomerLink, Word
from shipping import queries as ways
from shipping.actions.arriving import take_arrival

MOBILE = re.compile(r"1[3-9]\d{9}")
PAPERS = {"application/pdf", "image/jpeg", "image/png"}
MOST_OPEN = 5
Kind = Word.Kind


class Closed(Refused):
    """The link no longer stands for this; the page says why, as far as it may."""

    status = 410


@dataclass(frozen=True)
class Visitor:
    """Who says it: as typed, and as the request shows. `key` is the form's."""

    name: str
    mobile: str
    ip: str | None
    agent: str
    key: str


@order_action("customer_confirm", adds=True, system=True)
def confirm(
    act: OrderAct,
    link: CustomerLink,
    *,
    visitor: Visitor,
    agreed: bool,
    signature: str = "",
    drawn: UploadedFile | None = None,
    scan: UploadedFile | None = None,
) -> Word:
    """The customer's return of the confirmation, as of now; customer service verifies it like any other (R15, R17)."""
    word = begin(act, link, Kind.CONFIRMED, visitor, [agreed, signature, drawn, scan])
    if not agreed:
        raise Refused("请勾选「已核对全部内容」。", field="agreed")
    if (earlier := standing.standing_return(link)) is not None:
        raise Refused(f"此确认书已于 {earlier.received_at.astimezone():%Y-%m-%d %H:%M} 回传，无须再次确认。")
    if not signature and drawn is None:
        raise Refused("请手写签名，或键入您的姓名作为签名。", field="signature")
    if signature and signature != visitor.name:
        raise Refused("键入的签名应与姓名一致。", field="signature")
    signer = signer_named(act.order, visitor)
    word.signature = signature
    word.drawn = kept(drawn, "drawn", "order", act.order.pk)
    word.paper = kept(scan, "scan", "order", act.order.pk)
    word.returned = take_return(
        act,
        link.revision,
        received_at=act.at,
        signer=signer,
        scan=word.paper or word.drawn,
        note=note_of(word),
        name=visitor.name,
        mobile=visitor.mobile,
        ip=visitor.ip,
        agent=visitor.agent,
    )
    word.save()
    tell(act, act.order, "customer_confirmed", visitor.name)
    return word


def signer_named(order: Order, visitor: Visitor) -> Contact:
    """The contact of that name; whether they may sign is for verification to say."""
    named = Contact.objects.filter(customer=order.customer_id, is_active=True, name=visitor.name)
    found = sorted(named, key=lambda one: (one.mobile != visitor.mobile, not one.may_sign, one.pk))
    if not found:
        raise Refused(
            f"「{visitor.name}」不在贵司登记的联系人中，请由登记的签单人确认，或联系我司客服登记。", field="name"
        )
    return found[0]


def note_of(word: Word) -> str:
    """For those who verify."""
    how = "手写签名" if word.drawn else f"键入签名「{word.signature}」"
    return f"客户在网上确认：{word.name} {word.mobile}，{how}{'，附盖章扫描件' if word.paper else ''}"


@order_action("customer_ask", adds=True, system=True)
def ask_change(act: OrderAct, link: CustomerLink, *, visitor: Visitor, text: str) -> Word:
    """A change asked for in words: told to customer service and sales, owed until it is answered."""
    word = begin(act, link, Kind.CHANGE, visitor, text)
    returned = standing.standing_return(link)
    if returned is not None and returned.verdict == Verdict.ACCEPTED:
        raise Refused("此确认书已确认并核验，如需修改请直接联系我司客服。")
    if not text.strip():
        raise Refused("请写明要修改的内容。", field="text")
    must_not_flood(link)
    word.text = text.strip()
    word.save()
    record(act, act.order, word)
    tell(act, act.order, "customer_asked", word.text[:100])
    return word


@order_action("customer_received", shipment_states={ShipmentState.DISPATCHED}, adds=True, system=True)
def confirm_receipt(act: OrderAct, shipment: Shipment, *, link: CustomerLink, visitor: Visitor) -> Word:
    """Everything still under way has come, in the customer's own word; staff file the signed 到货回单 (R33, R34)."""
    word = begin(act, own(act, link), Kind.RECEIVED, visitor, shipment)
    fates = ways.fates(shipment)
    rows = [(row, fates[row.line_id, row.pallet_id].under_way) for row in shipment.lines.select_related("line")]
    word.shipment = shipment
    word.save()
    take_arrival(
        act,
        shipment,
        arrived_at=act.at,
        rows=[(row, under_way, under_way * 0) for row, under_way in rows if under_way > 0],
        remark=f"客户 {visitor.name} 在网上确认收货",
    )
    record(act, act.orders[link.order_id], word)
    return word


@order_action(
    "customer_trouble", shipment_states={ShipmentState.DISPATCHED, ShipmentState.ARRIVED}, adds=True, system=True
)
def report_trouble(
    act: OrderAct,
    shipment: Shipment,
    *,
    link: CustomerLink,
    visitor: Visitor,
    text: str,
    paper: UploadedFile | None = None,
) -> Word:
    """Short, damaged or wrong: nothing is counted, a person looks into it and answers."""
    word = begin(act, own(act, link), Kind.TROUBLE, visitor, [shipment, text, paper])
    if not text.strip():
        raise Refused("请写明短少、破损或其他问题。", field="text")
    must_not_flood(link)
    word.shipment, word.text = shipment, text.strip()
    word.paper = kept(paper, "paper", "shipment", shipment.pk)
    word.save()
    record(act, act.orders[link.order_id], word)
    tell(act, act.orders[link.order_id], "customer_trouble", word.text[:100])
    return word


@order_action("answer_customer", adds=True, quiet=True)
def answer(act: OrderAct, word: Word, *, text: str) -> Answer:
    """What the customer reads on their page, and in a mail where we have their address."""
    if hasattr(word, "answer"):
        raise Refused(f"已由 {word.answer.by} 答复。")
    if not text.strip():
        raise Refused("请填写答复。", field="text")
    answered: Answer = Answer.objects.create(word=word, text=text.strip(), by=act.by, at=act.at)
    act.record(act.order, asked=word.text, answered=answered.text)
    if word.link.contact and word.link.contact.email:
        mail_answer(act, word, answered)
    return answered


def mail_answer(act: OrderAct, word: Word, answered: Answer) -> None:
    number = word.order.number
    sending.send_message(
        word.link.contact.email,  # type: ignore[union-attr]
        event=f"answer:{word.pk}",
        letter=sending.Letter(
            f"订单 {number}：对您所提问题的答复",
            f"尊敬的客户：\n\n您就订单 {number} 提出：\n{word.text}\n\n我司答复：\n{answered.text}\n\n谢谢。",
        ),
        subject_kind="order",
        subject_id=word.order.pk,
        by=act.by,
        minder_id=act.by.pk,
        at=act.at,
        about=number,
    )


# -- what each of them begins and ends with ------------------------------------------------------------------------


def begin(act: OrderAct, link: CustomerLink, kind: Kind, visitor: Visitor, given: Any) -> Word:
    """The word, not yet saved. Raises Closed where the link no longer stands, AlreadyDone for the same form again,
    KeyReused for the same form with other contents, Refused for a person without a name or a mobile."""
    if link.revoked_at or link.expires_at <= act.at:
        raise Closed("此链接已失效。")
    digest = digest_of([visitor.name, visitor.mobile, given])
    earlier = Word.objects.filter(link=link, kind=kind, key=visitor.key).first()
    if earlier is not None:
        raise AlreadyDone("") if earlier.digest == digest else KeyReused("")
    if standing.standing_of(link) != standing.OPEN:
        raise Closed("此版确认书已不再有效。")
    if not visitor.name:
        raise Refused("请填写姓名。", field="name")
    if not MOBILE.fullmatch(visitor.mobile):
        raise Refused("请填写 11 位手机号码。", field="mobile")
    return Word(
        link=link,
        order=act.orders[link.order_id],
        kind=kind,
        name=visitor.name,
        mobile=visitor.mobile,
        document_digest=digest_of(link.document.data),
        ip=visitor.ip,
        agent_digest=visitor.agent,
        key=visitor.key,
        digest=digest,
        at=act.at,
    )


def own(act: OrderAct, link: CustomerLink) -> CustomerLink:
    """The link as it stands now that the orders of the shipment are locked. Raises Refused for a foreign shipment."""
    fresh = CustomerLink.objects.select_related("revision", "document").get(pk=link.pk)
    if fresh.order_id not in act.orders:
        raise Refused("这批货不属于此订单。")
    fresh.order = act.orders[fresh.order_id]
    return fresh


def must_not_flood(link: CustomerLink) -> None:
    if Word.objects.unanswered().filter(link=link).count() >= MOST_OPEN:
        raise Refused("您的意见我们已经收到，请等待答复，或直接联系我司客服。")


def kept(uploaded: UploadedFile | None, field: str, kind: str, pk: int) -> Attachment | None:
    """A file from outside, kept with the subject; only what a scanner or a phone makes."""
    if uploaded is None:
        return None
    if attachments.validate(uploaded).content_type not in PAPERS:
        raise Refused("请上传 PDF、JPG 或 PNG 文件。", field=field)
    return store(uploaded, None, kind, pk)


def record(act: OrderAct, order: Order, word: Word) -> None:
    act.record(order, name=word.name, mobile=word.mobile, ip=word.ip, agent=word.agent_digest, words=word.text)
