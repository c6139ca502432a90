"""What becomes of a mail, whatever the mail server says, does not say, or says too slowly (B20)."""

from typing import Any

import pytest

from documents import mail, outbox, smtp
from documents.models import OutboxRow
from documents.tasks import deliver
from tests.documents import services

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def impatient(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = (
        smtp.__name__ + ".EmailBackend",
        "127.0.0.1",
        0.3,
    )


def sent(settings: Any, server: services.MailServer, address: str = "a@x.example") -> OutboxRow:
    settings.EMAIL_PORT = server.server_address[1]
    outbox.post("email", "k", {"to": [address] if address else [], "subject": "订单确认书", "body": "请查收"})
    deliver(OutboxRow.objects.get().pk)
    return OutboxRow.objects.get()


@pytest.mark.parametrize(
    ("word", "answer", "state"),
    [
        ("here", b"554 no service\r\n", "waiting"),
        ("here", b"", "waiting"),
        ("here", None, "waiting"),
        ("MAIL", b"451 later\r\n", "waiting"),
        ("MAIL", b"530 log in first\r\n", "waiting"),
        ("MAIL", b"553 not you\r\n", "failed"),
        ("MAIL", b"552 too large\r\n", "failed"),
        ("RCPT", b"450 mailbox busy\r\n", "waiting"),
        ("RCPT", b"421 closing\r\n", "waiting"),
        ("RCPT", b"550 no such user\r\n", "failed"),
        ("RCPT", b"553-5.1.3 bad\r\n553 address\r\n", "failed"),
        ("RCPT", b"", "waiting"),
        ("RCPT", None, "waiting"),
        ("DATA", b"451 later\r\n", "waiting"),
        ("DATA", b"554 refused\r\n", "failed"),
        ("DATA", b"", "waiting"),
        ("DATA", None, "waiting"),
        (".", b"452 disk full\r\n", "waiting"),
        (".", b"554 spam\r\n", "failed"),
        (".", b"what?\r\n", "doubtful"),
        (".", b"", "doubtful"),
        (".", None, "doubtful"),
        ("QUIT", b"", "done"),
        ("QUIT", None, "done"),
        ("QUIT", b"500 what?\r\n", "done"),
    ],
)
def test_b20_a_mail_is_in_doubt_only_where_it_was_handed_over_and_not_answered(
    word: str, answer: bytes | None, state: str, settings: Any
) -> None:
    with services.mail_server({word: answer}) as server:
        assert sent(settings, server).state == state


@pytest.mark.parametrize(
    "address",
    [
        "",
        "王经理",
        "a@",
        "a b@x.example",
        "a@x.example\nBcc: c@x.example",
        "王@x.example",
        "a@x.example, b@x.example",
        "a" * 65 + "@x.example",
        "a@" + "b." * 150 + "example",
    ],
)
def test_an_address_that_cannot_be_has_failed_and_nobody_is_asked(address: str, settings: Any) -> None:
    with services.mail_server() as server:
        row = sent(settings, server, address)
    assert (row.state, server.mails) == ("failed", [])
    assert "地址" in row.error


def test_the_reason_is_the_servers_own_in_one_line(settings: Any) -> None:
    with services.mail_server({"RCPT": b"550-5.1.1 no such\0\r\n550 \xd3\xc3\xbb\xa7 here\r\n"}) as server:
        row = sent(settings, server)
    assert row.error == "邮件服务器不接受收件地址：a@x.example 550 5.1.1 no such \ufffd\u00fb\ufffd here"


@pytest.mark.parametrize(("word", "state"), [("here", "waiting"), ("RCPT", "waiting"), (".", "doubtful")])
def test_a_server_that_says_a_byte_in_a_while_is_hung_up_on(
    word: str, state: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.5)
    with services.mail_server({word: b"2"}) as server:
        assert sent(settings, server).state == state


def test_nobody_there_is_no_doubt(settings: Any) -> None:
    with services.mail_server() as server:
        pass
    assert sent(settings, server).state == "waiting"


def test_an_encrypted_conversation_is_such_a_one_too(settings: Any) -> None:
    settings.EMAIL_USE_SSL = True
    with services.mail_server({"here": b"220 plain\r\n"}) as server:
        assert sent(settings, server).state == "waiting"


def test_nobody_sends_to_such_an_address() -> None:
    with pytest.raises(outbox.GiveUp, match="不是电子邮箱地址"):
        mail.build({"to": ["a@x.example\r\nBcc: b@x.example"], "subject": "s", "body": "b"})
