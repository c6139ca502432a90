"""客户信息备忘录 as a paper: frozen as it was written, and anew with each thing added to it (R1–R3)."""

from typing import Any

from audit.frame import Act
from customers.models import Memo
from documents import kinds
from documents.freeze import freeze
from documents.kinds import Kind
from documents.models import Document
from documents.queries import attachments_of

# Seen by those who see the memo (`access.register("memo", …)`); what a customer said may name prices.
MEMO = Kind(
    code="memo",
    prefix="BW",
    title="客户信息备忘录",
    template="documents/memo.html",
    audience="prices",
    foot=("接单", "客服"),
)


def register() -> None:
    kinds.register(MEMO)


def freeze_memo(act: Act, memo: Memo) -> Document:
    """The next version of the memo's paper, under its lock."""
    return freeze(
        MEMO.code,
        subject_kind="memo",
        subject_id=memo.pk,
        number=memo.number,
        data=memo_data(memo),
        by=act.by,
        at=act.at,
    )


def memo_data(memo: Memo) -> dict[str, Any]:
    """The snapshot of docs/documents.md."""
    return {
        "channel": memo.get_channel_display(),
        "taken_at": memo.taken_at,
        "taken_by": memo.taken_by.name,
        "customer_name": memo.of,
        "caller": memo.caller,
        "caller_phone": memo.caller_phone,
        "words": memo.words,
        "items": [],  # not left out: a template would then find the dict's own method
        "read_back": memo.read_back,
        "reply_promised_by": memo.reply_promised_by,
        "told_at": memo.told_at,
        "missing": memo.missing,
        "attachments": [file.name for file in attachments_of("memo", memo.pk)],
        "order": memo.order_number,
    }
