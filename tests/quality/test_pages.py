"""The pages of quality: a batch from inspection to stock, and who is let in."""

from typing import Any

import pytest
from django.urls import reverse

from production.models import Batch
from quality.actions import conceding, inspection
from quality.models import Inspection
from stock.models import Pallet
from tests.production.test_pages import signed_in
from tests.production.works import Works, line_of
from tests.quality.test_inspection import shipment
from tests.shop import paper as picture

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"quality:{name}", args=args)


def test_a_batch_goes_through_inspection_countersignature_receipt_and_pass() -> None:
    works = Works()
    order, batch = works.finished()
    quality, clerk = signed_in(works.who["quality"]), signed_in(works.who["customer_service"])
    ticks = dict.fromkeys(("quantity_ok", "appearance_ok", "packaging_ok", "label_ok"), "on")
    data = {"sample_size": "5", "measured": "80.0 mm", "verdict": "passed", "scrap": "0", **ticks}
    assert quality.get(url("inspect", batch.pk)).status_code == 200
    assert quality.post(url("inspect", batch.pk), {**data, "label_ok": ""}).status_code == 409
    assert quality.post(url("inspect", batch.pk), data).status_code == 302
    assert "80.0 mm" in clerk.get(url("countersign", batch.pk)).content.decode()
    assert clerk.post(url("countersign", batch.pk), {"note": ""}).status_code == 409
    assert clerk.post(url("countersign", batch.pk), {"note": "", **ticks}).status_code == 302
    assert 'value="100"' in quality.get(url("receive", batch.pk)).content.decode()
    rows = {
        "pallets-TOTAL_FORMS": "2",
        "pallets-INITIAL_FORMS": "1",
        "pallets-0-quantity": "60",
        "pallets-0-pieces": "3",
        "pallets-1-quantity": "40",
        "pallets-1-pieces": "2",
    }
    assert quality.post(url("receive", batch.pk), {**rows, "pallets-1-quantity": "x"}).status_code == 422
    assert quality.post(url("receive", batch.pk), rows).status_code == 302
    assert Pallet.objects.count() == 2
    assert quality.post(url("pass_quality", order.number)).status_code == 302
    assert works.fresh(order).state == "SHIPPING"


def test_a_concession_is_refused_asked_again_and_approved_on_its_pages() -> None:
    works = Works()
    order, batch = works.finished()
    chief, clerk = signed_in(works.who["cs_supervisor"]), signed_in(works.who["customer_service"])
    works.inspect(batch, "conceded")
    assert "批准让步" in chief.get(url("index")).content.decode()
    assert chief.post(url("refuse_concession", batch.pk), {"reason": "客户不收"}).status_code == 302
    works.inspect(batch, "conceded")
    assert chief.post(url("concede", batch.pk), {"text": "客户同意"}).status_code == 302
    assert works.who["cs_supervisor"].name in clerk.get(url("batches", order.number)).content.decode()
    assert clerk.post(url("refuse_countersign", batch.pk), {"reason": "标签不清"}).status_code == 302
    batch.refresh_from_db()
    assert batch.status == "waiting"


def test_a_batchs_page_keeps_every_inspection_with_what_was_found_and_who_signed() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, photos=[picture("卷面.png")])
    conceding.refuse_countersign(batch, by=works.who["customer_service"], reason="箱标不清")
    works.judge(Batch.objects.get(pk=batch.pk))
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="量具未校准")
    works.inspect(Batch.objects.get(pk=batch.pk), "rework", reason="端面不齐")
    works.rework(Batch.objects.get(pk=batch.pk), text="重新复卷")
    said = signed_in(works.who["production"]).get(url("batch", batch.pk)).content.decode()
    for words in ("箱标不清", "量具未校准", "端面不齐", "重新复卷", "卷面.png", f"JY-{batch.number}"):
        assert words in said, words
    assert "¥" not in said
    for role, page in (("sales", url("batches", order.number)), ("technical", order.get_absolute_url())):
        assert url("batch", batch.pk) in signed_in(works.who[role]).get(page).content.decode()


def test_withdrawing_scrapping_and_sending_back_have_their_pages() -> None:
    works = Works()
    order, _ = works.passed()
    client = signed_in(works.who["quality"])
    goods = f"{order.lines.get().pk}-{Pallet.objects.get().pk}"
    answer = client.post(url("scrap", order.number), {"goods": goods, "quantity": "5", "reason": "受潮"})
    assert answer.status_code == 302
    assert line_of(order).scrapped == 5
    _, again = works.passed()
    assert client.post(url("withdraw", again.pk), {"reason": "复检"}).status_code == 302
    assert Inspection.objects.get(batch=again).withdrawal is not None
    third, _ = works.finished()
    assert client.post(url("rework", third.number), {"reason": ""}).status_code == 422
    assert client.post(url("rework", third.number), {"reason": "贴错"}).status_code == 302
    assert works.fresh(third).state == "PRODUCTION"


def test_the_outgoing_check_is_signed_on_its_page() -> None:
    works = Works()
    order, _ = works.passed()
    going = shipment(works, order, from_stock=True)
    client = signed_in(works.who["quality"])
    assert going.number in client.get(url("index"), {"shelf": "outgoing"}).content.decode()
    ticks = dict.fromkeys(("lot_ok", "shelf_ok", "packing_ok", "label_ok"), "on")
    assert client.post(url("outgoing", going.number), ticks).status_code == 302
    assert "出库复检已签字" in signed_in(works.who["warehouse"]).get(url("outgoing", going.number)).content.decode()


@pytest.mark.parametrize(
    ("slug", "role"),
    [("inspect", "production"), ("countersign", "quality"), ("receive", "warehouse"), ("withdraw", "sales")],
)
def test_a_batchs_forms_are_closed_to_others(slug: str, role: str) -> None:
    works = Works()
    _, batch = works.finished()
    assert signed_in(works.who[role]).get(url(slug, batch.pk)).status_code == 403
