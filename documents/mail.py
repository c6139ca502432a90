"""E-mail through Django, with a paper attached. A mail can't be called back, so doubt is never resolved by sending."""

import smtplib
import uuid
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from documents import files, outbox, rendering
from documents.models import Document, OutboxRow

# The server said no, so it has not taken the mail: trying again is safe.
REFUSED_BY_SERVER = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
)


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


def deliver(payload: dict[str, Any]) -> None:
    """Build and send. Raises NotSent as long as it is certain that nothing went out."""
    try:
        message = build(payload)
        connection = get_connection()
        connection.open()
    except outbox.GiveUp:
        raise
    except Exception as error:
        raise outbox.NotSent(f"未能开始发送：{outbox.words_of(error)}") from error
    try:
        hand_over(connection, message)
    finally:
        connection.close()


def hand_over(connection: BaseEmailBackend, message: EmailMessage) -> None:
    try:
        sent = connection.send_messages([message])
    except REFUSED_BY_SERVER as error:
        raise outbox.NotSent(f"邮件服务器拒收：{outbox.words_of(error)}") from error
    if not sent:
        raise outbox.NotSent("邮件服务器未接受")


def build(payload: dict[str, Any]) -> EmailMessage:
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
