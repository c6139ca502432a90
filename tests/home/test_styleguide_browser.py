"""The style guide in a real browser: readable by everyone, at both widths, and its modules at work."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.django_db(transaction=True)

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def guide(admin_page: Any, live_server: Any) -> Any:
    admin_page.goto(f"{live_server.url}/styleguide/")
    return admin_page


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_nothing_serious(guide: Any, size: dict[str, int]) -> None:
    guide.set_viewport_size(size)
    found = Axe().run(guide).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_nothing_scrolls_sideways(guide: Any, size: dict[str, int]) -> None:
    guide.set_viewport_size(size)
    assert guide.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_scripts_and_policy_get_along(guide: Any) -> None:
    assert guide.errors == []


def test_the_menu_opens_without_a_script_on_a_phone(guide: Any) -> None:
    guide.set_viewport_size(PHONE)
    guide.locator("details.menu summary").click()
    assert guide.get_by_role("navigation", name="菜单").get_by_role("link", name="设计规范").is_visible()


def test_the_slash_key_does_not_disturb_typing(guide: Any) -> None:
    guide.locator("#id_contact").press_sequentially("a/b")
    assert guide.locator("#id_contact").input_value() == "a/b"


def test_amounts_are_counted_exactly_while_typing(guide: Any) -> None:
    guide.locator("[name=lines-0-quantity]").fill("1,000.5")
    guide.locator("[name=lines-0-price]").fill("0.0050")
    assert guide.locator("[data-amount]").first.inner_text() == "¥5.00"
    assert guide.locator("[data-total]").inner_text() == "¥45,545.00"


def test_enter_in_the_last_line_adds_one_and_keeps_the_column(guide: Any) -> None:
    guide.locator("[name=lines-1-quantity]").press("Enter")
    assert guide.evaluate("document.activeElement.name") == "lines-2-quantity"
    assert guide.locator("[name=lines-TOTAL_FORMS]").input_value() == "3"


def test_a_removed_line_is_marked_and_no_longer_counted(guide: Any) -> None:
    guide.locator("[data-remove-row]").first.click()
    assert guide.locator("[name=lines-0-DELETE]").is_checked()
    assert guide.locator("[data-total]").inner_text() == "¥45,540.00"


def test_the_checklist_fills_as_one_types(guide: Any) -> None:
    item = guide.locator("[data-for=contact]")
    assert "待补" in item.text_content()
    guide.locator("#id_contact").fill("王丽华")
    assert "已齐" in item.text_content()


def test_what_was_sent_after_the_session_was_lost_comes_back_after_log_in(guide: Any) -> None:
    guide.locator("#id_contact").fill("王丽华")
    guide.locator("[name=lines-1-quantity]").press("Enter")
    guide.locator("[name=lines-2-product]").fill("合成纸")
    guide.context.clear_cookies(name="sessionid")
    guide.locator("form[data-draft]").evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    guide.locator("[name=username]").fill(guide.person.username)
    guide.locator("[name=password]").fill(guide.password)
    guide.get_by_role("button", name="登录").click()
    guide.get_by_text("已恢复您上次填写").wait_for()
    assert guide.locator("#id_contact").input_value() == "王丽华"
    assert guide.locator("[name=lines-2-product]").input_value() == "合成纸"


def test_a_draft_is_gone_after_log_out(guide: Any) -> None:
    guide.locator("#id_contact").fill("王丽华")
    guide.wait_for_timeout(500)
    guide.locator(".side").get_by_role("button", name="退出登录").click()
    guide.locator("[name=username]").wait_for()
    assert "王丽华" not in guide.evaluate("JSON.stringify(sessionStorage)")


def test_a_draft_is_restored_with_a_notice_and_can_be_dropped(guide: Any) -> None:
    guide.locator("#id_contact").fill("王丽华")
    guide.wait_for_timeout(500)
    guide.on("dialog", lambda dialog: dialog.accept())
    guide.goto(guide.url)
    assert guide.locator("#id_contact").input_value() == "王丽华"
    with guide.expect_navigation():
        guide.get_by_role("button", name="放弃").click()
    guide.wait_for_timeout(500)
    assert guide.locator("#id_contact").input_value() == ""
