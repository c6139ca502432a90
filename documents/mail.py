"""E-mail through Django, with a paper attached. A mail can't be called back, so doubt is never resolved by sending."""

import uuid
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from documents import files, outbox, rendering
from documents.models import Document, OutboxRow

# RFC 5321
LONGEST_NAME, LONGEST_DOMAIN = 64, 253


def send(to: list[str], *, event: str, subject: str, body: str, document: Document | None = None) -> None:
    """Post a mail to each, with recipients and words as decided now; one per event and address."""
    for address in sorted(set(to)):
        post(address, event=event, subject=subject, body=body, document=document)


def post(
    address: str, *, event: str, subject: str, body: str, document: Document | None = None, about: str = ""
) -> OutboxRow:
    """One mail's row in the outbox, also where the same event posted it before."""
    payload = {
        "to": [address],
        "subject": " ".join(subject.split()),
        "body": body,
        "documents": [document.pk] if document else [],
        "message_id": message_id(),
    }
    key = f"{event}:{address}:email"
    outbox.post("email", key, payload, about=about)
    return OutboxRow.objects.get(channel="email", key=key)


def message_id() -> str:
    """Fixed when posted: a mail sent twice after a doubt bears the same id, and mailboxes show it once."""
    return make_msgid(uuid.uuid4().hex, domain=urlsplit(settings.SITE_URL).hostname or "localhost")


def must_be_address(address: str) -> None:
    """Raises ValidationError for what no mail server could take; a name that is not ASCII none of ours can send to."""
    validate_email(address)
    name, _, domain = address.rpartition("@")
    if len(name) > LONGEST_NAME or len(domain) > LONGEST_DOMAIN:
        raise ValidationError("too long")


def deliver(payload: dict[str, Any]) -> None:
    """Build and send. Raises GiveUp where it can't be, NotSent as long as it is certain that nothing went out."""
    try:
        message, server = build(payload), get_connection()
    except (outbox.GiveUp, outbox.NotSent):
        raise
    except Exception as error:
        raise outbox.NotSent(f"未能开始发送：{outbox.words_of(error)}") from error
    with server:
        if not server.send_messages([message]):
            raise outbox.NotSent("邮件服务器未接受")


def build(payload: dict[str, Any]) -> EmailMessage:
    if not payload["to"]:
        raise outbox.GiveUp("没有收件地址")
    for address in payload["to"]:
        try:
            must_be_address(address)
        except ValidationError as error:
            raise outbox.GiveUp(f"「{address[:60]}」不是电子邮箱地址，请更正后另行发送") from error
    message = EmailMessage(
        subject=payload["subject"],
        body=payload["body"],
        to=payload["to"],
        headers={"Message-ID": payload.get("message_id") or message_id()},
    )
    for document_id in payload.get("documents", []):
        made = rendering.ensure_rendered(document_id)
        content = files.read("renderings", made.sha256)
        message.attach(rendering.file_name(made.document), content, "application/pdf")
    return message
