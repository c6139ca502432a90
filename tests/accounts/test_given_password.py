"""A password that somebody else gave is changed at first use; a changed one ends the other log-ins."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignIn, User
from audit.models import Event
from home.demo.people import hire
from tests.accounts.test_admin import person_data
from tests.people import person

pytestmark = pytest.mark.django_db
GIVEN, OWN = "Zhi-Zhang-2026", "Fu-Juan-2027"


def given(user: User, password: str = GIVEN) -> User:
    user.set_password(password)
    user.save()
    return user


def logged_in(username: str, password: str = GIVEN) -> Client:
    client = Client()
    client.post("/login/", {"username": username, "password": password})
    return client


def change(client: Client, old: str, new: str, query: str = "") -> Any:
    return client.post(f"/password/{query}", {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize("path", ["/", "/orders/", "/sessions/", "/admin/", "/bell/", "/notices/?page=2"])
def test_nothing_else_is_open_before_it_is_changed(path: str) -> None:
    client = logged_in(given(person("admin", is_staff=True)).username)
    for send in (client.get, client.post):
        assert send(path)["Location"].startswith("/password/?next=")
    assert client.get(path, headers={"hx-request": "true"})["HX-Redirect"].startswith("/password/?next=")
    assert "请先换成您自己的密码" in client.get("/password/").content.decode()


def test_after_the_change_one_is_where_one_wanted_to_go() -> None:
    client = logged_in(given(person("sales")).username)
    asked = client.get("/notices/?page=2")["Location"]
    assert change(client, GIVEN, OWN, asked.removeprefix("/password/"))["Location"] == "/notices/?page=2"
    assert client.get("/notices/").status_code == 200
    assert change(client, OWN, "Fu-Juan-2028", "?next=https://evil.example/")["Location"] == "/password/"


def test_the_given_password_cannot_be_kept() -> None:
    client = logged_in(given(person("sales")).username)
    answer = change(client, GIVEN, GIVEN)
    assert "新密码不能与原来的相同" in answer.content.decode()
    assert client.get("/notices/").status_code == 302


def test_who_has_no_role_yet_may_change_theirs() -> None:
    client = logged_in(given(person()).username)
    assert change(client, GIVEN, OWN).status_code == 302
    assert client.get("/notices/").status_code == 200


def test_one_may_always_log_out() -> None:
    client = logged_in(given(person("sales")).username)
    assert client.post("/logout/")["Location"] == "/login/"


def test_a_password_set_on_the_admin_site_must_be_changed_and_ends_the_log_ins() -> None:
    boss, clerk = Client(), person("sales")
    boss.force_login(person("admin", is_staff=True))
    theirs = Client()
    theirs.force_login(clerk)
    boss.post(
        reverse("admin:accounts_user_change", args=[clerk.pk]), person_data(username=clerk.username, password=OWN)
    )
    assert theirs.get("/notices/")["Location"].startswith("/login/")
    assert logged_in(clerk.username, OWN).get("/notices/")["Location"].startswith("/password/")


def test_a_person_changed_without_a_password_keeps_theirs() -> None:
    boss, clerk = Client(), person("sales")
    boss.force_login(person("admin", is_staff=True))
    data = person_data(username=clerk.username, password="")
    boss.post(reverse("admin:accounts_user_change", args=[clerk.pk]), data)
    clerk.refresh_from_db()
    assert (clerk.name, clerk.must_change_password) == ("周销售", False)


def test_so_must_one_that_a_command_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    person("sales", username="old")
    monkeypatch.setattr("getpass.getpass", lambda **_: GIVEN)
    call_command("changepassword", "old", stdout=StringIO())
    call_command("createsuperuser", interactive=False, username="new", name="新", verbosity=0)
    assert [User.objects.get(username=name).must_change_password for name in ("old", "new")] == [True, True]


def test_a_command_that_sets_a_password_is_kept_and_ends_the_log_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    old = given(person("sales", username="old"))
    there = logged_in(old.username)
    monkeypatch.setattr("getpass.getpass", lambda **_: OWN)
    call_command("changepassword", "old", stdout=StringIO())
    row = SignIn.objects.get(user=old, kind=SignIn.Kind.PASSWORD_SET)
    assert (row.by, row.note) == (None, "命令 changepassword")
    assert Event.objects.filter(action="give_password", reason="命令 changepassword").exists()
    assert there.get("/notices/")["Location"].startswith("/login/")


def test_the_demo_companys_people_are_exempt() -> None:
    assert not hire(GIVEN, timezone.now())["sales"].must_change_password


def test_a_changed_password_ends_the_other_log_ins_and_not_this_one() -> None:
    clerk = given(person("sales"))
    User.objects.update(must_change_password=False)
    here, elsewhere = logged_in(clerk.username), logged_in(clerk.username)
    change(here, GIVEN, OWN)
    assert here.get("/notices/").status_code == 200
    assert elsewhere.get("/notices/").status_code == 302
    assert clerk.sessions.count() == 1
    assert set(Event.objects.values_list("action", flat=True)) == {"change_own_password", "end_sessions"}
