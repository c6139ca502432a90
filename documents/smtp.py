"""One conversation with the mail server: bounded as a whole, and clear about whether the mail may have gone.

A mail is in doubt from the moment its last byte is handed over until the server has answered; before that it certainly
was not taken, and with an answer one knows (B20).
"""

import contextlib
import smtplib
import socket
import threading
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from documents import outbox
from documents.outbox import GiveUp, NotSent

# From the connection on, whatever the server takes its time with; less than the lease of the channel.
SECONDS = 60
# A setting of ours is wrong, not this mail: it goes by itself once that is mended.
OURS = {530, 534, 535, 538}


class Conversation(smtplib.SMTP):
    """Hangs up when its time is over, also on a server that says one byte in a while and so never times out."""

    handed_over = False

    def __init__(self, *args: Any, **options: Any) -> None:
        self.ended = threading.Event()
        try:
            super().__init__(*args, **options)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        threading.Thread(target=self.watch, args=(SECONDS,), daemon=True).start()
        return super()._get_socket(host, port, timeout)  # type: ignore[misc, no-any-return]

    def watch(self, seconds: float) -> None:
        while not self.ended.wait(seconds):
            # Whoever waits for the other side is told that it has gone. Again and again: the socket may be a new one.
            if self.sock:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            seconds = 1

    def send(self, s: Any) -> None:
        # Commands are text; bytes are the mail, up to the line that ends it.
        is_mail = not isinstance(s, str)
        if is_mail:
            outbox.cross()
        super().send(s)
        self.handed_over = self.handed_over or is_mail

    def close(self) -> None:
        self.ended.set()
        super().close()


class EncryptedConversation(Conversation, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, with such a conversation; raises NotSent or GiveUp unless the mail is in doubt."""

    @property
    def connection_class(self) -> type[Conversation]:
        return EncryptedConversation if self.use_ssl else Conversation

    def open(self) -> bool | None:
        try:
            return super().open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"未能与邮件服务器建立连接：{words_of(error)}") from error

    def close(self) -> None:
        """What the server says to a good-bye changes nothing."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            super().close()

    def _send(self, email_message: EmailMessage) -> bool:
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]
        except (OSError, smtplib.SMTPException, ValueError) as error:
            in_doubt = isinstance(self.connection, Conversation) and self.connection.handed_over
            raise meaning_of(error, in_doubt=in_doubt) from error


def meaning_of(error: Exception, *, in_doubt: bool) -> Exception:
    """Never, not now, or nobody knows: then the error itself."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            said = "；".join(f"{address} {code} {as_text(text)}" for address, (code, text) in error.recipients.items())
            return refusal(codes, f"邮件服务器不接受收件地址：{said}")
        case smtplib.SMTPSenderRefused():
            return refusal([error.smtp_code], f"邮件服务器不接受发件人 {error.sender}：{words_of(error)}")
        case smtplib.SMTPDataError() if 400 <= error.smtp_code < 600:
            return refusal([error.smtp_code], f"邮件服务器拒收此邮件：{words_of(error)}")
        case ValueError():
            return GiveUp(f"邮件无法组成：{error}")
    return error if in_doubt else NotSent(f"邮件服务器中断：{words_of(error)}")


def refusal(codes: list[int], words: str) -> Exception:
    """For good (5xx) or for now (4xx), as the standard has it."""
    for_good = all(500 <= code < 600 and code not in OURS for code in codes)
    return GiveUp(words) if for_good else NotSent(words)


def words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {as_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def as_text(said: bytes | str) -> str:
    """A server's words in one line, whatever bytes they are."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
