"""Sending a paper or a message to someone outside, and what became of it (R13, R31).

Call these inside an action. A mail goes through the outbox; fax, 微信 and by hand are recorded as the person says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from audit.errors import Refused
from documents import mail, papers
from documents.models import Acknowledgement, Document, OutboxRow, Sending

if TYPE_CHECKING:
    from accounts.models import User

Way = Sending.Way


@dataclass(frozen=True)
class Letter:
    """The words of a mail; the link to the paper's standing is added."""

    subject: str
    body: str


def send_paper(
    document: Document,
    *,
    way: str,
    to: str,
    letter: Letter,
    by: "User",
    at: datetime,
    about: str,
) -> Sending:
    """Send a paper, or note that it was sent. Raises Refused for an unknown way or a mail without an address."""
    if way not in Way.values:
        raise Refused("请选择发送方式。", field="way")
    row = None
    if way == Way.EMAIL:
        must_be_address(to)
        link = f"核对此单据是否为现行有效版本：{papers.standing_url(document)}"
        row = mail.post(
            to,
            event=f"{document.kind}:{document.pk}:{at.timestamp():.6f}",
            subject=letter.subject,
            body=f"{letter.body}\n\n{link}",
            document=document,
            about=about,
        )
    return Sending.objects.create(
        subject_kind=document.subject_kind,
        subject_id=document.subject_id,
        document=document,
        what=str(document)[:120],
        way=way,
        receiver=to[:200],
        outbox=row,
        by=by,
        minder=by,
        at=at,
    )


def must_be_address(to: str) -> None:
    if not to:
        raise Refused("客户联系人没有电子邮箱，请填写收件地址或改用其他方式。", field="to")
    try:
        mail.must_be_address(to)
    except ValidationError as error:
        raise Refused(f"「{to[:60]}」不是电子邮箱地址，请核对。", field="to") from error


def send_message(
    to: str,
    *,
    event: str,
    letter: Letter,
    subject_kind: str,
    subject_id: int,
    minder_id: int | None,
    at: datetime,
    about: str,
    by: "User | None" = None,
) -> Sending:
    """A mail without a paper, the house's own where `by` is None; the same event again changes nothing."""
    row = mail.post(to, event=event, subject=letter.subject, body=letter.body, about=about)
    sending, _ = Sending.objects.get_or_create(
        outbox=row,
        defaults={
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "what": letter.subject[:120],
            "way": Way.EMAIL,
            "receiver": to[:200],
            "by": by,
            "minder_id": minder_id,
            "at": at,
        },
    )
    return sending


def acknowledge(document: Document | None, *, text: str, by: "User", at: datetime) -> Acknowledgement | None:
    """对方已确认清晰收到: kept with the latest sending of the paper; a mail in doubt is thereby known to have come."""
    last = Sending.objects.filter(document=document).order_by("-at", "-pk").first() if document else None
    if last is None:
        return None
    if last.outbox_id:
        OutboxRow.objects.filter(pk=last.outbox_id, state=OutboxRow.State.DOUBTFUL).update(
            state=OutboxRow.State.DONE, done_at=at, error=""
        )
    return Acknowledgement.objects.get_or_create(sending=last, defaults={"text": text[:200], "by": by, "at": at})[0]


def sendings(wanted: Q) -> QuerySet[Sending]:
    """Newest first, with all that a list of them shows."""
    return (
        Sending.objects.filter(wanted)
        .select_related("document", "outbox", "by", "acknowledgement__by")
        .defer("document__data", "document__letterhead", "document__layout", "outbox__payload")
        .order_by("-at", "-pk")
    )
