"""Log-in, log-out, password and lock-out."""

import pytest
from django.test import Client

from accounts.models import User
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "Zhi-Zhang-2026"


@pytest.fixture
def clerk() -> User:
    user = person("customer_service", name="李敏")
    user.username = "limin"
    user.set_password(PASSWORD)
    user.save()
    return user


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


def test_five_wrong_passwords_close_the_account_for_a_while(client: Client, clerk: User):
    for _ in range(5):
        answer = log_in(client, "wrong")
    assert answer.status_code == 429 and "登录已暂停" in answer.content.decode()
    assert log_in(client).status_code == 429


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
