from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from stock.actions import Opening, open_stock
from stock.models import Lot
from tests import people

pytestmark = pytest.mark.django_db


def as_(*roles: str) -> Client:
    client = Client()
    client.force_login(people.person(*roles))
    return client


def lot(number: str = "Q1") -> Lot:
    pallets = [Opening(Decimal(40), 2)]
    return open_stock(
        None, by=None, product=people.product(), lot_number=number, made_on=date(2026, 1, 5), pallets=pallets
    )


def test_the_warehouse_opens_stock_and_quality_releases_it() -> None:
    product = people.product()
    data = {
        "product": product.code,
        "lot_number": "Q1",
        "made_on": "2026-01-05",
        "pallets-TOTAL_FORMS": 2,
        "pallets-INITIAL_FORMS": 0,
        "pallets-0-quantity": "40",
        "pallets-1-quantity": "",
    }
    assert as_("quality").post("/stock/new/", data).status_code == 403
    assert as_("warehouse").post("/stock/new/", data).status_code == 302
    made = Lot.objects.get()
    url = f"/stock/{made.pk}/release/"
    assert as_("warehouse").post(url).status_code == 403
    assert as_("quality").post(url, {"version": made.version}).status_code == 302
    made.refresh_from_db()
    assert made.status == "released"


def test_a_second_release_is_told_who_was_first() -> None:
    made, client = lot(), as_("quality")
    client.post(f"/stock/{made.pk}/release/", {"version": "1"})
    answer = client.post(f"/stock/{made.pk}/release/", {"version": "1"})
    assert answer.status_code == 409
    assert "已由" in answer.content.decode()


def test_holding_a_lot_back_needs_a_reason() -> None:
    made, client = lot(), as_("quality")
    client.post(f"/stock/{made.pk}/release/")
    assert client.post(f"/stock/{made.pk}/quarantine/", {}).status_code == 422
    assert client.post(f"/stock/{made.pk}/quarantine/", {"reason": "色差"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "quarantined"


def test_opening_stock_without_a_pallet_is_refused_with_what_was_typed() -> None:
    data = {"product": people.product().code, "lot_number": "Q1", "made_on": "2026-01-05"}
    answer = as_("warehouse").post("/stock/new/", {**data, "pallets-TOTAL_FORMS": 0, "pallets-INITIAL_FORMS": 0})
    assert answer.status_code == 409
    assert "至少填写一个托盘" in answer.content.decode()
    assert 'value="Q1"' in answer.content.decode()


def test_the_list_does_not_grow_its_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        lot(f"Q{number}")
    client = as_("warehouse")
    with django_assert_max_num_queries(6):
        client.get("/stock/")
    with django_assert_max_num_queries(8):
        client.get(f"/stock/{Lot.objects.first().pk}/")  # type: ignore[union-attr]
