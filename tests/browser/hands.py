"""What hands type into the order entry page."""

from datetime import timedelta

from playwright.sync_api import Page

from tests.shop import today


def day(offset: int) -> str:
    return str(today() + timedelta(offset))


def type_order(page: Page, customer: str, quantity: str = "100") -> None:
    """Everything that an order needs, typed into the open entry page; price and unit come from the list."""
    page.fill("[name=customer]", customer)
    page.locator(".picks [role=option]", has_text=customer).click()
    page.locator("[name=contact] option").nth(1).wait_for(state="attached")
    page.fill("[name=caller]", "王经理")
    page.fill("[name=words]", "要一百卷热敏标签纸，月底前到")
    page.check("[name=read_back]")
    page.fill("[name=requested_on]", day(20))
    for name in ("contact", "address", "delivery_way", "freight", "invoice_kind"):
        page.select_option(f"[name={name}]", index=1)
    page.fill("[name=payment_terms]", "款到发货")
    page.fill("[name=lines-0-product]", "热敏")
    page.locator(".picks [role=option]").first.click()
    page.fill("[name=lines-0-quantity]", quantity)
    page.keyboard.press("Tab")


def number_on(page: Page) -> str:
    page.wait_for_url("**/orders/SO-*/")
    return page.url.rstrip("/").rpartition("/")[2]
