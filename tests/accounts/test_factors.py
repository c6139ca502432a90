"""The second factor: set up, asked for before the log-in is one, required of roles, taken away by an admin."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import factors
from accounts.models import Authenticator, FactorRule, RecoveryCode, SignIn, User
from audit.models import Event
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"
SECRET = b"12345678901234567890"


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def passes(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now

    def code(self, secret: bytes = SECRET, **ago: float) -> str:
        """What the app shows now."""
        app = TOTP(secret)
        app.time = (self.now + timedelta(**ago)).timestamp()
        return f"{app.token():06d}"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    yield Clock(monkeypatch)


@pytest.fixture
def clerk() -> User:
    return person("finance", name="许丽华", password=PASSWORD)


def browser(user: User) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/notices/"})
    return client


def with_app(user: User) -> User:
    Authenticator.objects.create(user=user, name="手机", secret=SECRET, added_at=timezone.now())
    return user


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def send(client: Client, code: str) -> Any:
    return client.post("/login/second/", {"code": code})


def enrol(client: Client, clock: Clock, **given: str) -> Any:
    client.get("/factors/authenticator/")
    secret = bytes.fromhex(client.session["enrolling"])
    return client.post(
        "/factors/authenticator/", {"name": "手机", "password": PASSWORD, "code": clock.code(secret), **given}
    )


def codes_in(answer: Any) -> list[str]:
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.content.decode())


def test_the_password_alone_opens_nothing_once_there_is_an_app(clerk: User, clock: Clock) -> None:
    client = browser(with_app(clerk))
    assert client.get("/notices/")["Location"].startswith("/login/")
    assert client.get("/login/second/").status_code == 200
    assert not clerk.sessions.exists()


def test_the_code_of_the_app_completes_the_log_in(clerk: User, clock: Clock) -> None:
    client = browser(with_app(clerk))
    assert send(client, clock.code())["Location"] == "/notices/"
    assert is_in(client)


@pytest.mark.parametrize("ago", [{"seconds": -30}, {"seconds": 30}])
def test_a_clock_half_a_minute_off_is_taken(clerk: User, clock: Clock, ago: dict[str, float]) -> None:
    client = browser(with_app(clerk))
    send(client, clock.code(**ago))
    assert is_in(client)


def test_a_code_is_taken_as_people_type_it(clerk: User, clock: Clock) -> None:
    client = browser(with_app(clerk))
    code = clock.code()
    send(client, f" {code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert is_in(client)


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "²²²²²²", "१२३४५६", "\0", "x" * 41, "-" * 40])
def test_anything_else_is_refused_in_words(clerk: User, clock: Clock, code: str) -> None:
    client = browser(with_app(clerk))
    answer = send(client, code)
    assert answer.status_code in (200, 422) and "error" in answer.content.decode()
    assert not is_in(client)


def test_a_code_counts_once(clerk: User, clock: Clock) -> None:
    with_app(clerk)
    code = clock.code()
    assert send(browser(clerk), code).status_code == 302
    again = browser(clerk)
    assert send(again, code).status_code == 422
    clock.passes(seconds=31)
    assert send(again, clock.code()).status_code == 302


def test_an_older_code_than_the_last_is_not_taken(clerk: User, clock: Clock) -> None:
    send(browser(with_app(clerk)), clock.code())
    assert send(browser(clerk), clock.code(seconds=-30)).status_code == 422


def test_tries_are_limited_whatever_passwords_are_given_between(clerk: User, clock: Clock) -> None:
    with_app(clerk)
    for _ in range(6):
        answer = send(browser(clerk), "000000")
    assert send(browser(clerk), clock.code()).status_code == 429 and answer.status_code == 422
    assert SignIn.objects.filter(kind="factor_failed", user=clerk).count() == 6
    clock.passes(minutes=16)
    assert send(browser(clerk), clock.code()).status_code == 302


def test_the_step_is_over_after_ten_minutes_and_with_the_password(clerk: User, clock: Clock) -> None:
    late = browser(with_app(clerk))
    clock.passes(minutes=11)
    assert send(late, clock.code())["Location"] == "/login/"
    changed = browser(clerk)
    clerk.set_password("Fu-Juan-2027")
    clerk.save()
    assert send(changed, clock.code())["Location"] == "/login/"
    assert send(Client(), clock.code())["Location"] == "/login/"


def test_one_sets_up_an_app_and_gets_ten_recovery_codes(clerk: User, clock: Clock) -> None:
    client, elsewhere = browser(clerk), browser(clerk)
    page = client.get("/factors/authenticator/").content.decode()
    assert factors.as_text(bytes.fromhex(client.session["enrolling"])) in page and "data:image/svg" in page
    answer = enrol(client, clock)
    codes = codes_in(answer)
    assert len(set(codes)) == 10 and "no-store" in answer["Cache-Control"]
    assert not any(code.replace("-", "") in str(row) for code in codes for row in RecoveryCode.objects.values())
    assert is_in(client) and not is_in(elsewhere)
    assert SignIn.objects.filter(kind="factor_added", user=clerk).exists()


@pytest.mark.parametrize(
    "wrong", [{"code": "000000"}, {"code": "abc"}, {"code": "１"}, {"password": "wrong"}, {"name": ""}]
)
def test_setting_up_asks_for_the_code_and_the_password(clerk: User, clock: Clock, wrong: dict[str, str]) -> None:
    client = browser(clerk)
    assert enrol(client, clock, **wrong).status_code == 422
    assert not Authenticator.objects.exists()
    assert enrol(client, clock).status_code == 200 and Authenticator.objects.count() == 1


def test_a_recovery_code_is_good_for_one_log_in(clerk: User, clock: Clock) -> None:
    code = codes_in(enrol(browser(clerk), clock))[0]
    assert send(browser(clerk), code.upper())["Location"] == "/notices/"
    assert send(browser(clerk), code).status_code == 422
    assert SignIn.objects.get(kind="recovery").note == "还剩 9 个"


def test_nobody_elses_recovery_code_is_taken(clerk: User, clock: Clock) -> None:
    other = person("sales")
    code = factors.new_codes(other)[0]
    assert send(browser(with_app(clerk)), code).status_code == 422


def test_new_recovery_codes_void_the_old_ones(clerk: User, clock: Clock) -> None:
    client = browser(clerk)
    old = codes_in(enrol(client, clock))[0]
    assert codes_in(client.post("/factors/codes/", {"password": "wrong"}, follow=True)) == []
    new = codes_in(client.post("/factors/codes/", {"password": PASSWORD}))[0]
    assert send(browser(clerk), old).status_code == 422
    assert send(browser(clerk), new).status_code == 302


def test_one_removes_ones_app_with_the_password(clerk: User, clock: Clock) -> None:
    client = browser(clerk)
    enrol(client, clock)
    row = {"kind": "authenticator", "pk": clerk.authenticators.get().pk}
    shown = client.get("/factors/").content.decode()
    assert all(f'name="{name}" value="{value}"' in shown for name, value in row.items())
    client.post("/factors/remove/", {**row, "password": "wrong"})
    assert clerk.authenticators.exists()
    client.post("/factors/remove/", {**row, "password": PASSWORD})
    assert not clerk.authenticators.exists() and not clerk.recovery_codes.exists()
    assert is_in(browser(clerk))


@pytest.mark.parametrize("row", [{}, {"kind": "user", "pk": "1"}, {"kind": "passkey", "pk": "9" * 30}])
def test_what_is_not_ones_own_is_not_removed(clerk: User, clock: Clock, row: dict[str, str]) -> None:
    theirs = with_app(person("sales")).authenticators.get()
    client = browser(clerk)
    for given in (row, {"kind": "authenticator", "pk": theirs.pk}):
        assert (
            "已经移除" in client.post("/factors/remove/", {**given, "password": PASSWORD}, follow=True).content.decode()
        )
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def require(role: str, boss: Client) -> Any:
    return boss.post(reverse("admin:accounts_factorrule_add"), {"role": role})


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(person("admin", is_staff=True))
    return client


def test_who_must_have_one_gets_nowhere_before(clerk: User, clock: Clock, boss: Client) -> None:
    client, colleague = browser(clerk), Client()
    colleague.force_login(person("sales"))
    assert require("finance", boss).status_code == 302
    for path in ("/", "/notices/", "/sessions/", "/finance/", "/bell/"):
        assert client.get(path)["Location"].startswith("/factors/?next=")
    assert "您的角色必须有双重验证" in client.get("/factors/").content.decode()
    enrol(client, clock)
    assert is_in(client) and is_in(colleague)
    row = {"kind": "authenticator", "pk": clerk.authenticators.get().pk, "password": PASSWORD}
    assert "请先添加另一项" in client.post("/factors/remove/", row, follow=True).content.decode()


def test_the_rule_is_lifted_by_deleting_it(clerk: User, boss: Client) -> None:
    require("finance", boss)
    rule = FactorRule.objects.get()
    boss.post(reverse("admin:accounts_factorrule_delete", args=[rule.pk]), {"post": "yes"})
    assert is_in(browser(clerk))
    assert Event.objects.filter(action="drop_factor_rule").count() == 1


def test_an_admin_resets_somebodys_factor_with_a_reason(clerk: User, clock: Clock, boss: Client) -> None:
    theirs = browser(clerk)
    enrol(theirs, clock)
    row: dict[str, Any] = {"action": "reset_factors", "_selected_action": [clerk.pk]}
    page = reverse("admin:accounts_user_changelist")
    assert "请写明重置的原因" in boss.post(page, row, follow=True).content.decode()
    assert clerk.authenticators.exists()
    boss.post(page, {**row, "reason": "手机丢失"})
    assert not clerk.authenticators.exists() and not is_in(theirs)
    assert "手机丢失" in SignIn.objects.get(kind="factor_removed").note
    assert is_in(browser(clerk))


def test_a_command_helps_the_only_admin(clerk: User) -> None:
    with_app(clerk)
    call_command("reset_second_factor", clerk.username, "手机丢失", stdout=StringIO())
    assert is_in(browser(clerk))
    with pytest.raises(CommandError, match="没有启用"):
        call_command("reset_second_factor", clerk.username, "手机丢失")


def test_the_admin_site_shows_no_secret(clerk: User, boss: Client) -> None:
    with_app(clerk)
    for model in ("authenticator", "passkey", "recoverycode"):
        assert boss.get(f"/admin/accounts/{model}/").status_code == 404


def test_it_costs_a_page_no_query(clerk: User, boss: Client, clock: Clock, django_assert_num_queries: Any) -> None:
    require("finance", boss)
    client = browser(with_app(clerk))
    send(client, clock.code())
    with django_assert_num_queries(2):
        client.get("/password/")


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id":"x"}', "\0", "x" * 5000, '{"rawId": 7, "response": {}}']
)
def test_a_forged_answer_of_a_passkey_is_refused(clerk: User, settings: Any, answer: str) -> None:
    settings.SITE_URL = "https://orders.example.com"
    client = browser(clerk)
    client.get("/factors/passkey/")
    given = {"name": "电脑", "password": PASSWORD, "answer": answer}
    assert client.post("/factors/passkey/", given).status_code == 422
    waiting = browser(with_app(clerk))
    assert waiting.post("/login/second/", {"answer": answer}).status_code in (200, 422)
    assert not is_in(waiting)


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://192.0.2.1", "http://orders.example.com"])
def test_without_a_domain_there_are_no_passkeys(clerk: User, settings: Any, site: str) -> None:
    settings.SITE_URL = site
    client = browser(clerk)
    assert "通行密钥需要以 https 域名访问" in client.get("/factors/").content.decode()
    assert client.get("/factors/passkey/")["Location"] == "/factors/"
