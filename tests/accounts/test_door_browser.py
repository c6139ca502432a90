"""The door as a browser meets it: a passkey of its own, and nothing left to see after the log-out."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "Zhi-Zhang-2026"


@pytest.fixture
def clerk() -> User:
    return person("customer_service", name="李敏", username="limin", password=PASSWORD)


@pytest.fixture
def window(page: Any, live_server: Any, settings: Any) -> Any:
    """A browser with an authenticator of its own, on the domain of the site."""
    settings.SITE_URL = page.url_of = live_server.url.replace("127.0.0.1", "localhost")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    given = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**given, **more}})
    return page


def log_in(page: Any) -> None:
    page.goto(f"{page.url_of}/login/")
    page.fill("[name=username]", "limin")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()


def log_out(page: Any) -> None:
    page.locator(".side").get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login/")


def test_a_passkey_is_made_and_then_asked_for(window: Any, clerk: User) -> None:
    log_in(window)
    window.goto(f"{window.url_of}/factors/passkey/")
    window.fill("[name=password]", PASSWORD)
    window.get_by_role("button", name="添加", exact=True).click()
    expect(window.locator("main")).to_contain_text("请现在保存")
    log_out(window)
    log_in(window)
    window.get_by_role("button", name="使用通行密钥").click()
    window.wait_for_url(f"{window.url_of}/")
    assert clerk.passkeys.get().used_at
    assert clerk.sessions.count() == 1


def test_going_back_after_the_log_out_shows_nothing(window: Any, clerk: User) -> None:
    log_in(window)
    window.goto(f"{window.url_of}/sessions/")
    log_out(window)
    window.go_back()
    expect(window.locator("main h1")).to_have_text("登录")
    assert "登录设备" not in window.content()
