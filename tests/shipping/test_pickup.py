"""自提: no carrier is asked for or invented; the gate, and nobody at a desk, says what was taken along (R34)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from audit.errors import Refused
from audit.frame import open_action
from documents.queries import documents_of
from flow.models import Owed
from flow.owed import differences
from orders.models import Shipment
from shipping import actions, filing, queries
from shipping.models import Receipt
from tests.shipping.yard import Yard
from tests.shop import paper

pytestmark = pytest.mark.django_db


def fetched(yard: Yard, quantity: str = "100") -> Shipment:
    """Loaded at the gate for 马师傅, whatever carrier is named."""
    return yard.sent_off((*yard.stocked(yard.released()), quantity), way="pickup")


def sign(yard: Yard, shipment: Shipment, **more: Any) -> Shipment:
    given = {"signer": "马师傅", "document": "123X", "paper": paper("提货单.png"), **more}
    return actions.sign_pickup(shipment, by=yard.who["warehouse"], **given)  # type: ignore[no-any-return]


def pages(yard: Yard, role: str) -> Client:
    client = Client()
    client.force_login(yard.who[role])
    return client


def test_nobody_at_a_desk_says_that_fetched_goods_arrived_or_were_signed_for() -> None:
    yard = Yard()
    shipment = fetched(yard)
    with pytest.raises(Refused, match="请办理「自提签收」"):
        yard.arrived(shipment)
    with transaction.atomic():
        open_action("test")
        Shipment.objects.filter(pk=shipment.pk).update(state="arrived")
        open_action("")
    given = {"signer": "马师傅", "signed_at": timezone.now(), "condition": "whole", "paper": paper()}
    with pytest.raises(Refused, match="请办理「自提签收」"):
        actions.file_receipt(shipment, by=yard.who["customer_service"], **given)
    assert not Receipt.objects.exists()


def test_what_was_loaded_at_the_gate_is_owed_a_signature_until_it_has_one() -> None:
    yard = Yard()
    shipment = fetched(yard)
    owed = Owed.objects.open().filter(subject_kind="shipment", subject_id=shipment.pk)
    assert list(owed.values_list("what", "role")) == [("pickup_signed", "warehouse")]
    assert "自提签收" in pages(yard, "warehouse").get("/").content.decode()
    sign(yard, shipment)
    assert not owed.exists()


def test_the_page_leads_to_the_gate_and_offers_nothing_of_the_road() -> None:
    yard = Yard()
    shipment = fetched(yard)
    page = pages(yard, "customer_service").get(shipment.get_absolute_url()).content.decode()
    assert f'<a class="btn btn-primary" href="{shipment.get_absolute_url()}pickup/">自提签收</a>' in page
    for deed in ("arrival", "advice", "trouble", "checkpoint", "repeat"):
        assert f"{shipment.get_absolute_url()}{deed}/" not in page


def test_its_papers_say_who_fetches_and_invent_no_carrier() -> None:
    yard = Yard()
    shipment = fetched(yard)
    papers = {paper.kind: paper.data for paper in documents_of("shipment", shipment.pk)}
    assert set(papers) == {"dispatch_notice", "delivery_note", "arrival_receipt"}
    carrier = papers["delivery_note"]["carrier"]
    assert (carrier["name"], carrier["driver"], carrier["waybill"]) == ("自提", "马师傅", "")
    assert papers["dispatch_notice"]["delivery"]["carrier"] == "自提"
    assert (shipment.carrier, shipment.expected_at, shipment.check_at) == ("", None, None)
    order = shipment.lines.get().line.order
    assert not [item for item in filing.of_shipments([order])[order.pk] if "告知书" in item.label]


def test_its_dispatch_asks_who_fetches_and_for_no_carrier() -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"), way="pickup")
    store, url = pages(yard, "warehouse"), f"{shipment.get_absolute_url()}dispatch/"
    page = store.get(url).content.decode()
    assert "提货人" in page
    for name in ("carrier", "waybill", "expected_at", "check_at"):
        assert f'name="{name}"' not in page
    assert store.post(url, {"pieces": "4", "driver": " "}).status_code == 422
    assert store.post(url, {"pieces": "4", "driver": "马师傅", "driver_phone": "13800000000"}).status_code == 302


def test_a_planned_carrier_makes_no_sense_of_what_is_fetched() -> None:
    yard = Yard()
    with pytest.raises(Refused, match="不要填写计划承运"):
        yard.drafted((*yard.stocked(yard.released()), "40"), way="pickup", carrier="安能物流")


def test_what_is_owed_on_the_road_is_not_owed_of_fetched_goods() -> None:
    yard = Yard()
    shipment = fetched(yard)
    ago = timezone.now() - timedelta(days=3)
    Shipment.objects.filter(pk=shipment.pk).update(expected_at=ago, check_at=ago)
    of_the_road = {"terms_repeated", "advice_sent_and_called", "arrival_check"}
    assert not Owed.objects.open().filter(what__in=of_the_road, subject_id=shipment.pk).exists()
    assert list(differences()) == []
    assert queries.counts(yard.who["customer_service"])["late"] == 0


def test_a_shortage_counted_at_the_gate_is_noted_and_goes_back_into_stock() -> None:
    yard = Yard()
    shipment = fetched(yard)
    row = shipment.lines.get()
    with pytest.raises(Refused, match="请选「短少」"):
        sign(yard, shipment, rows=[(row, Decimal(90))])
    with pytest.raises(Refused, match="可提数量只有 100"):
        sign(yard, shipment, rows=[(row, Decimal(101))])
    with pytest.raises(Refused, match="一件都没有提走"):
        sign(yard, shipment, rows=[(row, Decimal(0))], condition="short")
    shipment = sign(yard, shipment, rows=[(row, Decimal(90))], condition="short", remark="车装不下 10 卷")
    receipt = Receipt.objects.get()
    assert (receipt.condition, "车装不下 10 卷" in receipt.remark) == ("short", True)
    filed = documents_of("shipment", shipment.pk).get(kind="arrival_receipt_filed")
    assert filed.data["lines"][0]["difference"] == "未提 10 卷"
    actions.record_goods_back(shipment, by=yard.who["warehouse"], rows=[(row, Decimal(10))])
    row.line.refresh_from_db()
    assert (row.line.arrived, row.line.returned, row.line.out) == (90, 10, 90)
    assert list(differences()) == []


def test_the_form_counts_row_by_row_and_proposes_all_of_each() -> None:
    yard = Yard()
    shipment = fetched(yard)
    row = shipment.lines.get()
    gate, url = pages(yard, "warehouse"), f"{shipment.get_absolute_url()}pickup/"
    assert f'name="q-{row.pk}" value="100"' in gate.get(url).content.decode()
    given = {"signer": "马师傅", "document": "123X", "condition": "short", "remark": "缺 1 卷", f"q-{row.pk}": "99"}
    assert gate.post(url, given | {"paper": paper("提货单.png")}).status_code == 302
    row.line.refresh_from_db()
    assert (row.line.arrived, Shipment.objects.get().state) == (99, "signed")
