"""The bell in a real browser: it counts without reload, rests while nobody looks, slows down without an answer."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from documents.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = 60_000


def told(user: Any, number: int) -> None:
    Notice.objects.create(recipient=user, key=f"n{number}", text="订单 SO-1 已批准", created_at=timezone.now())


@pytest.fixture
def asked(admin_page: Any, live_server: Any) -> list[str]:
    """The home page with a clock of the test's own; what the bell asked for."""
    found: list[str] = []
    admin_page.on("request", lambda request: found.append(request.url) if request.url.endswith("/bell/") else None)
    admin_page.clock.install()
    admin_page.goto(f"{live_server.url}/")
    admin_page.wait_for_load_state("networkidle")
    return found


def count_of(page: Any) -> Any:
    return page.locator(".side .bell .count")


def test_a_new_notice_rings_without_reload(admin_page: Any, asked: list[str]) -> None:
    assert count_of(admin_page).is_hidden()
    told(admin_page.person, 1)
    admin_page.clock.run_for(31_000)
    expect(count_of(admin_page)).to_have_text("1")
    assert admin_page.locator(".side .bell").get_attribute("aria-label") == "消息，1 条新"
    assert admin_page.errors == []


def test_it_rests_while_the_page_is_hidden_and_asks_at_once_when_it_is_back(admin_page: Any, asked: list[str]) -> None:
    see = "document.dispatchEvent(new Event('visibilitychange'))"
    admin_page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {see}")
    before = len(asked)
    admin_page.clock.run_for(10 * MINUTE)
    assert len(asked) == before
    admin_page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: false, configurable: true}}); {see}")
    admin_page.wait_for_timeout(500)
    assert len(asked) == before + 1


def test_without_an_answer_it_asks_more_and_more_seldom(admin_page: Any, asked: list[str]) -> None:
    admin_page.route("**/bell/", lambda route: route.abort())
    before = len(asked)
    for _ in range(60):
        admin_page.clock.run_for(10_000)
        admin_page.wait_for_timeout(20)
    # Every half minute it would have been twenty times in these ten minutes.
    assert 2 <= len(asked) - before <= 6
