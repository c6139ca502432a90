"""Pallets are scanned onto a shipment; what does not belong there is refused; 自提 is signed at the gate (R29, R34)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import Blocked, Forbidden, Refused
from audit.models import Event
from orders.digests import of_shipment
from orders.models import HouseRules, RevisionLine, Shipment
from shipping import actions
from shipping.models import Pick, Receipt
from stock.actions import quarantine_lot
from tests import races
from tests.remembered import remembered
from tests.shipping.yard import Yard
from tests.shop import Shop, paper

pytestmark = pytest.mark.django_db


@remembered
def noticed(shop: Shop, way: str = "freight") -> Shipment:
    order = shop.passed()
    shipment = shop.shipment(order)
    shipment.way = way
    shipment.digest = of_shipment(shipment, list(shipment.lines.all()))
    shipment.save()
    shop.pay_rest(order)
    return shop.noticed(shipment)


def codes(shipment: Shipment) -> list[str]:
    return [row.pallet.number for row in shipment.lines.select_related("pallet")]


def leave(shop: Shop, shipment: Shipment) -> Shipment:
    soon = timezone.now() + timedelta(days=1)
    shipment.refresh_from_db()
    return actions.dispatch(
        shipment, by=shop.who["warehouse"], carrier="本厂车队", driver="张师傅", expected_at=soon, check_at=soon
    )


def must_scan() -> None:
    rules = HouseRules.current()
    rules.scan_to_dispatch = True
    rules.save()


def test_a_pallet_of_the_list_is_taken_once_and_no_other() -> None:
    shop = Shop()
    shipment, warehouse = noticed(shop), shop.who["warehouse"]
    (code,) = codes(shipment)
    actions.scan_pallet(shipment, by=warehouse, code=f" {code.lower()} ")
    assert Pick.objects.get().row.shipment == shipment
    with pytest.raises(Refused, match="扫过"):
        actions.scan_pallet(shipment, by=warehouse, code=code)
    for wrong, words in (("P-不存在", "没有托盘"), ("", "请扫描"), ("x" * 5000, "没有托盘")):
        with pytest.raises(Refused, match=words):
            actions.scan_pallet(shipment, by=warehouse, code=wrong)
    with pytest.raises(Forbidden):
        actions.scan_pallet(shipment, by=shop.who["sales"], code=code)


def test_a_code_is_found_by_the_index_of_pallet_numbers_however_it_is_typed() -> None:
    shop = Shop()
    shipment = noticed(shop)
    (code,) = codes(shipment)
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())
    with CaptureQueriesContext(connection) as asked:
        actions.scan_pallet(shipment, by=shop.who["warehouse"], code=full_width)
    assert Pick.objects.count() == 1
    assert not [query for query in asked if "upper(" in query["sql"].lower()]


def test_a_pallet_of_another_shipment_or_none_stays_where_it_is() -> None:
    shop = Shop()
    first, second = noticed(shop), noticed(shop)
    with pytest.raises(Refused, match=f"属于另一张发货 {second.number}"):
        actions.scan_pallet(first, by=shop.who["warehouse"], code=codes(second)[0])
    lying = shop.pallet(Decimal(5))
    with pytest.raises(Refused, match="不在本次发货的明细里"):
        actions.scan_pallet(first, by=shop.who["warehouse"], code=lying.number)
    assert not Pick.objects.exists()


def test_a_pallet_that_is_not_released_is_refused() -> None:
    shop = Shop()
    shipment = noticed(shop)
    pallet = shipment.lines.get().pallet
    quarantine_lot(pallet.lot, by=shop.who["quality"], reason="客诉，先停")
    with pytest.raises(Refused, match="未放行"):
        actions.scan_pallet(shipment, by=shop.who["warehouse"], code=pallet.number)


def test_where_the_house_asks_for_it_nothing_leaves_unscanned() -> None:
    shop = Shop()
    shipment = noticed(shop)
    must_scan()
    with pytest.raises(Blocked) as held:
        leave(shop, shipment)
    assert [gate.code for gate in held.value.unmet] == ["picked"]
    actions.scan_pallet(shipment, by=shop.who["warehouse"], code=codes(shipment)[0])
    assert leave(shop, shipment).dispatched_at


def test_scanning_anew_forgets_what_was_scanned() -> None:
    shop = Shop()
    shipment, warehouse = noticed(shop), shop.who["warehouse"]
    with pytest.raises(Refused, match="还没有扫过"):
        actions.unpick(shipment, by=warehouse)
    actions.scan_pallet(shipment, by=warehouse, code=codes(shipment)[0])
    actions.unpick(shipment, by=warehouse)
    assert not Pick.objects.exists()


def edited(yard: Yard, shipment: Shipment, **changes: Any) -> Shipment:
    loads = [(row.line, row.pallet, row.quantity) for row in shipment.lines.select_related("line", "pallet")]
    return actions.edit_shipment(shipment, by=yard.who["customer_service"], **{"loads": loads, **changes})


def test_an_edit_forgets_the_scans_of_the_rows_it_changes_and_no_other() -> None:
    yard = Yard()
    order = yard.released(yard.line("100"), yard.line("50"))
    shipment = yard.drafted((*yard.stocked(order), "100"), (*yard.stocked(order, "50", place=1), "50"))
    first, second = codes(shipment)
    for code in (first, second):
        actions.scan_pallet(shipment, by=yard.who["warehouse"], code=code)
    edited(yard, shipment, remark="请走北门")
    assert Pick.objects.count() == 2
    one, other = shipment.lines.select_related("line", "pallet")
    edited(yard, shipment, loads=[(one.line, one.pallet, Decimal(99)), (other.line, other.pallet, other.quantity)])
    assert [pick.row.pallet.number for pick in Pick.objects.all()] == [second]
    edited(yard, shipment, loads=[(one.line, one.pallet, Decimal(99))])
    assert not Pick.objects.exists()


def test_scans_stand_in_the_shipments_story_and_the_order_hears_once_that_all_is_picked() -> None:
    yard = Yard()
    order = yard.released(yard.line("100"), yard.line("50"))
    shipment = yard.drafted((*yard.stocked(order), "100"), (*yard.stocked(order, "50", place=1), "50"))
    first, last = codes(shipment)
    warehouse = yard.who["warehouse"]
    told = Event.objects.filter(subject_kind="order", subject_id=order.pk)
    before = told.count()
    actions.scan_pallet(shipment, by=warehouse, code=first)
    actions.unpick(shipment, by=warehouse)
    actions.scan_pallet(shipment, by=warehouse, code=first)
    assert told.count() == before
    actions.scan_pallet(shipment, by=warehouse, code=last)
    assert told.count() == before + 1
    assert told.order_by("seq").last().action == "all_picked"
    assert Event.objects.filter(subject_kind="shipment", action="scan_pallet").count() == 3


def test_one_pallets_scan_is_taken_back_and_the_rest_stays() -> None:
    yard, client = Yard(), Client()
    order = yard.released(yard.line("100"), yard.line("50"))
    shipment = yard.drafted((*yard.stocked(order), "100"), (*yard.stocked(order, "50", place=1), "50"))
    first, second = codes(shipment)
    for code in (first, second):
        actions.scan_pallet(shipment, by=yard.who["warehouse"], code=code)
    client.force_login(yard.who["warehouse"])
    url = f"/shipping/{shipment.number}/pick/"
    page = client.get(url).content.decode()
    assert "确认清空" in page and page.count("撤回") == 2
    client.post(f"{url}back/", {"code": first})
    assert [pick.row.pallet.number for pick in Pick.objects.all()] == [second]
    again = client.post(f"{url}back/", {"code": first})
    assert (again.status_code, "没有扫过" in again.content.decode()) == (409, True)


def test_the_page_shows_a_wrong_code_says_why_and_leaves_the_field_empty() -> None:
    shop, client = Shop(), Client()
    shipment = noticed(shop)
    client.force_login(shop.who["warehouse"])
    url = f"/shipping/{shipment.number}/pick/"
    assert "已扫 0 / 1 托" in client.get(url).content.decode()
    wrong = client.post(url, {"code": "NO-SUCH"})
    assert wrong.status_code == 409
    page = wrong.content.decode()
    assert "「NO-SUCH」没有扫入" in page and "没有托盘「NO-SUCH」" in page
    assert 'value="NO-SUCH"' not in page and "autofocus" in page
    assert client.post(url, {"code": codes(shipment)[0]}, follow=True).content.decode().count("全部扫齐") == 1


def test_the_page_shows_a_refusal_that_belongs_to_no_field() -> None:
    shop, client = Shop(), Client()
    shipment = noticed(shop)
    (code,) = codes(shipment)
    client.force_login(shop.who["warehouse"])
    url = f"/shipping/{shipment.number}/pick/"
    assert client.post(url, {"code": code, "key": "one page"}).status_code == 302
    reused = client.post(url, {"code": "OTHER", "key": "one page"})
    page = reused.content.decode()
    assert reused.status_code == 409 and "查看已提交的结果" in page and "「OTHER」没有扫入" in page


def test_a_cancelled_shipment_whose_line_was_dropped_still_has_its_page() -> None:
    yard, client = Yard(), Client()
    order = yard.released(yard.line("100"), yard.line("50"))
    line, pallet = yard.stocked(order, "50", place=1)
    shipment = yard.drafted((line, pallet, "50"))
    actions.cancel_shipment(shipment, by=yard.who["customer_service"], reason="客户不要这一行")
    RevisionLine.objects.filter(line=line).delete()
    client.force_login(yard.who["warehouse"])
    assert client.get(f"/shipping/{shipment.number}/pick/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_twenty_scans_of_one_pallet_count_once() -> None:
    shop = Shop()
    shipment = noticed(shop)
    (code,) = codes(shipment)
    outcomes = races.at_once(20, lambda _: actions.scan_pallet(shipment, by=shop.who["warehouse"], code=code))
    refused = races.of_kind(outcomes, Refused)
    # In the house's words: without the lock the database's constraint would refuse them in its own.
    assert len(refused) == 19 and all("扫过" in each.message for each in refused)
    assert Pick.objects.count() == 1


def sign(shop: Shop, shipment: Shipment, **more: Any) -> Shipment:
    given = {"signer": "张师傅", "document": "123X", "plate": "苏E12345", "paper": paper("提货单.png"), **more}
    return actions.sign_pickup(shipment, by=shop.who["warehouse"], **given)


def test_goods_fetched_at_the_gate_have_arrived_and_are_signed_for_at_once() -> None:
    shop = Shop()
    shipment = noticed(shop, way="pickup")
    order = shipment.lines.get().line.order
    leave(shop, shipment)
    with pytest.raises(Refused, match="证件末四位"):
        sign(shop, shipment, document="12")
    signed = sign(shop, shipment)
    order.refresh_from_db()
    assert signed.state == "signed"
    assert order.arrived_at is not None
    assert order.lines.get().arrived == order.lines.get().shipped
    assert "证件末四位 123X" in Receipt.objects.get().remark
    assert signed.receipt_at <= timezone.now()


def test_goods_that_are_brought_are_not_signed_for_at_the_gate() -> None:
    shop = Shop()
    shipment = leave(shop, noticed(shop))
    with pytest.raises(Refused, match="不是自提"):
        sign(shop, shipment)
    assert not Receipt.objects.exists()
