"""What happened at the door is kept, where admins read it and nobody changes it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import SignIn, User
from accounts.signins import record
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0"


@pytest.fixture
def clerk() -> User:
    return person("customer_service", name="李敏", username="limin", password=PASSWORD)


def log_in(client: Client, name: str = "limin", password: str = PASSWORD, **facts: Any) -> Any:
    return client.post("/login/", {"username": name, "password": password}, **facts)


def kept(*fields: str) -> list[Any]:
    return list(SignIn.objects.order_by("pk").values_list(*fields, flat=len(fields) == 1))


def test_log_in_failure_and_log_out_are_kept_with_address_and_browser(clerk: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=PHONE)
    log_in(client, password="wrong")
    log_in(client)
    client.post("/logout/")
    assert kept("kind", "user__name", "ip") == [(k, "李敏", "203.0.113.9") for k in ("failed", "in", "out")]
    assert set(kept("agent")) == {PHONE}


def test_a_password_typed_as_the_name_is_not_kept(clerk: User) -> None:
    log_in(Client(), name=PASSWORD, password="limin")
    assert kept("kind", "user", "name") == [("failed", None, "Zh…（14 字）")]
    assert PASSWORD not in str(SignIn.objects.values())


def test_a_browser_that_says_anything_is_kept_bounded(clerk: User) -> None:
    assert log_in(Client(), HTTP_USER_AGENT="x" * 5000).status_code == 302
    assert kept("agent") == ["x" * 200]


def test_a_second_device_is_new_and_the_first_and_its_return_are_not(clerk: User) -> None:
    desk, phone = Client(), Client()
    for client in (desk, phone, desk, phone):
        log_in(client)
        client.post("/logout/")
    logs_in = SignIn.objects.filter(kind="in").order_by("pk")
    assert list(logs_in.values_list("is_new", flat=True)) == [False, True, False, False]
    assert len(set(kept("device"))) == 2


def test_one_terminal_is_the_device_of_all_who_work_at_it(clerk: User) -> None:
    person("warehouse", username="wang", password=PASSWORD)
    terminal = Client()
    for name in ("limin", "wang", "limin"):
        log_in(terminal, name)
        terminal.post("/logout/")
    assert len(set(SignIn.objects.filter(kind="in").values_list("device", flat=True))) == 1


def test_the_cookie_of_the_device_can_be_read_by_no_script_and_made_by_nobody(clerk: User) -> None:
    client = Client()
    cookie = log_in(client).cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 400 * 86400
    client.cookies["device"] = "0" * 32 + ":" + cookie.value.partition(":")[2]
    client.post("/logout/")
    log_in(client)
    assert kept("device")[-1] != "0" * 32


def test_b25_the_application_can_neither_change_nor_delete_it(clerk: User) -> None:
    row = record(SignIn.Kind.ENDED, clerk, by=clerk)
    for change in (lambda: SignIn.objects.update(note="x"), lambda: row.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_admins_read_it_and_nobody_else(clerk: User) -> None:
    log_in(Client(HTTP_USER_AGENT=PHONE))
    admin, url = Client(), reverse("admin:accounts_signin_changelist")
    admin.force_login(person("admin", is_staff=True))
    page = admin.get(url, {"kind": "in", "q": "limin"}).content.decode()
    assert "李敏" in page and "iPhone 上的 微信" in page
    row = SignIn.objects.get()
    assert admin.get(reverse("admin:accounts_signin_change", args=[row.pk])).status_code == 200
    assert admin.post(reverse("admin:accounts_signin_change", args=[row.pk]), {"note": "x"}).status_code == 403
    assert admin.post(reverse("admin:accounts_signin_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert admin.get(reverse("admin:accounts_signin_add")).status_code == 403
    clerk_client = Client()
    clerk_client.force_login(clerk)
    assert clerk_client.get(url).status_code == 302
