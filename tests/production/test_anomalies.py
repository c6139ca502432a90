"""An anomaly from raising to closing: told, passed on, planned by two, answered by the customer (R21)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.calendar import add_working_minutes, working_minutes_before, working_minutes_between
from audit.errors import Refused
from documents.models import Notice, OutboxRow
from documents.tasks import deliver
from flow.models import Owed
from flow.owed import differences
from orders.models import Order
from production.actions import anomalies
from production.models import Anomaly, AnomalyAnswer
from tests import people
from tests.production.test_pages import signed_in, url
from tests.production.works import Works, owes, unmet
from tests.shop import paper

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def raised(works: Works, order: Order, by: str = "production", **more: Any) -> Anomaly:
    given = {"kind": "machine", "text": "分切机停机", **more}
    return anomalies.raise_anomaly(order, by=works.who[by], **given)


def planned(works: Works, anomaly: Anomaly) -> Anomaly:
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="改用二号机")
    anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"])
    anomaly.refresh_from_db()
    return anomaly


def answer(works: Works, anomaly: Anomaly, **more: Any) -> None:
    given = {"accepted": True, "said_by": "王经理", "way": "phone", "text": "可以", **more}
    anomalies.answer_anomaly(anomaly, by=works.who["customer_service"], **given)


# Raising


@pytest.mark.parametrize("role", ["sales", "finance", "legal", "logistics", "warehouse", "marketing_director"])
def test_whoever_sees_the_order_may_raise_one(role: str) -> None:
    works = Works()
    assert raised(works, works.in_work(), role).raised_by == works.who[role]


def test_several_lines_and_photos_stay_with_it() -> None:
    works = Works()
    order = works.in_work(works.line(), works.line("50"))
    ids = list(order.lines.values_list("pk", flat=True))
    anomaly = raised(works, order, lines=ids, photos=[paper("a.png"), paper("b.png")])
    assert set(anomaly.lines.values_list("pk", flat=True)) == set(ids)
    assert sorted(anomaly.photos.values_list("name", flat=True)) == ["a.png", "b.png"]


def test_a_line_of_another_order_and_too_many_photos_are_refused() -> None:
    works = Works()
    order, other = works.in_work(), works.in_work()
    with pytest.raises(Refused, match="不属于此单"):
        raised(works, order, lines=[other.lines.get().pk])
    with pytest.raises(Refused, match="最多"):
        raised(works, order, photos=[paper(f"{at}.png") for at in range(10)])
    assert not Anomaly.objects.exists()


def test_a_photo_that_is_none_is_named_beside_its_field_and_what_was_typed_stays() -> None:
    works = Works()
    order = works.in_work()
    wrong = SimpleUploadedFile("现场.png", b"not a picture", "image/png")
    data = {"kind": "quality", "text": "色差明显", "photos": [paper("a.png"), wrong]}
    page = signed_in(works.who["quality"]).post(url("anomalies", order.number), data)
    said = page.content.decode()
    assert page.status_code == 422 and "现场.png：文件内容与扩展名" in said and "色差明显" in said
    assert not Anomaly.objects.exists()


# Passing on


def test_customer_service_passes_it_on_in_their_words_within_half_an_hour() -> None:
    works = Works()
    order = works.in_work()
    anomaly = raised(works, order)
    row = Owed.objects.open().get(order=order, what="anomaly_forward")
    assert (row.role, row.due) == ("customer_service", row.since + timedelta(minutes=30))
    anomalies.forward_anomaly(anomaly, by=works.who["customer_service"], words="客户周五要货，最多让一天")
    assert owes(order, "anomaly_forward") == set()
    for post in OutboxRow.objects.filter(channel="notice"):
        deliver(post.pk)
    told = Notice.objects.filter(text__contains="最多让一天").values_list("recipient", flat=True)
    assert set(told) == {works.who[role].pk for role in ("sales", "cs_supervisor", "marketing_director")}
    with pytest.raises(Refused, match="转报"):
        anomalies.forward_anomaly(anomaly, by=works.who["cs_supervisor"], words="再说一次")


def test_what_customer_service_raised_need_not_be_passed_on() -> None:
    works = Works()
    order = works.in_work()
    assert raised(works, order, "customer_service").forwarded_at is not None
    assert owes(order, "anomaly_forward") == set()


# The plan


def test_a_plan_is_owed_within_four_working_hours_by_both() -> None:
    works = Works()
    order = works.in_work()
    raised(works, order)
    rows = Owed.objects.open().filter(order=order, what="anomaly_plan")
    assert {row.role for row in rows} == {"cs_supervisor", "marketing_director"}
    assert {row.due for row in rows} == {add_working_minutes(rows[0].since, 240)}


def test_a_plan_counts_when_the_other_of_the_two_agrees() -> None:
    works = Works()
    order = works.in_work()
    anomaly = raised(works, order)
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="改用二号机")
    assert "anomalies_planned" in unmet("finish", works.fresh(order))
    with pytest.raises(Refused, match="另一位"):
        anomalies.agree_anomaly_plan(anomaly, by=works.who["cs_supervisor"])
    with pytest.raises(Refused, match="两人商定"):
        anomalies.agree_anomaly_plan(anomaly, by=people.person("cs_supervisor"))
    anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"])
    assert "anomalies_planned" not in unmet("finish", works.fresh(order))
    assert owes(order, "anomaly_plan") == set()
    with pytest.raises(Refused, match="已由"):
        anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"])


def test_nothing_is_agreed_to_before_there_is_a_plan() -> None:
    works = Works()
    with pytest.raises(Refused, match="还没有处理方案"):
        anomalies.agree_anomaly_plan(raised(works, works.in_work()), by=works.who["marketing_director"])


def test_another_plan_wants_to_be_agreed_again() -> None:
    works = Works()
    order = works.in_work()
    anomaly = planned(works, raised(works, order))
    anomalies.plan_anomaly(anomaly, by=works.who["marketing_director"], plan="外协加工")
    assert "anomalies_planned" in unmet("finish", works.fresh(order))
    anomalies.agree_anomaly_plan(anomaly, by=works.who["cs_supervisor"])
    assert "anomalies_planned" not in unmet("finish", works.fresh(order))


def test_the_working_time_to_the_plan_is_kept_and_shown() -> None:
    works = Works()
    order = works.in_work()
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=SHANGHAI)
    anomaly = raised(works, order, at=friday)
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="换机", at=monday)
    anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"], at=monday)
    anomaly.refresh_from_db()
    assert anomaly.minutes_to_plan == 120
    page = signed_in(works.who["sales"]).get(url("anomaly", order.number, anomaly.pk)).content.decode()
    assert "2 小时" in page


def test_working_minutes_leave_out_lunch_nights_and_days_off() -> None:
    start = datetime(2026, 11, 20, 11, 0, tzinfo=SHANGHAI)
    assert working_minutes_between(start, datetime(2026, 11, 20, 14, 0, tzinfo=SHANGHAI)) == 120
    assert working_minutes_between(start, datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)) == 60 + 270
    later = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    assert working_minutes_before(later, 60) == datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI)
    assert working_minutes_before(datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI), 30).day == 20


# The customer's answer


def test_the_customers_answer_keeps_who_when_how_and_the_paper() -> None:
    works = Works()
    anomaly = planned(works, raised(works, works.in_work()))
    answer(works, anomaly, paper=paper("答复.png"), way="email")
    row = AnomalyAnswer.objects.get()
    assert (row.said_by, row.way, row.paper and row.paper.name) == ("王经理", "email", "答复.png")
    assert row.by == works.who["customer_service"]


def test_a_plan_that_the_customer_refuses_no_longer_counts() -> None:
    works = Works()
    order = works.in_work()
    anomaly = planned(works, raised(works, order))
    answer(works, anomaly, accepted=False, text="不接受换料")
    assert "anomalies_planned" in unmet("finish", works.fresh(order))
    assert owes(order, "anomaly_plan") == {"cs_supervisor", "marketing_director"}
    assert list(differences()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"said_by": " "},
        {"way": "?"},
        {"text": ""},
        {"said_at": timezone.now() + timedelta(days=1)},
        {"said_at": timezone.now() - timedelta(days=9)},
    ],
)
def test_an_answer_without_its_particulars_is_refused(wrong: dict[str, Any]) -> None:
    works = Works()
    anomaly = planned(works, raised(works, works.in_work()))
    with pytest.raises(Refused):
        answer(works, anomaly, **wrong)
    assert not AnomalyAnswer.objects.exists()


def test_no_answer_before_the_plan_and_none_after_the_end() -> None:
    works = Works()
    anomaly = raised(works, works.in_work())
    with pytest.raises(Refused, match="尚未商定"):
        answer(works, anomaly)
    planned(works, anomaly)
    anomalies.close_anomaly(anomaly, by=works.who["production"], result="已恢复")
    with pytest.raises(Refused, match="已经关闭"):
        answer(works, anomaly)


# Pages


def test_the_story_is_told_on_one_page_from_raising_to_closing() -> None:
    works = Works()
    order = works.in_work()
    maker, clerk, chief, boss = (
        signed_in(works.who[role]) for role in ("production", "customer_service", "cs_supervisor", "marketing_director")
    )
    maker.post(url("anomalies", order.number), {"kind": "machine", "text": "停机", "photos": [paper("机台.png")]})
    pk = Anomaly.objects.get().pk
    assert clerk.post(url("forward", order.number, pk), {"words": "客户催得紧"}).status_code == 302
    assert chief.post(url("plan", order.number, pk), {"plan": "换机"}).status_code == 302
    assert "同意方案" not in chief.get(url("anomaly", order.number, pk)).content.decode()
    assert "同意方案" in boss.get(url("anomaly", order.number, pk)).content.decode()
    assert boss.post(url("agree", order.number, pk)).status_code == 302
    said = {
        "accepted": "1",
        "said_by": "王经理",
        "way": "phone",
        "text": "可以",
        "said_at": timezone.localtime().isoformat(),
    }
    assert clerk.post(url("answer", order.number, pk), said).status_code == 302
    assert clerk.post(url("close", order.number, pk), {"result": "已恢复"}).status_code == 302
    page = maker.get(url("anomaly", order.number, pk)).content.decode()
    for words in ("机台.png", "停机", "客户催得紧", "换机", "同意方案", "客户同意方案", "王经理", "已恢复", "已解决"):
        assert words in page, words


def test_the_list_is_filtered_and_shows_nobody_what_they_do_not_see() -> None:
    works = Works()
    first, second = works.in_work(), works.in_work()
    raised(works, first, kind="quality", text="色差")
    raised(works, second, text="断带")
    clerk = signed_in(works.who["customer_service"])

    def shown(**asked: str) -> str:
        return clerk.get(url("anomaly_list"), asked).content.decode()

    assert "色差" in shown() and "断带" in shown()
    assert "断带" not in shown(kind="quality") and "色差" not in shown(q=second.number)
    assert "色差" not in shown(standing="closed") and "色差" in shown(standing="unforwarded", since="x")
    stranger = signed_in(people.person("sales"))
    assert "色差" not in stranger.get(url("anomaly_list")).content.decode()
    assert stranger.get(url("anomaly", first.number, Anomaly.objects.first().pk)).status_code == 404  # type: ignore[union-attr]


def test_the_list_asks_as_much_for_ten_as_for_one() -> None:
    works = Works()
    order = works.in_work()
    client = signed_in(works.who["customer_service"])

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url("anomaly_list")).status_code == 200
        return len(seen)

    line = order.lines.get().pk
    raised(works, order, lines=[line], photos=[paper()])
    client.get(url("anomaly_list"))
    few = statements()
    for _ in range(9):
        raised(works, order, lines=[line], photos=[paper()])
    assert statements() == few <= 14
