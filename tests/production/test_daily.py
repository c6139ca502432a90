"""The 生产日报表: a shift's sheet counts once and by the rules of each report; a signed day is closed (R22)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from audit.errors import AlreadyDone, Blocked, Forbidden, Refused, Stale
from audit.models import Event
from catalog.models import PriceList
from documents.models import Document
from flow import owed
from flow.models import Owed
from orders.models import EntryKind, Order
from production import daily, forms, tasks
from production.actions import days, making, sheets
from production.actions.making import Made
from production.actions.sheets import SheetRow
from production.models import Batch, DailyReport, DaySignature, ReportDay, ReportSheet
from quality.trace import traced
from tests import people
from tests.production.works import Works, blocked, line_of, owes
from tests.shop import today

pytestmark = pytest.mark.django_db


def row(order: Order, good: str = "40", scrap: str = "0", hours: str = "7.5", **more: Any) -> SheetRow:
    return SheetRow(order.lines.get().pk, Decimal(good), Decimal(scrap), hours=Decimal(hours), **more)


def report(works: Works, *rows: SheetRow, **more: Any) -> ReportSheet:
    given = {"day": today(), "shift": "night", "step": "模切", "machine": "模切 2 号机", **more}
    return sheets.report_sheet(None, by=works.who["production"], rows=list(rows), **given)


def sign(works: Works, **more: Any) -> ReportDay:
    return days.sign_day(None, by=works.who["production"], **{"day": today(), **more})


def test_a_sheet_is_progress_of_every_order_on_it_and_counts_once() -> None:
    works = Works()
    one, other = works.in_work(), works.in_work()
    rows = [row(one, scrap="2", remark="换刀"), row(other, "60")]
    sheet = report(works, *rows, key="form")
    assert (line_of(one).made, line_of(one).scrapped, line_of(one).good) == (42, 2, 40)
    assert line_of(other).good == 60
    kept = DailyReport.objects.get(order=one)
    assert (kept.sheet, kept.shift, kept.hours, kept.remark) == (sheet, "night", Decimal("7.5"), "换刀")
    assert kept.batch is not None
    assert Event.objects.filter(subject_kind="order", action="report_made").count() == 2
    with pytest.raises(AlreadyDone):  # the double click
        report(works, *rows, key="form")
    with pytest.raises(Refused, match="没有重复计数"):  # the second window
        report(works, *rows, key="another form")
    assert line_of(one).made == 42
    report(works, *rows, reason="下半夜又做了同样的数量")
    assert line_of(one).made == 84


def test_nothing_of_a_sheet_is_kept_where_one_row_may_not_be() -> None:
    works = Works()
    order, unsigned = works.in_work(), works.released()
    with pytest.raises(Blocked) as error:
        report(works, row(order), row(unsigned))
    assert blocked(error.value) == {"order_signed_for"}
    assert unsigned.number in error.value.message
    for bad, words in (
        ([row(order, "-1")], "不能为负"),
        ([row(order, "99999")], f"{order.number} 第 1 行：累计产量超过"),
        ([row(order, at=1), row(order, at=2)], "第 2 行与第 1 行是同一订单行"),
        ([row(order, hours="25", at=3)], "第 3 行：工时"),
        ([row(order, "0", "0", "0")], "至少填写一行"),
    ):
        with pytest.raises(Refused, match=words):
            report(works, *bad)
    for given, words in (
        ({"day": today() + timedelta(1)}, "不能晚于今天"),
        ({"day": today() - timedelta(9)}, "才下达生产"),
        ({"counted": False, "step": ""}, "哪道工序"),
        ({"shift": "noon"}, "班次"),
    ):
        with pytest.raises(Refused, match=words):
            report(works, row(order), **given)
    with pytest.raises(Forbidden):
        sheets.report_sheet(None, by=works.who["quality"], rows=[row(order)], day=today(), shift="day")
    assert not DailyReport.objects.exists()
    assert not ReportSheet.objects.exists()


def test_a_step_before_the_last_is_progress_of_that_step_and_no_good_of_the_line() -> None:
    works = Works()
    order = works.in_work()
    report(works, row(order, "50", "3"), counted=False, step="印刷")
    line = line_of(order)
    assert (line.made, line.good, line.scrapped) == (0, 0, 0)
    kept = DailyReport.objects.get()
    assert kept.batch is None
    total = daily.summed(today()).orders[0]
    assert (total.good, total.under_way, total.scrap) == (0, 50, 3)
    making.take_back_report(kept, by=works.who["production"], reason="报错工序")
    assert line_of(order).made == 0
    assert daily.summed(today()).orders[0].under_way == 0
    assert not order.lines.get().entries.filter(kind=EntryKind.MADE).exists()
    report(works, row(order, "55"), counted=False, step="涂布", machine="涂布 1 号机")
    report(works, row(order, "50"))
    (batch,) = traced(Batch.objects.get().number, works.who["quality"]).batches
    assert [each.machine for each in batch.steps_before] == ["涂布 1 号机"]  # type: ignore[attr-defined]
    assert [(each.machine, each.shift) for each in batch.reports.all()] == [("模切 2 号机", "night")]


@pytest.mark.parametrize("counted", [True, False])
def test_a_row_of_hours_alone_is_a_stop_of_the_machine_and_brings_nothing(counted: bool) -> None:
    works = Works()
    order = works.in_work()
    report(works, row(order, "0", remark="停机待料"), counted=counted)
    kept = DailyReport.objects.get()
    assert (kept.hours, kept.batch, daily.summed(today()).hours) == (Decimal("7.5"), None, Decimal("7.5"))
    making.take_back_report(kept, by=works.who["production"], reason="报错工时")
    assert line_of(order).made == 0
    assert not order.lines.get().entries.filter(kind=EntryKind.MADE).exists()
    assert daily.summed(today()).hours == 0


def pasted(*rows: str, head: str = "订单号\t行\t合格\t产品编号") -> forms.PasteForm:
    typed = {"day": str(today()), "shift": "day", "counted": "yes", "key": "p", "pasted": "\n".join([head, *rows])}
    return forms.PasteForm(typed)


def test_a_number_that_an_amendment_gave_to_another_line_is_pasted_with_its_product() -> None:
    works = Works()
    other = people.product(unit="卷")
    people.price(PriceList.objects.get(), other, "10.00")
    order = works.in_work(works.line(), works.line("50", product=other), works.line("30"))
    first, second, third = order.lines.order_by("number")
    works.report(order, "5", line=second)
    order = works.without(order, first)
    number = order.number
    assert pasted(f"{number}\t1\t20").errors["pasted"] == [
        f"第 2 行：{number} 改单后第 1 行已是另一行，请加「产品编号」列。"
    ]
    assert "表中写的是" in pasted(f"{number}\t1\t20\t{works.product.code}").errors["pasted"][0]
    assert "没有第 3 行" in pasted(f"{number}\t3\t20\t{works.product.code}").errors["pasted"][0]
    form = pasted(f"{number}\t1\t20\t{other.code}", f"{number}\t2\t30\t{works.product.code}")
    assert form.is_valid(), form.errors
    assert [row.line_id for row in form.found] == [second.pk, third.pk]


def test_a_day_and_its_paper_number_a_row_as_the_production_order_does(client: Any) -> None:
    works = Works()
    order = works.in_work(works.line(), works.line("50"))
    first, second = order.lines.order_by("number")
    works.report(order, "5", line=second)
    works.without(order, first)
    client.force_login(works.who["production"])
    for page in (f"/production/daily/{today()}/", f"/production/{order.number}/report/"):
        shown = client.get(page).content.decode()
        assert "第 1 行" in shown and "第 2 行" not in shown
    sign(works)
    data = Document.objects.get(kind="daily_report").data
    assert data["lines"][0]["name"] == f"{order.number}-1"
    assert data["rows"][0]["line"] == "1"


def test_a_signed_day_is_closed_and_a_later_row_wants_a_reason_and_a_new_version() -> None:
    works = Works()
    order = works.in_work()
    report(works, row(order))
    day = ReportDay.objects.get()
    with pytest.raises(Stale):
        sign(works, seen=day.version - 1)
    sign(works, seen=day.version)
    with pytest.raises(Refused, match="已由"):
        sign(works)
    with pytest.raises(Refused, match="请写明原因"):
        report(works, row(order, "10"))
    made = {"rows": [Made(order.lines.get().pk, Decimal(5))], "by": works.who["production"]}
    with pytest.raises(Refused, match="请写明原因"):
        making.report_made(order, **made)
    making.report_made(order, reason="夜班漏报", **made)
    sign(works)
    papers = list(Document.objects.filter(kind="daily_report").order_by("version"))
    assert [(paper.number, paper.version) for paper in papers] == [(f"RB-{today():%Y%m%d}", n) for n in (1, 2)]
    assert [entry["reason"] for entry in papers[1].data["later"]] == ["夜班漏报"]
    assert papers[0].data["lines"][0]["good"] == "40.000"
    assert papers[1].data["lines"][0]["good"] == "45.000"
    assert DaySignature.objects.count() == 2


def test_a_day_without_a_report_is_signed_with_a_word_and_no_day_to_come_is() -> None:
    works = Works()
    with pytest.raises(Refused, match="没有报工"):
        sign(works)
    with pytest.raises(Refused, match="未到"):
        sign(works, day=today() + timedelta(1), note="停机")
    with pytest.raises(Forbidden):
        days.sign_day(None, by=works.who["customer_service"], day=today(), note="停机检修")
    sign(works, note="停机检修")
    assert DaySignature.objects.get().note == "停机检修"


def begin_day(at: Any) -> None:
    assert tasks.begin(at)


def test_the_day_with_planned_or_reported_work_is_owed_by_six_until_it_is_signed(monkeypatch: Any) -> None:
    works = Works()
    planned, idle = works.in_work(), works.in_work()
    works.dates(planned, start=0)
    monkeypatch.setattr("production.tasks.is_working_day", lambda day: True)
    Order.objects.update(released_at=F("released_at") - timedelta(2))
    begin_day(timezone.localtime().replace(hour=9))
    assert owes(planned, "daily_report") == {"production"}
    assert owes(idle, "daily_report") == set()
    report(works, row(idle))
    assert owes(idle, "daily_report") == {"production"}
    due = timezone.localtime(Owed.objects.open().get(order=idle, what="daily_report").due)
    assert (due.hour, due.minute) == (18, 0)
    assert daily.first_owed(works.fresh(planned)) == today()
    sign(works)
    assert owes(planned, "daily_report") == owes(idle, "daily_report") == set()
    making.report_made(idle, by=works.who["production"], reason="漏报", rows=[Made(idle.lines.get().pk, Decimal(3))])
    assert owes(idle, "daily_report") == {"production"}
    assert owes(planned, "daily_report") == set()
    assert list(owed.differences()) == []
    assert Owed.objects.filter(what="daily_report", until__isnull=False).exists()


def test_what_was_pasted_is_read_against_the_orders_in_work_and_kept(client: Any) -> None:
    works = Works()
    order = works.in_work()
    client.force_login(works.who["production"])
    unit = daily.terms_of([order.lines.get().pk])[order.lines.get().pk].unit
    head = "订单号\t行\t合格\t废品\t工时\t备注\t单位\n"
    bad = head + f"{order.number}\t7\t１０\t\t\t\t{unit}\nSO-1\t1\t1\n{order.number}\t\t5\t\t\t\t斤\n"
    typed = {"day": str(today()), "shift": "day", "counted": "yes", "pasted": bad, "key": "a"}
    page = client.post("/production/daily/sheet/?way=paste", typed)
    assert page.status_code == 422
    text = page.content.decode()
    for words in ("第 2 行", "没有第 7 行", "第 3 行：没有下达生产的订单", "第 4 行：单位是", "１０"):
        assert words in text
    assert not DailyReport.objects.exists()
    good = f"{order.number}\t1\t１,２００\t５\t８\t\n"
    form = forms.PasteForm({**typed, "pasted": good})
    assert form.is_valid()
    good = good.replace("１,２００", "20")
    assert client.post("/production/daily/sheet/?way=paste", typed | {"pasted": good}).status_code == 302
    assert ReportSheet.objects.get().pasted == good
    assert line_of(order).good == 20
    key = order.lines.get().pk
    keyed = {**typed, "key": "b", f"{key}-hours": "30", "shift": "night"}
    assert "24" in client.post("/production/daily/sheet/", keyed).content.decode()
    keyed |= {f"{key}-hours": "8", f"{key}-good": "10"}
    assert client.post("/production/daily/sheet/", keyed).status_code == 302
    assert line_of(order).good == 30
    assert client.get(f"/production/{order.number}/day/").status_code == 302
    shown = client.get(f"/production/daily/{today()}/").content.decode()
    assert order.number in shown
    assert f'action="/production/daily/{today()}/sign/"' in shown
    assert client.post(f"/production/daily/{today()}/sign/", {"version": "0"}).status_code == 409
    assert client.post(f"/production/daily/{today()}/sign/", {"version": "2"}).status_code == 302
    assert str(today().year) in client.get("/production/daily/").content.decode()
    assert client.get("/production/daily/nonsense/").status_code == 404


def test_the_list_of_days_and_a_day_take_the_same_statements_for_many_as_for_few(
    client: Any, django_assert_max_num_queries: Any
) -> None:
    works = Works()
    order = works.in_work()
    Order.objects.update(released_at=F("released_at") - timedelta(30))
    client.force_login(works.who["production"])
    client.get("/production/daily/")
    counts = []
    for number in range(2):
        for back in range(3):
            day = today() - timedelta(back + 3 * number)
            report(works, row(order, "1"), day=day)
            sign(works, day=day)
        with django_assert_max_num_queries(40) as found:
            client.get("/production/daily/")
            client.get(f"/production/daily/{today()}/")
        counts.append(len(found))
    assert counts[0] == counts[1]
