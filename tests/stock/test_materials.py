"""Raw material: lots, arrivals, counts, and what a product takes (R9)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.records import Invalid
from audit.chain import broken_rows
from audit.errors import Forbidden, Refused
from audit.models import Event
from catalog.materials import Use, change_material, change_needs
from catalog.models import Material, Need
from stock.materials import actions, moves, queries
from stock.models import ExpectedArrival, MaterialLot, MaterialMove
from tests import people
from tests.races import at_once, of_kind
from tests.remembered import remembered
from tests.shop import today

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@remembered
def paper(**facts: Any) -> Material:
    number = next(people.made)
    given = {"code": f"M{number}", "name": f"热敏原纸{number}", "unit": "kg", **facts}
    return change_material(None, by=people.person("technical"), **given)  # type: ignore[no-any-return]


@remembered
def lot(material: Material, quantity: str = "100", **facts: Any) -> MaterialLot:
    given = {"number": f"ML{next(people.made)}", "received_on": today(), "quantity": Decimal(quantity), **facts}
    keeper = people.person("warehouse")
    return actions.receive_material(None, by=keeper, material=material, **given)  # type: ignore[no-any-return]


@remembered
def arrival(material: Material, quantity: str = "50", due_on: date | None = None) -> ExpectedArrival:
    facts = {"quantity": Decimal(quantity), "due_on": due_on or today() + 5 * DAY, "reference": "PO1"}
    by = people.person("technical")
    return actions.expect_arrival(None, by=by, material=material, **facts)  # type: ignore[no-any-return]


def logged_in(role: str) -> Client:
    client = Client()
    client.force_login(people.person(role))
    return client


def test_what_comes_in_lies_free_and_its_moves_say_so() -> None:
    material = paper()
    lot(material, "100")
    lot(material, "20.5")
    assert queries.free_of([material.pk], today()) == {material.pk: Decimal("120.500")}
    assert set(MaterialMove.objects.values_list("kind", flat=True)) == {"received"}
    assert queries.wrong_balances() == []


def test_what_is_past_its_shelf_life_is_not_free() -> None:
    material = paper()
    lot(material, "100", received_on=today() - 30 * DAY, shelf_until=today() - DAY)
    lot(material, "7", shelf_until=today())
    assert queries.free_of([material.pk], today()) == {material.pk: Decimal(7)}


def test_an_arrival_becomes_a_lot_once() -> None:
    material = paper()
    expected = arrival(material)
    came = lot(material, "50", arrival=expected)
    expected.refresh_from_db()
    assert (expected.state, expected.lot) == ("arrived", came)
    with pytest.raises(Refused, match="已到"):
        lot(material, "50", arrival=expected)
    assert MaterialLot.objects.count() == 1


def test_what_is_missing_of_a_delivery_stays_expected_until_it_has_come() -> None:
    material = paper()
    expected = arrival(material, "500")
    lot(material, "200", arrival=expected)
    assert queries.coming([material.pk], today()) == {material.pk: [(today() + 5 * DAY, Decimal(300))]}
    [row] = queries.materials(day=today())
    assert row.next_quantity == 300  # type: ignore[attr-defined]
    page = logged_in("warehouse").get(material.get_absolute_url()).content.decode()
    assert "300 kg" in page and "已到 200 kg" in page
    rest = lot(material, "310", arrival=expected)
    expected.refresh_from_db()
    assert (expected.state, expected.lot, expected.received) == ("arrived", rest, 510)
    assert queries.coming([material.pk], today()) == {}


def test_the_rest_of_a_delivery_is_given_up_with_a_reason() -> None:
    material = paper()
    expected = arrival(material, "500")
    url = reverse("stock:receive_material", args=[material.pk])
    given = {"arrival": expected.pk, "number": "A1", "quantity": "200", "received_on": str(today()), "last": "on"}
    client = logged_in("warehouse")
    answer = client.post(url, given)
    assert answer.status_code == 409 and "请写明原因" in answer.content.decode()
    assert client.post(url, {**given, "reason": "供应商停产"}).status_code == 302
    expected.refresh_from_db()
    assert (expected.state, expected.received) == ("arrived", 200) and queries.coming([material.pk], today()) == {}


def test_what_came_in_part_may_be_cancelled_for_the_rest() -> None:
    material = paper()
    expected = arrival(material, "500")
    lot(material, "200", arrival=expected)
    actions.cancel_arrival(expected, by=people.person("technical"), reason="改买别家")
    expected.refresh_from_db()
    assert (expected.state, expected.received) == ("cancelled", 200) and queries.coming([material.pk], today()) == {}


def test_an_arrival_of_another_material_is_refused() -> None:
    with pytest.raises(Refused, match="另一种材料"):
        lot(paper(), arrival=arrival(paper()))


def test_an_arrival_is_put_off_or_cancelled_with_a_reason_and_then_is_over() -> None:
    material, by = paper(), people.person("technical")
    expected = arrival(material)
    with pytest.raises(Refused, match="原因"):
        actions.put_off_arrival(expected, by=by, due_on=today() + 9 * DAY)
    expected = actions.put_off_arrival(expected, by=by, due_on=today() + 9 * DAY, reason="供应商延期")
    assert queries.coming([material.pk], today())[material.pk] == [(today() + 9 * DAY, Decimal(50))]
    actions.cancel_arrival(expected, by=by, reason="改买别家")
    assert queries.coming([material.pk], today()) == {}
    with pytest.raises(Refused, match="已取消"):
        actions.cancel_arrival(expected, by=by, reason="再取消")


def test_a_count_says_what_is_there_and_why() -> None:
    material, by = paper(), people.person("warehouse")
    one = lot(material, "100")
    with pytest.raises(Refused, match="原因"):
        actions.count_material(one, by=by, counted=Decimal(90))
    assert actions.count_material(one, by=by, counted=Decimal(90), reason="受潮裁边").on_hand == 90
    assert actions.count_material(one, by=by, counted=Decimal(95), reason="找回一卷").on_hand == 95
    assert actions.write_off_material(one, by=by, quantity=Decimal(5), reason="破损").on_hand == 90
    with pytest.raises(Refused, match="可用数量只有 90 kg"):
        actions.write_off_material(one, by=by, quantity=Decimal(91), reason="破损")
    assert queries.wrong_balances() == []


def test_b3_a_count_from_an_old_page_does_not_give_issued_material_back() -> None:
    one = lot(paper(), "100")
    url, client = reverse("stock:count_material", args=[one.pk]), logged_in("warehouse")
    form: Any = client.get(url).context["form"]
    typed = {"there": form["there"].value(), "counted": "98", "reason": "损耗"}
    moves.take(one, "issued", Decimal(40), "SO-1", None, timezone.now())
    answer: Any = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 409 and "100 kg" in page and "60 kg" in page and 'value="98"' in page
    one.refresh_from_db()
    assert one.on_hand == 60
    again = {**typed, "there": answer.context["form"]["there"].value(), "counted": "58"}
    assert client.post(url, again).status_code == 302
    one.refresh_from_db()
    assert one.on_hand == 58 and queries.wrong_balances() == []


def test_a_balance_that_differs_from_its_moves_is_named() -> None:
    one = lot(paper())
    MaterialLot.objects.filter(pk=one.pk).update(on_hand=99)
    with pytest.raises(CommandError, match="1 批原材料"):
        call_command("verify_stock")


def test_a_number_that_is_taken_or_a_day_to_come_is_refused_beside_its_field() -> None:
    material = paper()
    lot(material, number="A1")
    client = logged_in("warehouse")
    url = reverse("stock:receive_material", args=[material.pk])
    given = {"number": "A1", "quantity": "10", "received_on": str(today())}
    answer = client.post(url, given)
    assert answer.status_code == 422 and 'value="A1"' in answer.content.decode()
    answer = client.post(url, {**given, "number": "A2", "received_on": str(today() + DAY)})
    assert answer.status_code == 409 and "不能晚于今天" in answer.content.decode()
    assert client.post(url, {**given, "number": "A2"}).status_code == 302


def test_the_needs_of_a_product_are_said_whole() -> None:
    product, first, second = people.product(), paper(), paper()
    by = people.person("technical")
    change_needs(product, by=by, uses=[Use(first, Decimal("0.5"), Decimal(3)), Use(second, Decimal(2))])
    change_needs(product, by=by, uses=[Use(first, Decimal("0.6"), Decimal(3))])
    assert [(need.material, need.quantity) for need in Need.objects.all()] == [(first, Decimal("0.6"))]
    with pytest.raises(Refused, match="两次"):
        change_needs(product, by=by, uses=[Use(first, Decimal(1)), Use(first, Decimal(2))])
    with pytest.raises(Invalid):
        change_needs(product, by=by, uses=[Use(first, Decimal(0))])
    with pytest.raises(Forbidden):
        change_needs(product, by=people.person("sales"), uses=[])


def test_needs_are_typed_on_the_products_page() -> None:
    product, material = people.product(), paper()
    client = logged_in("technical")
    rows = {"needs-TOTAL_FORMS": "2", "needs-INITIAL_FORMS": "0", "needs-0-material": str(material.pk)}
    url = reverse("stock:product_needs", args=[product.pk])
    answer = client.post(url, rows)
    assert answer.status_code == 422 and "请填写用量" in answer.content.decode()
    assert client.post(url, {**rows, "needs-0-quantity": "0.25", "needs-0-waste": "2"}).status_code == 302
    page = client.get(product.get_absolute_url()).content.decode()
    assert material.name in page and "0.25" in page


def test_what_is_below_its_safety_stock_is_shown_and_can_be_listed_alone() -> None:
    low, well = paper(safety_stock=Decimal(10)), paper(safety_stock=Decimal(10))
    lot(low, "9")
    lot(well, "10")
    client = logged_in("technical")
    page = client.get(reverse("stock:materials"), {"low": "on"}).content.decode()
    assert low.code in page and well.code not in page and "低于安全库存" in page


def test_the_lists_read_as_much_for_one_as_for_many() -> None:
    client = logged_in("warehouse")
    material = paper()
    lot(material)
    pages = [reverse("stock:materials"), material.get_absolute_url()]
    asked = []
    for _ in range(2):
        for url in pages:
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                client.get(url)
            asked.append(len(seen))
        for _ in range(6):
            lot(paper())
            lot(material)
            arrival(material)
    assert asked[:2] == asked[2:]


@pytest.mark.django_db(transaction=True)
def test_b2_an_arrival_is_received_or_cancelled_once() -> None:
    material = paper()
    expected = arrival(material)
    keeper, by = people.person("warehouse"), people.person("technical")
    facts = {"material": material, "quantity": Decimal(50), "received_on": today(), "arrival": expected}

    def do(index: int) -> Any:
        if index % 2:
            return actions.cancel_arrival(expected, by=by, reason="不来了")
        return actions.receive_material(None, by=keeper, number=f"R{index}", **facts)

    outcomes = at_once(20, do)
    assert len(of_kind(outcomes, Refused)) == 19
    assert MaterialLot.objects.count() == len(of_kind(outcomes, MaterialLot))
    assert ExpectedArrival.objects.get().state in ("arrived", "cancelled")
    assert queries.wrong_balances() == []


@pytest.mark.django_db(transaction=True)
def test_twenty_parts_of_one_arrival_add_up() -> None:
    material, keeper = paper(), people.person("warehouse")
    expected = arrival(material, "100")
    facts = {"material": material, "quantity": Decimal(5), "received_on": today(), "arrival": expected}
    outcomes = at_once(20, lambda index: actions.receive_material(None, by=keeper, number=f"P{index}", **facts))
    assert len(of_kind(outcomes, MaterialLot)) == 20
    expected.refresh_from_db()
    assert (expected.received, expected.state) == (100, "arrived")


@pytest.mark.django_db(transaction=True)
def test_the_last_of_a_lot_is_scrapped_by_one_of_twenty() -> None:
    one, keeper = lot(paper(), "10"), people.person("warehouse")
    outcomes = at_once(20, lambda _: actions.write_off_material(one, by=keeper, quantity=Decimal(10), reason="受潮"))
    assert (len(of_kind(outcomes, MaterialLot)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert MaterialLot.objects.get().on_hand == 0 and queries.wrong_balances() == []
    assert Event.objects.filter(action="write_off_material").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_who_take_in_or_count_one_material_at_once_are_all_heard() -> None:
    material = paper()
    lots, keeper = [lot(material, "10") for _ in range(10)], people.person("warehouse")
    facts = {"material": material, "quantity": Decimal(5), "received_on": today()}

    def do(index: int) -> Any:
        if index % 2:
            return actions.count_material(lots[index // 2], by=keeper, counted=Decimal(9), reason="盘点")
        return actions.receive_material(None, by=keeper, number=f"T{index}", **facts)

    assert len(of_kind(at_once(20, do), MaterialLot)) == 20
    assert broken_rows() == []
