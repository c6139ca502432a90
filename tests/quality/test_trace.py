"""追溯: a delivered pallet back to batch, inspection, machine and shift; a batch on to every customer."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.materials import Use, change_needs
from orders.models import Order, Shipment
from production.actions import making
from production.actions.issuing import Issue, issue_material, return_material
from production.models import Batch, MaterialUse
from quality import trace
from quality.actions import inspection
from quality.trace import safe
from stock.models import MaterialLot, Pallet
from tests.shop import Shop
from tests.stock.test_materials import lot, paper

pytestmark = pytest.mark.django_db
PAGE = "/quality/trace/"


def shown(shop: Shop, number: str, role: str = "quality", **more: str) -> str:
    client = Client()
    client.force_login(shop.who[role])
    answer = client.get(PAGE, {"q": number, **more})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return bytes(body).decode()


def delivered() -> tuple[Shop, Shipment, Batch]:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.delivered(shop.shipment(order))
    return shop, shipment, Batch.objects.get(line__order=order)


def test_a_pallet_a_note_and_a_batch_all_lead_to_the_batch_and_its_customer() -> None:
    shop, shipment, batch = delivered()
    for number in (Pallet.objects.get().number, shipment.number, batch.number):
        page = shown(shop, number)
        assert batch.number in page and shop.who["production"].name in page and "白班" in page
        assert "合格" in page and shop.who["quality"].name in page
        assert "已发给 1 家客户" in page and shop.customer.name in page and shipment.number in page


def test_goods_still_in_the_house_have_gone_to_nobody() -> None:
    shop = Shop()
    order = shop.passed()
    page = shown(shop, Batch.objects.get(line__order=order).number)
    assert "尚未发出" in page


def test_a_roll_or_carton_leads_to_its_batch_and_a_pallet_of_that_number_to_itself() -> None:
    shop, shipment, batch = delivered()
    for place in ("J001", "X012", "001"):
        page = shown(shop, f"{batch.number}-{place}")
        assert batch.number in page and shipment.number in page
    assert "没有找到" in shown(shop, "PC-19990101-0001-J001")
    Pallet.objects.create(lot=Pallet.objects.get().lot, number=f"{batch.number}-100", on_hand=0)
    assert "没有找到" not in shown(shop, f"{batch.number}-100")


def test_a_number_that_nobody_knows_is_said_to_be_unknown() -> None:
    shop = Shop()
    assert "没有找到" in shown(shop, "XX-1")


def test_the_export_names_every_delivery_and_carries_out_no_formula() -> None:
    shop, shipment, batch = delivered()
    Shipment.objects.filter(pk=shipment.pk).update(receiver="=cmd|' /C calc'!A0")
    text = shown(shop, batch.number, csv="1").removeprefix("\ufeff")
    heads, row = list(csv.reader(io.StringIO(text)))
    assert dict(zip(heads, row, strict=True))["客户"] == shop.customer.name
    assert dict(zip(heads, row, strict=True))["收货人"].startswith("'=")


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1"])
def test_what_looks_like_a_formula_is_written_as_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


def test_the_page_costs_the_same_for_three_deliveries_as_for_one() -> None:
    shop, _, batch = delivered()
    shown(shop, batch.number)
    with CaptureQueriesContext(connection) as one:
        shown(shop, batch.number)
    lot = Pallet.objects.get().lot
    for _ in range(2):
        order = shop.passed()
        shop.pay_rest(order)
        shop.delivered(shop.shipment(order))
    Pallet.objects.update(lot=lot)
    with CaptureQueriesContext(connection) as three:
        page = shown(shop, batch.number)
    assert page.count('data-label="托盘"') == 3
    assert len(one) == len(three)


def test_a_lot_of_raw_material_leads_to_every_customer_and_the_goods_lead_back_to_it() -> None:
    shop = Shop()
    material = paper()
    change_needs(shop.product, by=shop.who["technical"], uses=[Use(material, Decimal(1))])
    bad, good = lot(material, "60"), lot(material, "60")
    used, other = shop.in_work(), shop.in_work()
    hand_out(shop, used, bad, "60")
    hand_out(shop, used, good, "40")
    hand_out(shop, other, good, "20")
    for order in (used, other):
        shop.make(order)
        making.finish(order, by=shop.who["production"])
        inspection.pass_quality(order, by=shop.who["quality"])
        shop.pay_rest(order)
    gone = shop.delivered(shop.shipment(shop.fresh(used)))
    page = shown(shop, bad.number)
    assert gone.number in page and used.number in page and other.number not in page
    back = shown(shop, gone.number)
    assert bad.number in back and good.number in back


def test_material_that_came_back_whole_is_in_no_goods() -> None:
    shop = Shop()
    material = paper()
    change_needs(shop.product, by=shop.who["technical"], uses=[Use(material, Decimal(1))])
    spare, order = lot(material, "60"), shop.in_work()
    hand_out(shop, order, spare, "10")
    [use] = MaterialUse.objects.all()
    return_material(use, by=shop.who["production"], quantity=Decimal(10), reason="未用")
    shop.make(order)
    assert spare.number not in shown(shop, Batch.objects.get(line__order=order).number)
    assert "没有找到" in shown(shop, spare.number)


def test_a_recall_names_every_customer_however_many_batches_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MOST_BATCHES", 2)
    shops, material = [Shop() for _ in range(3)], paper()
    bad = lot(material, "900")
    for shop in shops:
        change_needs(shop.product, by=shop.who["technical"], uses=[Use(material, Decimal(1))])
        order = shop.in_work()
        hand_out(shop, order, bad, "100")
        shop.make(order)
        making.finish(order, by=shop.who["production"])
        inspection.pass_quality(order, by=shop.who["quality"])
        shop.pay_rest(order)
        shop.delivered(shop.shipment(shop.fresh(order)))
    page, export = shown(shops[0], bad.number), shown(shops[0], bad.number, csv="1")
    assert "来历只列出一部分" in page and page.count('data-label="会签"') == 2
    assert "已发给 3 家客户" in page
    assert all(shop.customer.name in page and shop.customer.name in export for shop in shops)


def hand_out(shop: Shop, order: Order, of: MaterialLot, quantity: str) -> None:
    issues = [Issue(order.lines.get().pk, of.pk, Decimal(quantity))]
    issue_material(order, by=shop.who["production"], issues=issues)
