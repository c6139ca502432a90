"""A customer with a phone: confirms, is verified, and the order is released, on the real stack (issue 8)."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import PATIENCE, Office, press
from tests.browser.test_whole_chain import Chain


@pytest.fixture
def phone(office: Office) -> Iterator[Page]:
    """Held upright, with a finger for a mouse, logged in nowhere."""
    context = office.browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    yield page
    context.close()


def sent(office: Office) -> Chain:
    """An order whose confirmation is with the customer."""
    chain = Chain(office, Path())
    chain.enter("K-B")
    chain.sign()
    chain.approve()
    chain.send()
    return chain


def address(office: Office, number: str) -> str:
    """As customer service copies it."""
    page = office.open("customer_service", f"/orders/{number}/customer-page/")
    return office.stack.url + urlsplit(page.locator(".portal-address").inner_text()).path


def draw(phone: Page) -> None:
    """A name, with the finger."""
    pad = phone.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 40, box["y"] + 40)
    phone.mouse.down()
    for step in range(1, 9):
        phone.mouse.move(box["x"] + 40 + 25 * step, box["y"] + 40 + 12 * (step % 3))
    phone.mouse.up()


def fits(phone: Page) -> bool:
    return bool(phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_customer_confirms_on_the_phone_and_the_order_is_released(office: Office, phone: Page) -> None:
    chain = sent(office)
    phone.goto(address(office, chain.number))
    assert fits(phone)
    expect(phone.locator("main")).to_contain_text("人民币壹仟元整")
    draw(phone)
    assert press(phone, "确认订单", mobile="13800000000", agreed=True).ok
    expect(phone.locator("main")).to_contain_text("已收到您的确认，我司正在核验")
    office.do("customer_service", f"/orders/{chain.number}/confirmation/", "核验无误")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("订单已确认")
    chain.deposit("300")
    chain.release()
    phone.reload()
    expect(phone.locator("[aria-current=step]")).to_have_text("生产")
    assert fits(phone)


def test_a_double_tap_and_the_way_back_confirm_once(office: Office, phone: Page) -> None:
    chain = sent(office)
    url = address(office, chain.number)
    phone.goto(url)
    for name, value in {"mobile": "13800000000", "signature": "王经理"}.items():
        phone.fill(f"#confirm [name={name}]", value)
    phone.check("[name=agreed]")
    phone.get_by_role("button", name="确认订单").dblclick()
    expect(phone.locator("main")).to_contain_text("已收到您的确认")
    phone.go_back()
    phone.goto(url)
    expect(phone.get_by_role("button", name="确认订单")).to_have_count(0)
    page = office.open("customer_service", f"/orders/{chain.number}/confirmation/")
    expect(page.locator("table", has_text="王经理").first.locator("tbody tr")).to_have_count(1)
