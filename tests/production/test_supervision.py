"""The 监督工作提示 is ticked day by day while an order is made; what is off is raised at once (R20)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import Forbidden, Refused
from audit.models import Event
from flow.models import Owed
from flow.owed import differences
from orders.models import HouseRules, Order
from production import supervised, tasks
from production.actions.supervision import Tick, check_supervision
from production.models import Anomaly, SupervisionCheck, SupervisionDay
from tests.production.test_pages import signed_in, url
from tests.production.works import Works, owes
from tests.shop import today

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2027, 3, 1, 8, 45, tzinfo=SHANGHAI)
SATURDAY = datetime(2027, 3, 6, 9, 0, tzinfo=SHANGHAI)


def ticks(order: Order, off: int = 0, note: str = "慢了一天") -> list[Tick]:
    items = supervised.items_of(order)
    return [Tick(at, at != off, note if at == off else "") for at in range(1, len(items) + 1)]


def look(works: Works, order: Order, off: int = 0, **more: Any) -> SupervisionCheck:
    given = {"ticks": ticks(order, off), "seen_items": seen_of(order), **more}
    return check_supervision(order, by=works.who["customer_service"], **given)


def seen_of(order: Order) -> str:
    return supervised.seen(supervised.items_of(order))


def test_the_list_is_the_houses_items_and_then_the_orders_own() -> None:
    HouseRules.current()
    HouseRules.objects.update(supervision="进度\n质量")
    works = Works()
    order = works.in_work()
    assert order.revision is not None
    order.revision.supervision = "1. 首件色差；2、接头不超过两个\n质量"
    assert supervised.items_of(order) == ["进度", "质量", "首件色差", "接头不超过两个"]


def test_a_working_day_asks_for_a_look_until_its_end_and_a_look_ends_it() -> None:
    works = Works()
    order = works.in_work()
    assert tasks.begin(MONDAY)
    row = Owed.objects.open().get(order=order, what="supervision_check")
    assert row.role == "customer_service" and row.due is not None
    assert timezone.localtime(row.due).strftime("%H:%M") == "17:30"
    look(works, order, at=MONDAY + timedelta(hours=2))
    assert owes(order, "supervision_check") == set()
    assert "supervision_check" not in {debt.what for _, debt in differences()}


def test_days_that_were_missed_are_one_row_and_one_look_answers_for_them() -> None:
    works = Works()
    order = works.in_work()
    assert [tasks.begin(MONDAY + timedelta(days=at)) for at in range(4)] == [True] * 4
    assert Owed.objects.filter(order=order, what="supervision_check").count() == 1
    look(works, order, at=MONDAY + timedelta(days=3, hours=1))
    assert owes(order, "supervision_check") == set()
    assert tasks.begin(MONDAY + timedelta(days=4))
    assert owes(order, "supervision_check") == {"customer_service"}


def test_a_day_begins_once_after_opening_and_not_on_a_day_off() -> None:
    Works().in_work()
    assert not tasks.begin(MONDAY.replace(hour=7))
    assert tasks.begin(MONDAY) and not tasks.begin(MONDAY + timedelta(hours=1))
    assert not tasks.begin(SATURDAY)
    assert SupervisionDay.objects.count() == 1


def test_an_order_released_after_the_day_began_waits_for_the_next() -> None:
    works = Works()
    SupervisionDay.objects.create(day=today(), opened_at=timezone.now() - timedelta(minutes=5))
    assert owes(works.in_work(), "supervision_check") == set()


def test_what_is_off_is_explained_and_raised_in_the_same_step() -> None:
    works = Works()
    order = works.in_work()
    with pytest.raises(Refused, match="写明情况"):
        look(works, order, ticks=ticks(order, 1, " "))
    check = look(works, order, 1, raises=True, kind="date")
    anomaly = Anomaly.objects.get()
    assert check.anomaly == anomaly and anomaly.kind == "date" and "进度：慢了一天" in anomaly.text
    assert anomaly.forwarded_by == works.who["customer_service"]
    assert owes(order, "anomaly_plan") == {"cs_supervisor", "marketing_director"}


def test_the_anomaly_of_a_look_names_its_lines_and_its_event_names_the_anomaly() -> None:
    works = Works()
    order = works.in_work(works.line(), works.line("30"))
    line = order.lines.get(number=2)
    client = signed_in(works.who["customer_service"])
    data = {f"{at}-found": "ok" for at in range(1, 5)} | {"2-found": "off", "2-note": "色差", "raises": "on"}
    data |= {"kind": "quality", "seen_items": seen_of(order), "lines": str(line.pk)}
    assert client.post(url("supervision", order.number), data).status_code == 302
    anomaly = Anomaly.objects.get()
    assert list(anomaly.lines.all()) == [line]
    event = Event.objects.get(action="check_supervision")
    assert (event.data["anomaly"], event.data["lines"]) == (anomaly.pk, [2])
    with pytest.raises(Refused, match="不属于此单"):
        look(works, works.in_work(), 1, raises=True, kind="date", lines=[line.pk])


def test_a_refused_kind_leaves_neither_look_nor_anomaly() -> None:
    works = Works()
    with pytest.raises(Refused, match="类别"):
        look(works, works.in_work(), 1, raises=True, kind="?")
    assert not SupervisionCheck.objects.exists() and not Anomaly.objects.exists()


def test_every_item_is_answered_and_a_day_is_looked_at_once() -> None:
    works = Works()
    order = works.in_work()
    with pytest.raises(Refused, match="重新勾选"):
        look(works, order, ticks=ticks(order)[:-1])
    look(works, order)
    with pytest.raises(Refused, match="今天已由"):
        look(works, order)
    with pytest.raises(Forbidden):
        check_supervision(order, by=works.who["production"], ticks=ticks(order), seen_items=seen_of(order))


def test_the_page_ticks_item_by_item_and_keeps_what_was_typed() -> None:
    works = Works()
    order = works.in_work()
    client = signed_in(works.who["customer_service"])
    data = {f"{at}-found": "ok" for at in range(1, 5)} | {"2-found": "off", "raises": "on", "kind": "quality"}
    data["seen_items"] = seen_of(order)
    page = client.post(url("supervision", order.number), data)
    assert page.status_code == 422 and "不符时请写明情况" in page.content.decode()
    assert client.post(url("supervision", order.number), {**data, "2-note": "有色差"}).status_code == 302
    said = signed_in(works.who["sales"]).get(url("supervision", order.number)).content.decode()
    assert "有色差" in said and "今天已检查" in said
    assert "今日已查" in client.get(url("supervision_list"), {"shelf": "all"}).content.decode()
    assert order.number not in client.get(url("supervision_list")).content.decode()


def test_the_day_list_asks_as_much_for_ten_orders_as_for_one() -> None:
    works = Works()
    client = signed_in(works.who["customer_service"])

    def statements() -> int:
        client.get(url("supervision_list"))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url("supervision_list")).status_code == 200
        return len(seen)

    works.in_work()
    few = statements()
    for _ in range(3):
        works.in_work()
    assert statements() == few


def test_an_order_that_is_as_it_should_be_is_ticked_from_the_list_in_one_click() -> None:
    works = Works()
    order = works.in_work()
    client = signed_in(works.who["customer_service"])
    assert "全部正常" in client.get(url("supervision_list")).content.decode()
    assert "全部正常" not in signed_in(works.who["production"]).get(url("supervision_list")).content.decode()
    fine = {f"{at}-found": "ok" for at in range(1, 5)} | {"seen_items": seen_of(order)}
    assert client.post(url("supervision", order.number), fine).status_code == 302
    assert not SupervisionCheck.objects.get(order=order).items.filter(ok=False).exists()


def test_ticks_do_not_land_on_items_that_nobody_saw() -> None:
    works = Works()
    order = works.in_work()
    client = signed_in(works.who["customer_service"])
    fine = {f"{at}-found": "ok" for at in range(1, 5)} | {"seen_items": seen_of(order)}
    assert fine["seen_items"] in client.get(url("supervision_list")).content.decode()
    items = supervised.items_of(order)
    HouseRules.objects.update(supervision="\n".join([*items[:-1], "接头不超过一个"]))
    answer = client.post(url("supervision", order.number), fine)
    assert answer.status_code == 409 and "检查项已更改" in answer.content.decode()
    assert not SupervisionCheck.objects.exists()
    assert client.post(url("supervision", order.number), fine | {"seen_items": seen_of(order)}).status_code == 302
