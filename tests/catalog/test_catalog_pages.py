from datetime import date
from typing import Any

import pytest
from django.test import Client

from catalog.models import PriceList, Product
from stock.models import Lot, Pallet
from tests import people

pytestmark = pytest.mark.django_db


def as_(*roles: str) -> Client:
    client = Client()
    client.force_login(people.person(*roles))
    return client


def test_everyone_finds_products_and_only_some_see_prices() -> None:
    product = people.product(name="热敏收银纸")
    people.price(people.price_list(), product, "98.7654")
    for role, seen in (("warehouse", False), ("production", False), ("sales", True), ("finance", True)):
        client = as_(role)
        assert "热敏收银纸" in client.get("/catalog/?q=收银").content.decode()
        assert ("98.7654" in client.get(f"/catalog/{product.pk}/").content.decode()) is seen
        assert client.get("/catalog/prices/").status_code == (200 if seen else 403)


def test_a_product_shows_the_free_finished_stock_to_those_the_store_is_open_to_R6() -> None:
    product = people.product(unit="卷")
    for number, quantity, status in (("L1", 1200, "released"), ("L2", 70, "quarantined")):
        lot = Lot.objects.create(product=product, number=number, made_on=date(2026, 1, 5), status=status)
        Pallet.objects.create(lot=lot, number=number, on_hand=quantity, reserved=200 if status == "released" else 0)
    for role in ("sales", "warehouse"):
        page = as_(role).get(f"/catalog/{product.pk}/").content.decode()
        assert [said in page for said in ("1,000 卷", "200 卷", "70 卷")] == [True] * 3
    assert "可用现货" not in as_("admin").get(f"/catalog/{product.pk}/").content.decode()


def test_technical_adds_a_product_and_others_do_not() -> None:
    data = {"code": "RM-1", "name": "热敏纸", "kind": "reel", "unit": "卷", "spec": "80×50", "tax_rate": "13"}
    assert as_("sales").post("/catalog/new/", data).status_code == 403
    assert as_("technical").post("/catalog/new/", data).status_code == 302
    assert Product.objects.get().code == "RM-1"


def test_a_width_below_zero_is_refused_with_what_was_typed() -> None:
    data = {"code": "RM-1", "name": "热敏纸", "kind": "reel", "unit": "卷", "spec": "80×50", "tax_rate": "13"}
    answer = as_("technical").post("/catalog/new/", {**data, "width_mm": "-1"})
    assert answer.status_code == 422
    assert "应大于 0" in answer.content.decode()


def test_a_price_list_is_edited_row_by_row() -> None:
    listed, product = people.price_list(), people.product()
    people.price(listed, product, "10")
    data = {
        "name": "新名",
        "currency": "CNY",
        "valid_from": "2026-01-01",
        "is_active": "on",
        "entries-TOTAL_FORMS": 2,
        "entries-INITIAL_FORMS": 1,
        "entries-0-product": product.code,
        "entries-0-price": "11",
        "entries-1-product": product.code,
        "entries-1-min_quantity": "100",
        "entries-1-price": "9.5",
    }
    assert as_("marketing_director").post(f"/catalog/prices/{listed.pk}/edit/", data).status_code == 302
    assert [str(row.price) for row in listed.entries.order_by("min_quantity")] == ["11.0000", "9.5000"]
    assert PriceList.objects.get().name == "新名"


def test_price_pages_do_not_grow_their_queries(django_assert_max_num_queries: Any) -> None:
    listed = people.price_list()
    for _ in range(25):
        people.price(listed, people.product(), "10")
    client = as_("marketing_director")
    for url in ("/catalog/", "/catalog/prices/", f"/catalog/prices/{listed.pk}/", f"/catalog/prices/{listed.pk}/edit/"):
        with django_assert_max_num_queries(7):
            client.get(url)


def test_a_code_is_one_word_and_another_only_by_its_case_is_no_other() -> None:
    data = {"code": "RM-1x", "name": "热敏纸", "kind": "reel", "unit": "卷", "spec": "80×50", "tax_rate": "13"}
    client = as_("technical")
    assert client.post("/catalog/new/", data).status_code == 302
    for code, said in (("rm-1X", "大小写不同"), ("RM 1", "不能有空格")):
        answer = client.post("/catalog/new/", {**data, "code": code})
        assert answer.status_code == 422 and said in answer.content.decode()
    assert Product.objects.count() == 1


def test_prices_that_are_not_on_the_page_stay_as_they_are() -> None:
    listed = people.price_list()
    products = [people.product(code=f"Z{number:03d}") for number in range(60)]
    for one in products:
        people.price(listed, one, "10")
    client, url = as_("marketing_director"), f"/catalog/prices/{listed.pk}/edit/?page=2"
    shown = client.get(url).content.decode()
    assert products[40].code in shown and products[39].code not in shown
    rows = {f"entries-{number}-product": one.code for number, one in enumerate(products[40:])}
    prices = {f"entries-{number}-price": "10" for number in range(20)} | {"entries-0-price": "11"}
    facts = {"name": "甲", "currency": "CNY", "valid_from": "2026-01-01", "is_active": "on", "entries-19-DELETE": "on"}
    sent = {"entries-TOTAL_FORMS": 20, "entries-INITIAL_FORMS": 20, **facts, **rows, **prices}
    assert client.post(url, sent).status_code == 302
    assert listed.entries.get(product=products[40]).price == 11
    assert not listed.entries.filter(product=products[59]).exists()
    assert listed.entries.filter(price=10).count() == 58


def test_a_price_that_stands_on_another_page_is_not_written_twice() -> None:
    listed, product = people.price_list(), people.product()
    people.price(listed, product, "10")
    facts = {"name": "甲", "currency": "CNY", "valid_from": "2026-01-01", "is_active": "on"}
    row = {
        "entries-TOTAL_FORMS": 1,
        "entries-INITIAL_FORMS": 0,
        "entries-0-product": product.code,
        "entries-0-price": 9,
    }
    answer = as_("marketing_director").post(f"/catalog/prices/{listed.pk}/edit/?q=nothing", {**facts, **row})
    assert answer.status_code == 409 and "已有价格" in answer.content.decode()
    assert listed.entries.get().price == 10
