"""One order through all hands, in the browser, on the real stack; every gate once seen shut (issue 7, done when 1)."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.hands import day, number_on, type_order
from tests.browser.office import Office, press


@pytest.fixture(scope="session")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the scanner makes of a signed paper."""
    path = tmp_path_factory.mktemp("scans") / "回传件.png"
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    path.write_bytes(picture.getvalue())
    return path


@dataclass
class Chain:
    """An order on its way, each step done on the page of the one who owes it."""

    office: Office
    scan: Path
    number: str = ""
    shipment: str = ""

    def enter(self, customer: str) -> None:
        page = self.office.open("sales", "/orders/new/")
        type_order(page, customer)
        expect(page.locator("[name=lines-0-price]")).to_have_value("10")
        expect(page.locator("[data-total]")).to_contain_text("1,000.00")
        page.get_by_role("button", name="保存并提交审批").click()
        self.number = number_on(page)
        self.stands("待审批")

    def stands(self, state: str, role: str = "customer_service") -> None:
        page = self.office.open(role, f"/orders/{self.number}/")
        expect(page.locator("main").get_by_text(state, exact=True).first).to_be_visible()

    def sign(self) -> None:
        do, order = self.office.do, self.number
        do("customer_service", f"/orders/{order}/check/", "签字：核对无误", text="已对照备忘录与价格表")
        do("technical", f"/production/{order}/technical/", "签字", verdict="can")
        do("technical", f"/production/{order}/material/", "签字", text="原纸库存充足", free="500")
        do("production", f"/production/{order}/dates/", "签字", start_on=day(2), finish_on=day(10))

    def approve(self) -> None:
        page = self.office.open("supervisor", "/approvals/")
        page.get_by_role("link", name=self.number, exact=True).click()
        page.wait_for_url("**/approval/")
        assert press(page, "批准").ok

    def send(self) -> None:
        do, paper = self.office.do, f"/orders/{self.number}/confirmation/"
        do("customer_service", paper, "签字：逐项检查无误", text="逐项无误")
        do("customer_service", paper, "发出确认书", way="fax", to="0512-1234567")
        do("customer_service", paper, "电话确认收到", text="王经理接听，清晰")

    def come_back(self) -> None:
        do, paper = self.office.do, f"/orders/{self.number}/confirmation/"
        page = self.office.open("customer_service", paper)
        signer = page.locator("[name=signer] option").nth(1).get_attribute("value")
        do("customer_service", paper, "登记回传", signer=signer, scan=self.scan)
        do("customer_service", paper, "核验无误")

    def pay(self, amount: str, kind: str, reference: str) -> None:
        page = self.office.open("finance", f"/finance/payments/new/?order={self.number}")
        assert press(page, "登记到账", amount=amount, bank_ref=f"{self.number}-{reference}", kind=kind).ok

    def deposit(self, amount: str) -> None:
        """The money first, then what it is for."""
        page = self.office.open("finance", "/finance/payments/new/")
        facts = {"customer": "K-B", "amount": amount, "bank_ref": f"{self.number}-1", "payer": "苏州金叶"}
        assert press(page, "登记到账", **facts).ok
        page.wait_for_url("**/payments/*/")
        order = page.locator("[name=order] option", has_text=self.number).get_attribute("value")
        assert press(page, "分配", order=order, amount=amount, kind="deposit").ok

    def release(self) -> None:
        self.office.do("customer_service", f"/orders/{self.number}/release/", "下达生产")
        self.stands("生产")

    def document(self, role: str, path: str, title: str) -> str:
        """The words of the paper of that title, found on the page at `path`."""
        page = self.office.open(role, path)
        link = page.get_by_role("link", name=title).first
        return self.office.paper(role, str(link.get_attribute("href")))

    def make(self) -> None:
        do, order = self.office.do, self.number
        do("customer_service", f"/production/{order}/order/", "签字下达")
        do("production", f"/production/{order}/order/", "签收")
        do("production", f"/production/{order}/report/", "报工", good="100", shift="day", reason="当日已签字，补报")

    def batch(self, role: str, work: str) -> str:
        """The address of that work on the order's one batch, as the page links to it."""
        page = self.office.open(role, f"/quality/{self.number}/")
        return str(page.locator(f"main a[href^='/quality/batches/'][href$='/{work}/']").first.get_attribute("href"))

    def inspect(self) -> None:
        do, fine = self.office.do, dict.fromkeys(("quantity_ok", "appearance_ok", "packaging_ok", "label_ok"), True)
        facts = {"sample_size": 5, "measured": "宽 80.1 mm，长 50.2 m", "verdict": "passed", **fine}
        do("quality", self.batch("quality", "inspect"), "检验", **facts)
        do("customer_service", self.batch("customer_service", "countersign"), "会签", **fine)
        do("quality", self.batch("quality", "receive"), "入库")

    def draft(self) -> None:
        page = self.office.do("customer_service", f"/shipping/new/?order={self.number}", "保存拟发货")
        page.wait_for_url("**/shipping/*/")
        self.shipment = page.url.rstrip("/").rpartition("/")[2]

    def step(self, role: str, slug: str, button: str, **fields: object) -> None:
        self.office.do(role, f"/shipping/{self.shipment}/{slug}/", button, **fields)

    def clear(self) -> None:
        self.office.do("finance", f"/finance/shipments/{self.shipment}/clear/", "签署款项落实")

    def notice(self) -> None:
        self.step("customer_service", "check", "发货复核签字")
        self.step("customer_service", "notice", "开发货通知单")

    def deliver(self) -> None:
        self.step("warehouse", "repeat", "复述发货条款", to="德邦 张师傅")
        self.step("customer_service", "advice-check", "核对告知书", text="与确认书相符")
        self.step("customer_service", "advice", "发出告知书", way="fax")
        self.step("customer_service", "heard", "电话确认收到告知书", heard="王经理")
        self.step("customer_service", "arrival", "登记到货", remark="完好")
        self.step("customer_service", "receipt", "归档到货回单", paper=self.scan)


def test_an_order_of_a_B_customer_goes_through_all_hands_to_its_end(office: Office, scan: Path) -> None:
    chain = Chain(office, scan)
    do, refused = office.do, office.refused
    chain.enter("K-B")
    order = f"/orders/{chain.number}/"
    work = f"/production/{chain.number}/"
    refused("supervisor", f"{order}approve/", "批准", "客服尚未核对产品编号、规格、单价与付款条件")
    chain.sign()
    chain.approve()
    chain.stands("已审批")
    words = chain.document("customer_service", f"{order}confirmation/", "打开、下载、打印")
    assert "销售部客户订单确认书" in words and "苏州金叶印刷有限公司" in words and "1,000.00" in words
    chain.send()
    refused("customer_service", f"{order}release/", "下达生产", "客户签章的订单确认书尚未收到或未核验")
    chain.come_back()
    refused("customer_service", f"{order}release/", "下达生产", "尚缺定金 300.00 元")
    chain.deposit("300")
    chain.release()
    chain.make()
    chain.inspect()
    do("production", f"{work}report/", "完工报检")
    do("quality", f"/quality/{chain.number}/", "质检合格")
    chain.stands("发货")
    chain.draft()
    loading = {"carrier": "德邦物流", "pieces": "1"}
    dispatch = f"/shipping/{chain.shipment}/dispatch/"
    refused("warehouse", dispatch, "登记发货", "财务尚未对此批货签署「款项落实」", **loading)
    chain.pay("700", "balance", "2")
    chain.clear()
    refused("warehouse", dispatch, "登记发货", "尚无发货通知单", **loading)
    chain.notice()
    do("warehouse", dispatch, "登记发货", **loading)
    story = f"/shipping/{chain.shipment}/"
    assert "苏州金叶印刷有限公司" in chain.document("warehouse", story, "销售发货单")
    assert "德邦物流" in chain.document("customer_service", story, "发货告知书")
    refused("customer_service", f"{order}complete/", "完成", "在途")
    chain.deliver()
    do("customer_service", f"{order}complete/", "完成")
    chain.stands("已完成")


def test_an_order_of_an_A_customer_is_released_before_its_return(office: Office, scan: Path) -> None:
    chain = Chain(office, scan)
    chain.enter("K-A")
    chain.sign()
    chain.approve()
    chain.send()
    chain.release()
    page = office.open("customer_service", f"/orders/{chain.number}/")
    expect(page.locator("main")).to_contain_text("补传签章确认书")
    chain.come_back()
    office.do("customer_service", f"/production/{chain.number}/order/", "签字下达")
    page = office.open("customer_service", f"/orders/{chain.number}/")
    expect(page.locator("main")).not_to_contain_text("补传签章确认书")
