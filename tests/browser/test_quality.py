"""A failed batch through rework, another through concession, and a recall, in the browser (R23)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from catalog.materials import Use, change_needs
from orders.models import Order
from production.actions import making
from production.models import Batch
from quality.actions import inspection
from quality.models import ProductStandard
from tests.browser.floor import Floor
from tests.browser.office import press
from tests.quality.test_standards import in_force
from tests.shop import paper
from tests.stock.test_materials import lot
from tests.stock.test_materials import paper as raw_paper

pytestmark = pytest.mark.django_db(transaction=True)
FINE = dict.fromkeys(("quantity_ok", "appearance_ok", "packaging_ok", "label_ok"), True)
WIDTHS = "80 80.1 79.9 80 80 80.2 79.8 80"


@pytest.fixture
def floor(browser: Browser, live_server: Any) -> Iterator[Floor]:
    found = Floor(browser, live_server.url)
    yield found
    found.close()


def judged(floor: Floor, batch: Batch, bad: int, **given: Any) -> None:
    """Every width measured, `bad` pieces found wrong by their looks, and a photo taken."""
    width, looks = ProductStandard.objects.get().items.order_by("position")
    seen = {f"item{width.pk}": WIDTHS, f"bad{looks.pk}": bad, "photos": photo()}
    page = floor.of("quality", f"/quality/batches/{batch.pk}/inspect/")
    assert press(page, "检验", **{**seen, **FINE, **given}).ok


def photo() -> FilePayload:
    taken = paper("端面.png")
    return {"name": "端面.png", "mimeType": "image/png", "buffer": taken.read()}


def taken_in(floor: Floor, batch: Batch) -> None:
    assert press(floor.of("customer_service", f"/quality/batches/{batch.pk}/countersign/"), "会签", **FINE).ok
    assert press(floor.of("quality", f"/quality/batches/{batch.pk}/receive/"), "入库").ok


def test_a_failed_batch_is_worked_over_and_another_is_conceded_once_signed_for(floor: Floor) -> None:
    works, order = floor.works, floor.order
    in_force(works)
    rows = [making.Made(row.line_id, row.to_make) for row in order.revision.lines.all()]  # type: ignore[union-attr]
    making.report_made(order, by=works.who["production"], rows=rows)
    first, second = Batch.objects.filter(line__order=order).order_by("pk")
    judged(floor, first, 4, verdict="rework", reason="端面不齐，重新复卷", appearance_ok=False)
    page = floor.of("production", f"/quality/{order.number}/")
    expect(page.locator("main")).to_contain_text("返工")
    page.get_by_role("link", name="返工登记").click()
    assert press(page, "返工登记", hours="1.5", text="重新复卷，端面齐").ok
    judged(floor, first, 0, verdict="passed", measured="复卷后端面齐")
    taken_in(floor, first)
    page = floor.of("production", f"/quality/batches/{first.pk}/")
    expect(page.locator("main .photos img")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("80.2")
    judged(floor, second, 2, verdict="conceded", reason="色差轻微", appearance_ok=False)
    page = floor.of("marketing_director", f"/quality/batches/{second.pk}/concede/")
    assert press(page, "批准让步接收", text="客户书面同意").ok
    page = floor.of("customer_service", f"/quality/{order.number}/")
    expect(page.locator("main")).to_contain_text(f"{works.who['marketing_director'].name} 批准")
    taken_in(floor, second)
    assert press(floor.of("production", f"/production/{order.number}/report/"), "完工报检").ok
    assert press(floor.of("quality", f"/quality/{order.number}/"), "质检合格").ok
    assert Order.objects.get(pk=order.pk).state == "SHIPPING"


def test_a_bad_lot_of_paper_is_asked_after_and_names_every_customer(floor: Floor) -> None:
    works = floor.works
    material = raw_paper()
    change_needs(works.product, by=works.who["technical"], uses=[Use(material, Decimal(1))])
    bad, order = lot(material, "60"), works.in_work(works.line("50"))
    page = floor.of("warehouse", f"/production/{order.number}/issue/")
    assert press(page, "登记发料").ok
    works.make(order)
    making.finish(order, by=works.who["production"])
    inspection.pass_quality(order, by=works.who["quality"])
    if not order.revision.returns.exists():  # type: ignore[union-attr]
        works.returned(order.revision)
    works.pay_rest(order)
    gone = works.delivered(works.shipment(works.fresh(order)))
    page = floor.of("quality", "/quality/trace/")
    page.get_by_placeholder("原材料批号").fill(bad.number)
    page.keyboard.press("Enter")
    main = page.locator("main")
    expect(main).to_contain_text("已发给 1 家客户")
    expect(main).to_contain_text(works.customer.name)
    expect(main).to_contain_text(gone.number)
