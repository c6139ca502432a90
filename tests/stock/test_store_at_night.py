"""The store tells what is wrong with it, and takes purchasing's list of what is to come (R9)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.errors import Refused
from documents import bounded
from documents.models import OutboxRow
from stock import tasks
from stock.materials.actions import cancel_arrival
from stock.materials.arrivals import import_arrivals
from stock.models import ExpectedArrival, MaterialLot
from tests import people
from tests.races import at_once, of_kind
from tests.shop import today
from tests.stock.test_materials import arrival, logged_in, lot, paper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEADS = "材料编号,数量,预计到料,采购单号"


def sheet(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("到料.csv", "\n".join([HEADS, *rows]).encode("gb18030"))


def take(*rows: str) -> Any:
    return import_arrivals(None, by=people.person("technical"), file=sheet(*rows))


def told(kind: str) -> dict[int, str]:
    rows = OutboxRow.objects.filter(channel="notice", key__startswith=kind)
    return {row.payload["recipient"]: row.payload["text"] for row in rows}


def test_what_is_below_its_safety_stock_is_told_once_a_day() -> None:
    keeper, seller = people.person("warehouse"), people.person("sales")
    low, enough = paper(safety_stock=Decimal(50)), paper(safety_stock=Decimal(50))
    lot(low, "49")
    lot(enough, "50")
    tasks.look(today())
    tasks.look(today())
    said = told("material_low")
    assert low.name in said[keeper.pk] and enough.name not in said[keeper.pk] and seller.pk not in said
    assert len(OutboxRow.objects.filter(key__startswith="material_low", payload__recipient=keeper.pk)) == 1
    assert not told("stock_wrong")


def test_a_balance_that_differs_from_its_moves_is_told_to_a_person() -> None:
    admin, one = people.person("admin"), lot(paper(), "100")
    MaterialLot.objects.filter(pk=one.pk).update(reserved=7)
    tasks.look(today())
    assert one.number in told("stock_wrong")[admin.pk]


def test_overdue_arrivals_are_told_each_day_to_those_who_chase_them_and_stand_first() -> None:
    keeper, chaser, seller = (people.person(role) for role in ("warehouse", "technical", "sales"))
    late, later, due = paper(), paper(), paper()
    for material, days in ((late, 2), (later, 1), (due, 0)):
        one = arrival(material, "70")
        ExpectedArrival.objects.filter(pk=one.pk).update(due_on=today() - days * DAY)
    lot(later, "20", arrival=ExpectedArrival.objects.get(material=later))
    tasks.look(today())
    tasks.look(today())
    said = told("arrival_overdue")
    assert keeper.pk in said and chaser.pk in said and seller.pk not in said
    text = said[chaser.pk]
    assert text.index(late.name) < text.index(later.name) and due.name not in text
    assert len(OutboxRow.objects.filter(key__startswith="arrival_overdue", payload__recipient=keeper.pk)) == 1
    page: Any = logged_in("technical").get(reverse("stock:materials"))
    assert [row.material for row in page.context["late"]] == [late, later]
    assert "50 kg" in page.content.decode()


def test_the_same_list_twice_doubles_nothing_and_a_new_day_puts_off() -> None:
    material = paper()
    row = f"{material.code},500,{today() + 3 * DAY},PO-7"
    assert take(row) == {"new": 1}
    assert take(row) == {"known": 1}
    assert take(f"{material.code},500,{today() + 9 * DAY},PO-7") == {"moved": 1}
    assert [(one.quantity, one.due_on) for one in ExpectedArrival.objects.all()] == [(500, today() + 9 * DAY)]


@pytest.mark.parametrize("over", ["received", "cancelled"])
def test_what_came_or_was_cancelled_is_known_to_the_next_list_even_past_its_day(over: str) -> None:
    material = paper()
    row = f"{material.code},500,{today() + 3 * DAY},PO-7"
    take(row)
    expected = ExpectedArrival.objects.get()
    if over == "received":
        lot(material, "500", arrival=expected)
    else:
        cancel_arrival(expected, by=people.person("technical"), reason="改买别家")
    assert take(row) == {"known": 1}
    late = f"{material.code},500,{today() - 3 * DAY},PO-7"
    assert take(late, f"{material.code},80,{today()},PO-8") == {"known": 1, "new": 1}
    assert ExpectedArrival.objects.filter(state="open").get().reference == "PO-8"


def test_what_is_overdue_stays_as_it_is_known_but_is_not_put_off_into_the_past() -> None:
    material = paper()
    take(f"{material.code},500,{today() + 3 * DAY},PO-7")
    ExpectedArrival.objects.update(due_on=today() - DAY)
    assert take(f"{material.code},500,{today() - DAY},PO-7") == {"known": 1}
    with pytest.raises(Refused, match="早于今天"):
        take(f"{material.code},500,{today() - 2 * DAY},PO-7")


def test_a_list_with_a_bad_row_changes_nothing_and_names_the_row() -> None:
    material = paper()
    arrival(material, "50")
    good = f"{material.code},500,{today() + 3 * DAY},PO-7"
    wrong = {
        "第 3 行：没有编号为 X9": f"X9,5,{today()},PO-8",
        "第 3 行：数量应大于 0": f"{material.code},-5,{today()},PO-8",
        "第 3 行：预计到料早于今天": f"{material.code},5,{today() - DAY},PO-8",
        "第 3 行：同一采购单号": good,
        "第 3 行：此采购单已登记 50": f"{material.code},60,{today()},PO1",
        "第 3 行：采购单号：不能为空": f"{material.code},60,{today()},",
    }
    for said, row in wrong.items():
        with pytest.raises(Refused, match=said):
            take(good, row)
    page = logged_in("warehouse").post(reverse("stock:import_arrivals"), {"file": sheet(good, "X9,1,明天,PO-9")})
    assert page.status_code == 409 and "「明天」不是日期" in page.content.decode()
    assert ExpectedArrival.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_list_handed_in_by_twenty_people_at_once_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "WAIT_FOR_TURN", 300)  # a web worker has four threads, not these twenty
    material = paper()
    row = f"{material.code},500,{today() + 3 * DAY},PO-7"
    by = people.person("technical")
    outcomes = at_once(20, lambda _: import_arrivals(None, by=by, file=sheet(row)))
    assert len(of_kind(outcomes, dict)) == 20 and ExpectedArrival.objects.count() == 1
