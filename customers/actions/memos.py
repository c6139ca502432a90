"""客户信息备忘录: what was heard, written down as it was said (R1–R3)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import put
from catalog.rereads import queue_reread
from customers.frame import must_see
from customers.models import Customer, Memo
from customers.papers import MEMO, freeze_memo
from documents.attachments import store
from documents.numbering import business_day, next_number
from flow.frame import FlowAction

FACTS = {"customer_name", "channel", "caller", "caller_phone", "words", "read_back", "reply_promised_by", "missing"}


@action("write_memo")
def write_memo(
    act: Act,
    subject: None,
    *,
    customer: Customer | None = None,
    taken_at: datetime | None = None,
    told_words: str = "",
    attachments: Iterable[UploadedFile] = (),
    **facts: Any,
) -> Memo:
    """Write down what a customer asked for and, where it was said at once, how long the answer takes.

    Raises Invalid for what is missing on the paper itself, Forbidden for another's customer.
    """
    if customer is not None:
        must_see(act.by, customer)
    memo = Memo(customer=customer, taken_by=act.by, taken_at=taken_at or act.at)
    put(memo, facts, FACTS)
    if memo.taken_at > act.at:
        raise Refused("接单时间不能晚于现在。", field="taken_at")
    if told_words:
        told(act, memo, told_words, act.at)
    memo.number = next_number(MEMO.prefix, business_day(act.at))
    save(memo)
    for uploaded in attachments:
        store(uploaded, act.by, "memo", memo.pk)
    freeze_memo(act, memo)
    act.record(memo, to=memo.channel)
    return memo


@action("tell_reply", frame=FlowAction)
def tell_reply(
    act: Act, memo: Memo, *, told_words: str, reply_promised_by: datetime | None = None, told_at: datetime | None = None
) -> Memo:
    """Keep that the customer or salesperson was told how long the confirmation takes, and thanked (R3)."""
    if memo.told_at:
        when = timezone.localtime(memo.told_at).strftime("%Y-%m-%d %H:%M")
        raise Refused(f"已由 {memo.told_by} 于 {when} 告知客户。")
    memo.reply_promised_by = reply_promised_by or memo.reply_promised_by
    told(act, memo, told_words, told_at or act.at)
    memo.version += 1
    save(memo)
    freeze_memo(act, memo)
    if memo.customer_id and memo.order_number:
        # The order that waits for this reply stands below: its to-do is read again by the worker.
        queue_reread(act, "customer", [memo.customer_id])
    act.record(memo, promised=memo.reply_promised_by)
    return memo


def told(act: Act, memo: Memo, words: str, when: datetime) -> None:
    if memo.reply_promised_by is None:
        raise Refused("请填写答应客户的答复时间。", field="reply_promised_by")
    if memo.reply_promised_by < memo.taken_at:
        raise Refused("答应答复的时间不能早于接单时间。", field="reply_promised_by")
    if not memo.taken_at <= when <= act.at:
        raise Refused("告知时间应在接单之后、现在之前。", field="told_at")
    memo.told_words, memo.told_at, memo.told_by = words, when, act.by


@action("supplement_memo", frame=FlowAction)
def supplement_memo(act: Act, memo: Memo, *, words: str, missing: str = "", read_back: bool = False) -> Memo:
    """Add what was asked for afterwards; what was written before stays as it was (R2)."""
    when = timezone.localtime(act.at).strftime("%Y-%m-%d %H:%M")
    memo.words = f"{memo.words}\n\n【{when} {act.by} 补记】\n{words}"
    memo.missing = missing
    memo.read_back = memo.read_back or read_back
    memo.version += 1
    save(memo)
    freeze_memo(act, memo)
    act.record(memo)
    return memo
