"""自提 on a phone at the gate: from the shipment's page to the signature, with a shortage noted (R34)."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from orders.models import Shipment
from shipping.models import Receipt
from tests.browser.floor import Screens
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


def photo(folder: Path) -> Path:
    taken = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(taken, "JPEG")
    path = folder / "提货单.jpg"
    path.write_bytes(taken.getvalue())
    return path


def test_goods_are_loaded_counted_and_signed_for_on_a_phone(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "100"), way="pickup")
    screens = Screens(browser, live_server.url, yard.who)
    page = screens.of("warehouse", shipment.get_absolute_url())
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="登记发货").first.click()
    page.fill("[name=driver]", "马师傅")
    expect(page.locator("[name=carrier]")).to_have_count(0)
    page.get_by_role("button", name="登记发货", exact=True).click()
    page.locator("a.btn-primary", has_text="自提签收").click()
    expect(page.locator("[name=signer]")).to_have_value("马师傅")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("[name^='q-']").fill("99")
    page.fill("[name=document]", "123X")
    page.select_option("[name=condition]", "short")
    page.fill("[name=remark]", "缺 1 卷")
    page.set_input_files("[name=paper]", photo(tmp_path))
    page.get_by_role("button", name="自提签收", exact=True).click()
    expect(page.locator("main")).to_contain_text("自提签收")
    expect(page.locator(".messages")).to_contain_text("已签收")
    screens.close()
    assert Shipment.objects.get().state == "signed"
    assert "缺 1 卷" in Receipt.objects.get().remark
