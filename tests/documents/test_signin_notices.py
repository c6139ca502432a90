"""What happens to one's account is told: in the application, and by mail."""

import pytest
from django.test import Client

from accounts.models import SignIn, User
from accounts.signins import record
from documents.models import OutboxRow
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"


@pytest.fixture
def clerk() -> User:
    user = person("customer_service", name="李敏", username="limin", email="limin@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in() -> None:
    Client().post("/login/", {"username": "limin", "password": PASSWORD}, HTTP_USER_AGENT="Windows Edg/140")


def told() -> dict[str, str]:
    rows = OutboxRow.objects.order_by("pk")
    return {row.channel: row.payload.get("text") or row.payload["body"] for row in rows}


def test_a_new_device_is_told_and_the_first_one_is_no_news(clerk: User) -> None:
    log_in()
    assert told() == {}
    log_in()
    assert set(told()) == {"notice", "email"}
    for text in told().values():
        assert "limin" in text and "在一台新设备上登录（Windows 上的 Edge，IP 127.0.0.1）" in text
    assert OutboxRow.objects.get(channel="email").payload["to"] == ["limin@example.com"]


def test_a_changed_password_is_told_by_whom_else_it_was_set(clerk: User) -> None:
    record(SignIn.Kind.PASSWORD_SET, clerk, by=person("admin", name="王管理"))
    assert "由 王管理 重设了密码" in told()["email"]


def test_who_has_no_address_is_told_in_the_application_alone(clerk: User) -> None:
    clerk.email = ""
    record(SignIn.Kind.PASSWORD, clerk)
    assert list(told()) == ["notice"]


def test_failures_and_log_outs_are_told_to_nobody(clerk: User) -> None:
    for kind in (SignIn.Kind.FAILED, SignIn.Kind.OUT, SignIn.Kind.LIMITED, SignIn.Kind.IN):
        record(kind, clerk)
    record(SignIn.Kind.FAILED, None, name="nobody")
    assert told() == {}
