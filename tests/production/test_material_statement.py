"""The material statement is computed from need lists, stock and arrivals, then signed by a person (R9)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.materials import Use, change_needs
from orders.models import Order, Signed, SignOff
from production import materials
from tests.remembered import remembered
from tests.shop import Shop, today
from tests.stock.test_materials import arrival, lot, paper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@remembered
def takes(shop: Shop, *uses: Use) -> None:
    change_needs(shop.product, by=shop.who["technical"], uses=list(uses))


def stated(order: Order) -> list[list[materials.Stated]]:
    rows = list(order.revision.lines.select_related("product", "line").order_by("position"))
    found = materials.stated(order.revision, rows, today())
    return [found.get(row.line_id, []) for row in rows]


def test_need_is_quantity_times_use_with_waste_rounded_up(shop: Shop) -> None:
    material = paper()
    takes(shop, Use(material, Decimal("0.333333"), Decimal(3)))
    lot(material, "1000")
    [[one]] = stated(shop.submitted(shop.line("100")))
    assert (one.need, one.free, one.short) == (Decimal("34.334"), Decimal("34.334"), 0)


def test_what_is_short_names_the_day_on_which_enough_has_come(shop: Shop) -> None:
    material = paper()
    takes(shop, Use(material, Decimal(1)))
    lot(material, "30")
    arrival(material, "40", today() + 3 * DAY)
    order = shop.submitted(shop.line("100"))
    [[one]] = stated(order)
    assert (one.free, one.short, one.arrives_on) == (30, 70, None)
    arrival(material, "30", today() + 8 * DAY)
    [[one]] = stated(order)
    assert one.arrives_on == today() + 8 * DAY


def test_orders_before_it_take_first_and_its_own_lines_one_after_the_other(shop: Shop) -> None:
    material = paper()
    takes(shop, Use(material, Decimal(1)))
    lot(material, "150")
    shop.released(shop.line("60"))
    order = shop.submitted(shop.line("50"), shop.line("70"))
    [[first], [second]] = stated(order)
    assert (first.free, first.short) == (50, 0)
    assert (second.free, second.short) == (40, 30)


def test_what_another_order_has_made_already_is_not_taken_twice(shop: Shop) -> None:
    material = paper()
    takes(shop, Use(material, Decimal(1)))
    lot(material, "100")
    other = shop.in_work(shop.line("60"))
    shop.make(other)
    [[one]] = stated(shop.submitted(shop.line("100")))
    assert one.short == 0


def test_the_form_proposes_the_statement_and_the_person_signs_it(shop: Shop) -> None:
    material = paper()
    takes(shop, Use(material, Decimal(1)))
    lot(material, "30")
    arrival(material, "80", today() + 6 * DAY)
    order = shop.submitted(shop.line("100"))
    client = Client()
    client.force_login(shop.who["technical"])
    url = reverse("production:material", args=[order.number])
    page: Any = client.get(url)
    assert material.name in page.content.decode() and "需 100 kg，可用 30 kg，缺 70 kg" in page.content.decode()
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(url, typed).status_code == 302
    word = SignOff.objects.get(kind=Signed.MATERIAL)
    assert word.by == shop.who["technical"]
    assert "可用 30" in word.text and "缺 70" in word.text and str(today() + 6 * DAY) in word.text


def test_a_product_without_a_need_list_is_stated_by_hand_as_ever(shop: Shop) -> None:
    order = shop.submitted()
    assert stated(order) == [[]]
    client = Client()
    client.force_login(shop.who["technical"])
    page: Any = client.get(reverse("production:material", args=[order.number]))
    assert "测算" not in page.content.decode() and page.status_code == 200


def test_the_computation_reads_as_much_for_five_lines_as_for_one(shop: Shop) -> None:
    takes(shop, Use(paper(), Decimal(1)), Use(paper(), Decimal(2)))
    one, five = shop.submitted(shop.line("10")), shop.submitted(*[shop.line("10")] * 5)
    counts = []
    for order in (one, five):
        rows = list(order.revision.lines.select_related("product", "line"))
        with CaptureQueriesContext(connection) as seen:
            materials.stated(order.revision, rows, today())
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 7
