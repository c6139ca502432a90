"""Log-in, log-out and password; what guessing costs is in test_guessing.py."""

import pytest
from django.test import Client

from accounts.models import User
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"


@pytest.fixture
def clerk() -> User:
    return person("customer_service", name="李敏", username="limin", password=PASSWORD)


def log_in(client: Client, password: str = PASSWORD, **extra: str):
    return client.post("/login/", {"username": "limin", "password": password, **extra})


def test_who_is_not_logged_in_is_asked_to(client: Client):
    assert client.get("/styleguide/")["Location"] == "/login/?next=/styleguide/"


def test_the_right_password_leads_to_the_page_asked_for(client: Client, clerk: User):
    assert log_in(client, next="/password/")["Location"] == "/password/"
    assert client.get("/password/").status_code == 200


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//evil", "https:evil", "/\\evil"])
def test_b17_log_in_leads_to_no_other_site(client: Client, clerk: User, address: str):
    assert log_in(client, next=address)["Location"] == "/"


def test_a_wrong_password_does_not_tell_whether_the_name_exists(client: Client, clerk: User):
    wrong = log_in(client, "wrong").content.decode()
    unknown = client.post("/login/", {"username": "nobody", "password": "wrong"}).content.decode()
    assert "用户名或密码不正确" in wrong and "用户名或密码不正确" in unknown


@pytest.mark.parametrize("length", [151, 255, 300, 100_000])
def test_a_name_or_password_that_is_too_long_is_refused_beside_its_field(client: Client, clerk: User, length: int):
    answer = client.post("/login/", {"username": "x" * length, "password": "y" * length})
    assert answer.status_code == 200
    assert {name: error.as_text() for name, error in answer.context["form"].errors.items()} == {
        "username": "* 不能超过 150 个字符。",
        "password": "* 不能超过 128 个字符。",
    }


@pytest.mark.parametrize("name", ["a\0b", "ﬁ" * 140, "👩‍🏭", "limin' OR 1=1 --", "％00", " limin\r\n"])
def test_an_odd_name_is_answered_in_words(client: Client, clerk: User, name: str):
    answer = client.post("/login/", {"username": name, "password": "x\0y"})
    assert answer.status_code == 200 and answer.context["form"].errors


def test_an_inactive_person_does_not_get_in(client: Client, clerk: User):
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert log_in(client).status_code == 200


def test_log_out_is_by_post_only(client: Client, clerk: User):
    client.force_login(clerk)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/password/").status_code == 302


def test_one_changes_ones_own_password(client: Client, clerk: User):
    client.force_login(clerk)
    new = "Fu-Juan-2027"
    answer = client.post(
        "/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}, follow=True
    )
    assert "密码已修改" in answer.content.decode()
    assert User.objects.get(pk=clerk.pk).check_password(new)


def test_a_weak_password_is_refused_in_chinese(client: Client, clerk: User):
    client.force_login(clerk)
    answer = client.post("/password/", {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"})
    assert "密码" in answer.content.decode() and User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_a_logged_in_person_is_not_asked_again(client: Client, clerk: User):
    client.force_login(clerk)
    assert client.get("/login/").status_code == 302
