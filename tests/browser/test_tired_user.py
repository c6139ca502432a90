"""People who are tired, interrupted or in a hurry: nothing doubles and nothing typed is lost (B1, B5)."""

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import number_on, type_order
from tests.browser.office import Office, press

made = count(1)


@pytest.fixture
def page(office: Office) -> Iterator[Page]:
    """A window of their own, so that a lost session is lost to nobody else."""
    page = office.window("sales")
    yield page
    page.context.close()


@pytest.fixture
def reference() -> str:
    """The customer's own number, by which the order is found again."""
    return f"PO-{next(made)}"


def orders_of(office: Office, page: Page, reference: str) -> int:
    page.goto(f"{office.stack.url}/orders/?q={reference}")
    return page.locator("main tbody a[href*='/orders/SO-']").count()


def entry(office: Office, page: Page, reference: str) -> None:
    page.goto(f"{office.stack.url}/orders/new/")
    type_order(page, "K-B")
    page.fill("[name=customer_reference]", reference)


def test_a_double_click_makes_one_order(office: Office, page: Page, reference: str) -> None:
    entry(office, page, reference)
    page.get_by_role("button", name="保存并提交审批").dblclick()
    number_on(page)
    assert orders_of(office, page, reference) == 1


def test_going_back_and_sending_again_makes_no_second_order(office: Office, page: Page, reference: str) -> None:
    entry(office, page, reference)
    press(page, "保存草稿")
    number_on(page)
    page.go_back()
    # The browser gives back only a part of what was typed.
    type_order(page, "K-B")
    page.fill("[name=customer_reference]", reference)
    answer = press(page, "保存草稿")
    assert answer.ok or "这张表单已经提交过" in page.locator("main").inner_text()
    assert orders_of(office, page, reference) == 1


def test_a_second_tab_that_is_too_old_is_refused_and_keeps_what_was_typed(
    office: Office, page: Page, reference: str
) -> None:
    entry(office, page, reference)
    press(page, "保存草稿")
    address = f"{office.stack.url}/orders/{number_on(page)}/edit/"
    old = page.context.new_page()
    for tab in (page, old):
        tab.goto(address)
    assert press(page, "保存草稿", special="卷芯贴合格证").ok
    answer = press(old, "保存草稿", special="每卷套袋")
    assert answer.status == 409
    expect(old.locator("[name=special]")).to_have_value("每卷套袋")
    expect(old.locator("main")).to_contain_text("卷芯贴合格证")


def test_a_lost_session_gives_the_typed_order_back_after_the_log_in(office: Office, page: Page, reference: str) -> None:
    entry(office, page, reference)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**/login/**")
    office.log_in(page, "sales")
    page.wait_for_url("**/orders/new/")
    expect(page.locator("[name=customer_reference]")).to_have_value(reference)
    expect(page.locator("[name=lines-0-quantity]")).to_have_value("100")
    press(page, "保存草稿")
    number_on(page)
    assert orders_of(office, page, reference) == 1
