"""From a quote over contract, deposit, balance, a scan on a phone and the receipt's photo to the invoice and the
closed file — in the browser, on the real stack (issue 10)."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hands import day, number_on
from tests.browser.office import Office, press
from tests.browser.test_whole_chain import Chain, scan

__all__ = ["scan"]

PHONE = {"width": 390, "height": 844}


def unfold(office: Office, role: str, path: str, label: str, **fields: object) -> Page:
    """Open the folded form of that label and send it."""
    page = office.open(role, path)
    page.locator("summary", has_text=label).first.click()
    answer = press(page, label, **fields)
    assert answer.ok, f"{role} {path} {label}: {answer.status} {page.locator('main').inner_text()[:2000]}"
    return page


def quoted(office: Office) -> str:
    """A quote whose cost nobody has said: agreed to by the marketing director, sent, accepted."""
    page = office.open("sales", "/quotes/new/")
    page.fill("[name=customer]", "K-Q")
    page.fill("[name=payment_terms]", "定金 30%，余款发货前付清")
    page.select_option("[name=lines-0-product]", index=1)
    page.fill("[name=lines-0-quantity]", "100")
    page.fill("[name=lines-0-price]", "9.6")
    page.get_by_role("button", name="保存报价").click()
    page.wait_for_url("**/quotes/BJ-*/")
    here = "/quotes/" + page.url.rstrip("/").rpartition("/")[2] + "/"
    expect(page.locator("main")).to_contain_text("须经主管同意")
    office.do("sales", here, "请主管过目")
    unfold(office, "marketing_director", here, "同意此毛利", reason="新产品试单")
    unfold(office, "sales", here, "报出", way="print")
    unfold(office, "sales", here, "客户接受", answer="王经理邮件接受")
    return here


def contracted(office: Office, quote: str, signed: Path) -> None:
    """Drafted in one click, reviewed by finance and legal, in force with the signed copy."""
    page = office.open("customer_service", quote)
    page.get_by_role("button", name="起草合同").click()
    page.wait_for_url("**/contracts/*/")
    here = "/contracts/" + page.url.rstrip("/").rpartition("/")[2] + "/"
    expect(page.locator("main")).to_contain_text("定金")
    office.do("customer_service", here, "请财务、法务评审")
    unfold(office, "finance", here, "财务评审", agreed="yes", text="定金与余款合适")
    unfold(office, "legal", here, "法务评审", agreed="yes", text="条款齐备")
    page = unfold(office, "customer_service", here, "签回归档，合同生效", scan=signed)
    expect(page.locator("main")).to_contain_text("查看")


def ordered(office: Office, quote: str) -> str:
    """One click makes the draft; what the confirmation still asks for is typed into it."""
    page = office.open("sales", quote)
    page.get_by_role("button", name="生成订单").click()
    number = number_on(page)
    page = office.open("sales", f"/orders/{number}/edit/")
    expect(page.locator("[name=lines-0-price]")).to_have_value("9.6")
    page.fill("[name=requested_on]", day(20))
    for name in ("contact", "address", "delivery_way", "freight", "invoice_kind"):
        page.select_option(f"[name={name}]", index=1)
    page.get_by_role("button", name="保存并提交审批").click()
    page.wait_for_url(f"**/orders/{number}/")
    return number


def test_from_quote_to_closed_file(office: Office, scan: Path) -> None:
    quote = quoted(office)
    contracted(office, quote, scan)
    chain = Chain(office, scan, ordered(office, quote))
    chain.stands("待审批")
    chain.sign()
    chain.approve()
    chain.send()
    chain.come_back()
    chain.pay("288", "deposit", "1")
    chain.release()
    chain.make()
    chain.inspect()
    office.do("production", f"/production/{chain.number}/report/", "完工报检")
    office.do("quality", f"/quality/{chain.number}/", "质检合格")
    chain.draft()
    chain.pay("672", "balance", "2")
    chain.clear()
    chain.notice()

    phone = office.window("warehouse")
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    phone.goto(f"{office.stack.url}/shipping/{chain.shipment}/pick/")
    code = phone.locator("main table b").first.inner_text()
    phone.fill("[name=code]", "P-0000")
    # The page stays and sends each code by itself.
    with phone.expect_response(lambda answer: answer.request.method == "POST") as refused:
        phone.keyboard.press("Enter")
    assert refused.value.status == 409
    expect(phone.locator("main")).to_contain_text("没有托盘")
    phone.fill("[name=code]", code)
    phone.keyboard.press("Enter")  # as a keyboard-wedge does
    expect(phone.locator("main")).to_contain_text("全部扫齐")
    phone.context.close()

    chain.step("warehouse", "dispatch", "登记发货", carrier="德邦物流", pieces="1")
    chain.deliver()
    office.do("customer_service", f"/orders/{chain.number}/complete/", "完成")
    file = f"/orders/{chain.number}/file/"
    expect(office.open("customer_service", file).locator("main")).to_contain_text("缺 3 项")
    invoices = f"/finance/orders/{chain.number}/invoices/"
    office.do("sales", invoices, "申请开票", amount="960")
    page = office.open("finance", invoices)
    page.get_by_role("link", name="开票", exact=True).last.click()
    page.wait_for_url("**/finance/invoices/requests/*/")
    assert press(page, "登记发票", number="26312000001234567890", issued_on=day(0)).ok
    page = office.open("customer_service", f"/shipping/handover/?month={day(0)[:7]}")
    page.locator("tr", has_text=chain.shipment).get_by_role("checkbox").check()
    assert press(page, "登记收到选中的").ok
    office.do("production", f"/production/daily/{day(0)}/", "签字并出日报")
    expect(office.open("customer_service", file).locator("main")).to_contain_text("卷宗齐全")
