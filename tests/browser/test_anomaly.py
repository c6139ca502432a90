"""An anomaly from raising to closing, by the roles, in the browser (R21; issue 9, done when 1)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from production.models import Anomaly
from tests.browser.floor import Floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """What the machine's operator took with the phone."""
    paths = []
    for name, colour in (("机台.jpg", "grey"), ("断带.jpg", "brown")):
        picture = io.BytesIO()
        Image.new("RGB", (320, 240), colour).save(picture, "JPEG")
        paths.append(tmp_path / name)
        paths[-1].write_bytes(picture.getvalue())
    return paths


@pytest.fixture
def floor(browser: Browser, live_server: Any) -> Iterator[Floor]:
    found = Floor(browser, live_server.url)
    yield found
    found.close()


def test_an_anomaly_goes_from_raising_to_closing_by_the_roles(floor: Floor, photos: list[Path]) -> None:
    order = floor.order
    # Production, from the order's own page: one click, then what is wrong, two lines and two photos.
    page = floor.of("production", f"/orders/{order.number}/")
    page.get_by_role("link", name="报告异常").first.click()
    page.get_by_label("类别").select_option("machine")
    for box in page.get_by_role("group", name="订单行").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("情况").fill("分切机断带，预计停机四小时")
    page.set_input_files("[name=photos]", photos)
    page.get_by_role("button", name="报告异常").click()
    expect(page.locator("h1")).to_contain_text("设备异常")
    expect(page.locator("main img")).to_have_count(2)
    here = f"/production/{order.number}/anomalies/{Anomaly.objects.get().pk}/"

    # Customer service passes it on; until a plan is agreed production cannot finish.
    page = floor.of("customer_service", here)
    page.get_by_role("link", name="转报").click()
    page.get_by_label("转报说明").fill("客户周五到货，最多让一天")
    page.get_by_role("button", name="转报").click()
    expect(page.locator("main")).to_contain_text("客户周五到货")
    expect(floor.of("production", f"/production/{order.number}/report/").locator("main")).to_contain_text("处理方案")

    # The one writes the plan, the other agrees.
    page = floor.of("cs_supervisor", here)
    page.get_by_role("link", name="定方案").click()
    page.get_by_label("处理方案").fill("改用二号机，加班补足")
    page.get_by_role("button", name="处理方案").click()
    expect(page.locator("main")).to_contain_text("方案待同意")
    expect(page.get_by_role("button", name="同意方案")).to_have_count(0)
    page = floor.of("marketing_director", here)
    page.get_by_role("button", name="同意方案").click()
    expect(page.locator("main")).to_contain_text("方案已定")

    # The customer's answer, then the end.
    page = floor.of("customer_service", here)
    page.get_by_role("link", name="登记客户答复").click()
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("客户答复人").fill("王经理")
    page.locator("[name=text]").fill("可以，周六到")
    page.get_by_role("button", name="客户答复").click()
    expect(page.locator("main")).to_contain_text("客户同意方案")
    page = floor.of("production", here)
    page.get_by_role("link", name="关闭").click()
    page.get_by_label("处理结果").fill("已补足，首检合格")
    page.get_by_role("button", name="关闭异常").click()
    expect(page.locator("main")).to_contain_text("已解决")
    assert Anomaly.objects.get().closed_by == floor.works.who["production"]
