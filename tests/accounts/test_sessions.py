"""How long a log-in lasts, where one is logged in, and how one's log-ins are ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.door import reloads_itself
from accounts.models import Session, SignIn, User
from accounts.tasks import sweep_sessions
from audit.models import Event
from tests.people import person

pytestmark = pytest.mark.django_db
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile Safari/604.1"
PASSWORD = "Zhi-Zhang-2026"


class Clock:
    """The server's clock, moved on by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def passes(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    yield Clock(monkeypatch)


@pytest.fixture
def clerk() -> User:
    return person("customer_service", name="李敏")


def browser(user: User, agent: str = EDGE, address: str = "192.0.2.7") -> Client:
    """Logged in by the log-in page, in a browser of its own."""
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.must_change_password = False
        user.save()
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def test_an_hour_without_a_page_ends_the_log_in(clerk: User, clock: Clock) -> None:
    client = browser(clerk)
    clock.passes(minutes=59)
    assert is_in(client)
    clock.passes(minutes=59)
    assert is_in(client)
    clock.passes(minutes=61)
    assert client.get("/notices/")["Location"] == "/login/?next=/notices/"


def test_after_twelve_hours_of_use_one_logs_in_again(clerk: User, clock: Clock) -> None:
    client = browser(clerk)
    for _ in range(15):
        clock.passes(minutes=47)
        assert is_in(client)
    clock.passes(minutes=20)
    assert not is_in(client)


def test_an_open_page_that_asks_by_itself_keeps_nobody_logged_in(clerk: User, clock: Clock) -> None:
    client = browser(clerk)
    for _ in range(3):
        clock.passes(minutes=21)
        client.get("/bell/")
    assert client.get("/bell/").status_code == 302


@pytest.mark.parametrize(
    ("headers", "sign"),
    [
        ({}, '<meta http-equiv="refresh" content="2">'),
        ({"hx-request": "true"}, '<p hx-get="/x/" hx-trigger="every 4s">'),
    ],
)
def test_nor_does_what_loads_itself_again(headers: dict[str, str], sign: str) -> None:
    request = RequestFactory().get("/", headers=headers)
    assert reloads_itself(request, HttpResponse(f"<!doctype html><html><head>{sign}"))
    assert not reloads_itself(request, HttpResponse("<!doctype html><html><head>"))


def test_a_used_session_is_written_once_a_minute(clerk: User, clock: Clock, django_assert_num_queries: Any) -> None:
    client = browser(clerk)
    with django_assert_num_queries(2):
        client.get("/password/")
    clock.passes(seconds=61)
    with django_assert_num_queries(3):
        client.get("/password/")
    with django_assert_num_queries(2):
        client.get("/password/")


def test_one_sees_where_one_is_logged_in(clerk: User) -> None:
    browser(clerk, PHONE, "198.51.100.9")
    shown = browser(clerk).get("/sessions/").content.decode()
    for words in ("Windows 上的 Edge", "192.0.2.7", "本机", "iPhone 上的 Safari", "198.51.100.9"):
        assert words in shown
    assert not any(key in shown for key in Session.objects.values_list("pk", flat=True))


def test_one_ends_one_of_ones_log_ins_and_it_is_out_at_once(clerk: User) -> None:
    here, phone = browser(clerk), browser(clerk, PHONE)
    mark = clerk.sessions.get(agent=PHONE).mark
    assert "已结束 1 项登录" in here.post("/sessions/", {"mark": mark}, follow=True).content.decode()
    assert (is_in(here), is_in(phone)) == (True, False)
    assert Event.objects.get(action="end_sessions").data["ended"] == ["iPhone 上的 Safari（192.0.2.7）"]
    assert SignIn.objects.get(kind="ended").note == "iPhone 上的 Safari（192.0.2.7）：本人结束"


def test_one_ends_all_others_and_stays(clerk: User) -> None:
    here, others = browser(clerk), [browser(clerk, PHONE), browser(clerk)]
    here.post("/sessions/", {"others": "1"})
    assert is_in(here) and not any(map(is_in, others))


@pytest.mark.parametrize("mark", ["", "x", "9" * 400])
def test_nobody_ends_the_log_in_of_somebody_else(clerk: User, mark: str) -> None:
    other = person("sales")
    elsewhere, here = browser(other), browser(clerk)
    for given in (mark, other.sessions.get().mark, other.sessions.get().pk):
        assert "已经结束" in here.post("/sessions/", {"mark": given}, follow=True).content.decode()
    assert is_in(elsewhere)


def test_an_admin_ends_somebodys_log_ins_with_a_reason(clerk: User) -> None:
    boss, theirs = browser(person("admin", is_staff=True)), browser(clerk)
    row = {"action": "end_these", "_selected_action": [clerk.sessions.get().pk]}
    page = reverse("admin:accounts_session_changelist")
    assert "请写明结束登录的原因" in boss.post(page, row, follow=True).content.decode()
    assert is_in(theirs)
    boss.post(page, {**row, "reason": "手机遗失"})
    assert not is_in(theirs) and is_in(boss)
    assert Event.objects.get(action="end_sessions").reason == "手机遗失"
    kept = SignIn.objects.get(kind="ended")
    assert (kept.user, kept.by.username, kept.note.endswith("手机遗失")) == (
        clerk,
        User.objects.get(is_staff=True).username,
        True,
    )


def test_an_admin_ends_all_of_a_persons_from_their_row(clerk: User) -> None:
    boss, theirs = browser(person("admin", is_staff=True)), browser(clerk)
    row = {"action": "end_log_ins", "_selected_action": [clerk.pk], "reason": "离职"}
    boss.post(reverse("admin:accounts_user_changelist"), row)
    assert not is_in(theirs)


def test_expired_log_ins_are_swept_away(clerk: User, clock: Clock) -> None:
    browser(clerk)
    clock.passes(hours=2)
    current = browser(clerk)
    sweep_sessions()
    assert Session.objects.count() == 1 and is_in(current)


def test_after_the_log_in_one_is_where_one_was(clerk: User) -> None:
    client = Client()
    sent = client.post("/orders/SO-20260101-0001/submit/", headers={"referer": "http://testserver/orders/?q=a&page=2"})
    assert sent["Location"] == "/login/?next=/orders/%3Fq%3Da%26page%3D2"
    part = client.get(
        "/customers/options/", headers={"hx-request": "true", "hx-current-url": "http://testserver/orders/new/"}
    )
    assert part["HX-Redirect"] == "/login/?next=/orders/new/"


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "javascript:alert(1)", "//evil/", "http://testserver.evil/"]
)
def test_it_is_no_page_of_another_site(page: str) -> None:
    sent = Client().post("/notices/", headers={"referer": page})
    assert sent["Location"] == "/login/?next=/notices/"
    part = Client().get("/notices/", headers={"hx-request": "true", "hx-current-url": page})
    assert part["HX-Redirect"] == "/login/?next=/"


@pytest.mark.parametrize(
    "path", ["/", "/password/", "/sessions/", "/admin/", "/no-such-page/", "/d/00000000-0000-0000-0000-000000000000/"]
)
def test_what_a_signed_in_person_sees_is_kept_by_no_browser(path: str) -> None:
    boss = browser(person("admin", is_staff=True))
    assert "no-store" in boss.get(path)["Cache-Control"]


def test_the_admin_site_has_no_log_in_of_its_own(clerk: User) -> None:
    answer = Client().get("/admin/login/?next=/admin/accounts/user/")
    assert answer["Location"] == "/login/?next=/admin/accounts/user/"
    boss = person("admin", is_staff=True)
    boss.set_password(PASSWORD)
    boss.save()
    attempt = Client()
    attempt.post("/admin/login/", {"username": boss.username, "password": PASSWORD})
    assert not Session.objects.filter(user=boss).exists()
    assert browser(clerk).get("/admin/", follow=True).status_code == 403
    assert browser(person("admin", is_staff=True)).get("/admin/password_change/")["Location"] == "/password/"
