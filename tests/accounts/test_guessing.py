"""Who guesses at passwords waits longer and longer; nobody is locked out by anybody else's guesses."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.models import SignIn, Tries, User
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"
HERE, ELSEWHERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture
def clerk() -> User:
    return with_password("limin")


def with_password(name: str, *roles: str, **facts: Any) -> User:
    return person(*(roles or ("customer_service",)), username=name, password=PASSWORD, **facts)


class Clock:
    def __init__(self) -> None:
        self.moment = timezone.now()

    def now(self) -> datetime:
        return self.moment

    def passes(self, **time: int) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr("accounts.limits.timezone", clock)
    yield clock


WRONG = "wrong"


def guess(name: str = "limin", password: str = WRONG, *, at: str = HERE, by: Client | None = None) -> Any:
    return (by or Client()).post("/login/", {"username": name, "password": password}, REMOTE_ADDR=at)


def used_device(name: str = "limin") -> Client:
    """A browser on which that person has logged in before."""
    client = Client()
    assert guess(name, PASSWORD, by=client).status_code == 302
    client.post("/logout/")
    return client


def said(answer: Any) -> str:
    return "".join(answer.context["form"].non_field_errors())


def test_guesses_wait_longer_and_longer_and_are_told_how_long(clerk: User, clock: Clock) -> None:
    first = [guess() for _ in range(6)]
    assert {answer.status_code for answer in first} == {200}
    assert said(first[-1]) == "用户名或密码不正确，请重新输入（注意大小写）。连续输错较多，请在 30 秒后再试。"
    refused = guess(password=PASSWORD)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert said(refused) == "尝试次数过多，请在 30 秒后再试。"
    waits = []
    for seconds in (30, 60, 120, 240):
        clock.passes(seconds=seconds)
        guess()
        waits.append(guess()["Retry-After"])
    assert waits == ["60", "120", "240", "480"]
    clock.passes(hours=3)
    assert guess(password=PASSWORD).status_code == 302


def test_a_refused_guess_hashes_nothing_and_changes_nothing(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        guess()
    before = list(Tries.objects.order_by("key").values()), SignIn.objects.count()
    monkeypatch.setattr("django.contrib.auth.hashers.check_password", lambda *_: pytest.fail("hashed"))
    for _ in range(50):
        assert guess().status_code == 429
    assert (list(Tries.objects.order_by("key").values()), SignIn.objects.count()) == before


def test_a_right_password_in_between_begins_anew(clerk: User) -> None:
    for _ in range(4):
        for _ in range(5):
            assert guess().status_code == 200
        assert guess(password=PASSWORD).status_code == 302


def test_nobody_is_locked_out_of_a_device_used_before(clerk: User) -> None:
    mine = used_device()
    for at in range(60):
        guess(at=f"198.51.100.{at}")
    for _ in range(10):
        guess()
    assert guess(password=PASSWORD, at="192.0.2.1").status_code == 429
    assert guess(password=PASSWORD, by=mine).status_code == 302


def test_one_address_alone_cannot_make_others_wait(clerk: User) -> None:
    for _ in range(50):
        guess(at=ELSEWHERE)
    assert guess(password=PASSWORD, at=HERE).status_code == 302


def test_a_stolen_device_guesses_as_slowly_as_any(clerk: User) -> None:
    stolen = used_device()
    answers = [guess(by=stolen, at=f"198.51.100.{at}").status_code for at in range(30)]
    assert answers == [200] * 6 + [429] * 24


def test_a_device_is_known_for_its_own_people_only(clerk: User) -> None:
    with_password("wang")
    stranger = used_device("wang")
    answers = [guess("limin", by=stranger).status_code for _ in range(10)]
    assert answers == [200] * 6 + [429] * 4
    assert guess("wang", PASSWORD, by=stranger).status_code == 302


def test_many_names_from_one_address_are_limited(clerk: User) -> None:
    answers = [guess(f"name{at}").status_code for at in range(40)]
    assert answers == [200] * 31 + [429] * 9
    assert guess(password=PASSWORD).status_code == 429
    assert guess(password=PASSWORD, at=ELSEWHERE).status_code == 302


def test_who_sprays_gains_nothing_by_logging_in_to_an_account_of_their_own(clerk: User) -> None:
    with_password("mole")
    answers = []
    for at in range(40):
        answers.append(guess(f"name{at}").status_code)
        guess("mole", PASSWORD)
    assert answers.count(200) == 31


def test_one_name_from_many_addresses_is_limited(clerk: User) -> None:
    answers = [guess(at=f"198.51.100.{at}").status_code for at in range(40)]
    assert answers == [200] * 21 + [429] * 19


@pytest.mark.parametrize("name", ["limin", "nobody"])
def test_a_wait_does_not_tell_whether_the_name_exists(clerk: User, name: str) -> None:
    assert [guess(name).status_code for _ in range(8)] == [200] * 6 + [429] * 2


def test_a_whole_office_behind_one_address_logs_in(clerk: User) -> None:
    for at in range(45):
        with_password(f"colleague{at}")
        assert guess(f"colleague{at}", PASSWORD).status_code == 302


def test_wrong_old_passwords_are_limited_like_any_guess(clerk: User) -> None:
    client = Client(REMOTE_ADDR=HERE)
    client.force_login(clerk)
    new = {"new_password1": "Fu-Juan-2027", "new_password2": "Fu-Juan-2027"}
    answers = [client.post("/password/", {"old_password": f"guess{at}", **new}) for at in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 4
    assert "请在 30 秒后再试" in answers[-1].content.decode()
    assert client.post("/password/", {"old_password": PASSWORD, **new}).status_code == 429
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)
    assert SignIn.objects.filter(kind="password_failed", user=clerk).count() == 6


def test_the_admin_site_has_no_log_in_and_no_password_page_of_its_own(clerk: User) -> None:
    typed = {"username": "limin", "password": PASSWORD, "next": "/admin/"}
    client = Client()
    assert client.post("/admin/login/?next=/admin/", typed)["Location"] == "/login/?next=/admin/"
    assert client.get("/password/").status_code == 302
    client.force_login(clerk)
    assert client.get("/admin/login/").status_code == 403
    client.force_login(person("admin", is_staff=True))
    assert client.post("/admin/password_change/", {"old_password": "x"})["Location"] == "/password/"


def test_reaching_a_limit_is_kept_once_and_an_admin_frees_who_waits(clerk: User) -> None:
    for _ in range(10):
        guess()
    row = SignIn.objects.get(kind="limited")
    assert (row.user, row.ip, row.note) == (clerk, HERE, "此地址的此用户名，须等候 30 秒")
    admin = Client()
    admin.force_login(person("admin", is_staff=True))
    url = reverse("admin:accounts_user_changelist")
    admin.post(url, {"action": "free_log_in", "_selected_action": [clerk.pk]})
    assert guess(password=PASSWORD).status_code == 302
    assert SignIn.objects.filter(kind="freed", user=clerk, by__is_staff=True).count() == 1


def test_old_counts_are_forgotten(clerk: User, clock: Clock) -> None:
    guess()
    clock.passes(days=2)
    guess("somebody")
    assert {row.level for row in Tries.objects.all()} == {1.0} and Tries.objects.count() == 3


def test_a_changed_password_is_kept_whoever_changes_it(clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    new = "Fu-Juan-2027"
    client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    admin = Client()
    admin.force_login(person("admin", is_staff=True))
    url = reverse("admin:accounts_user_change", args=[clerk.pk])
    typed = {"username": "limin", "name": "李敏", "is_active": "on", "password": "Re-Zhi-2028"}
    assert admin.post(url, {**typed, "groups": [clerk.groups.get().pk]}).status_code == 302
    kinds = list(SignIn.objects.filter(user=clerk).order_by("pk").values_list("kind", "by__is_staff"))
    assert kinds == [("password", None), ("password_set", True), ("ended", True)]


def test_the_waits_said_are_whole_and_enough() -> None:
    said = [limits.in_words(timedelta(seconds=each)) for each in (0.2, 29.1, 59.0, 59.5, 61, 120, 899)]
    assert said == [" 1 秒", " 30 秒", " 59 秒", " 1 分钟", " 2 分钟", " 2 分钟", " 15 分钟"]
