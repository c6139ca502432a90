"""The working calendar past what is published, and the State Council's notice read as it is published."""

from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import calendar_actions, days_off
from accounts.calendar import (
    add_working_days,
    add_working_minutes,
    is_expected,
    is_working_day,
    working_minutes_between,
)
from accounts.models import CalendarYear, Holiday
from audit.errors import Refused
from documents.models import OutboxRow
from flow import redue, tasks
from flow.models import Owed
from home import todo
from orders.models import Order
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db

HEAD = """国务院办公厅关于{year}年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将{year}年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
"""
FOOT = """
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。
国务院办公厅
2025年11月4日"""
NOTICES = {
    2019: """一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。
二、春节：2月4日至10日放假调休，共7天。2月2日（星期六）、2月3日（星期日）上班。
三、清明节：4月5日放假，与周末连休。
四、劳动节：2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
五、端午节：6月7日放假，与周末连休。
六、中秋节：9月13日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2021: """一、元旦：2021年1月1日至3日放假，共3天。
二、春节：2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。
三、清明节：4月3日至5日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月25日（星期日）、5月8日（星期六）上班。
五、端午节：6月12日至14日放假，共3天。
六、中秋节：9月19日至21日放假调休，共3天。9月18日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。""",
    2023: """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    2024: """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}
# As it might come: nobody knows it yet.
COMING = """一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。1月4日（周一）上班。
二、春节：2月5日（农历除夕、周五）至12日（农历正月初七、周五）放假调休，共8天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


def notice(year: int, items: str = COMING) -> str:
    return HEAD.format(year=year) + items + FOOT


def awaited() -> CalendarYear:
    """2027, as the daily task finds it."""
    calendar_actions.await_days_off(None, by=None, at=datetime(2026, 12, 1, tzinfo=timezone.get_current_timezone()))
    return CalendarYear.objects.get(year=2027)


def entered(text: str = "", **given: Any) -> CalendarYear:
    given = {"by": people.person("admin"), "reason": "国办发明电", **given}
    return calendar_actions.enter_days_off(awaited(), notice=text or notice(2027), **given)


@pytest.mark.parametrize("year", NOTICES)
def test_a_published_notice_says_of_every_day_what_the_published_calendar_says(year: int) -> None:
    read = days_off.read(year, notice(year, NOTICES[year])).days
    for day in (date(year, 1, 1) + timedelta(days=count) for count in range(364)):
        works = read[day][0] if day in read else day.weekday() < 5
        if (day.month, day.day) < (12, 28):  # the next year's notice speaks of these
            assert works == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("10月9日（周六）上班", "10月9日（周五）上班", "2027-10-09 是周六"),
        ("放假调休，共8天", "放假调休，共9天", "写明共 9 天，读出的是 8 天"),
        ("10月1日（周五）至7日（周四）放假调休", "10月1日（周五）至7日（周四）酌情放假", "「国庆节」读不懂：酌情"),
        ("四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。", "四、劳动节：", "劳动节 05-01"),
        ("6月9日（周三）", "6月31日", "没有这一天：6月31日"),
        ("六、中秋节：9月15日（周三）放假1天，不调休。", "", "没有读到法定假日：中秋节 09-15"),
        ("1月4日（周一）上班", "1月4日（周一）", "没有写明放假还是上班"),
        ("2027年部分", "2026年部分", "这是 2026 年的通知"),
        ("1月1日（周五）至3日（周日）", "1月3日（周日）至1日", "起止日期不对"),
        ("2月20日（周六）上班", "2月8日（周一）上班", "又是放假又是上班"),
    ],
)
def test_what_cannot_be_read_is_said_in_words_and_nothing_is_taken(was: str, becomes: str, why: str) -> None:
    text = notice(2027)
    assert was in text
    with pytest.raises(Refused, match=why) as refused:
        entered(text.replace(was, becomes))
    assert refused.value.field == "notice" and not Holiday.objects.exists()


def test_a_year_not_yet_published_has_the_days_off_that_the_law_gives() -> None:
    off = ["2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-06-09", "2027-09-15", "2027-10-01"]
    assert [day for day in off if is_working_day(date.fromisoformat(day))] == []
    assert is_expected(date(2027, 1, 1)) and not is_expected(date(2026, 10, 1))
    assert is_working_day(date(2027, 1, 4)) and not is_working_day(date(2027, 1, 9))


def test_once_entered_days_made_up_are_worked_and_the_break_is_off() -> None:
    entered()
    assert is_working_day(date(2027, 2, 20)) and is_working_day(date(2027, 9, 26))
    assert not is_working_day(date(2027, 2, 11)) and not is_expected(date(2027, 2, 11))
    assert add_working_days(date(2027, 2, 4), 1) == date(2027, 2, 15)


def test_the_houses_own_day_stands_above_a_notice_and_a_later_text_takes_the_place_of_an_earlier() -> None:
    admin = people.person("admin")
    calendar_actions.change_holiday(None, by=admin, day=date(2027, 2, 20), is_working=False, name="厂休")
    entered()
    assert not is_working_day(date(2027, 2, 20))
    entered(notice(2027).replace("、5月8日（周六）上班", "上班"))
    assert is_working_day(date(2027, 4, 25)) and not is_working_day(date(2027, 5, 8))


def test_entering_asks_for_a_reason_and_the_right() -> None:
    for given in ({"reason": " "}, {"by": people.person("cs_supervisor")}):
        with pytest.raises(Refused):
            entered(**given)


def test_in_the_admin_the_days_read_are_looked_over_before_they_are_entered() -> None:
    client, year = Client(), awaited()
    client.force_login(people.person("admin", is_staff=True))
    url = reverse("admin:accounts_calendaryear_change", args=[year.pk])
    typed = {"notice": notice(2027), "reason": "国办发明电"}
    shown = client.post(url, typed)
    assert "读出放假 28 天、调休上班 7 天" in str(shown.context["errors"]) and not Holiday.objects.exists()
    looked_over = shown.context["adminform"].form.data["looked_over"]
    changed = client.post(url, {**typed, "notice": notice(2027) + " ", "looked_over": looked_over})
    assert changed.status_code in (200, 302)
    assert "读不懂" in client.post(url, {**typed, "notice": "一、元旦：1月1日也许放假"}).content.decode()
    assert client.post(url, {**typed, "looked_over": looked_over}).status_code == 302
    assert is_working_day(date(2027, 2, 20))


def test_admins_owe_the_coming_year_from_november_until_it_is_entered() -> None:
    admin = people.person("admin")
    year = awaited()
    assert [group.label for group in todo.groups(admin, timezone.now())] == ["录入下年放假与调休"]
    calendar_actions.enter_days_off(year, by=admin, reason="已公布", notice=notice(2027))
    assert todo.groups(admin, timezone.now()) == []


def test_the_check_warns_until_then_and_stops_nothing() -> None:
    said = [each for each in run_checks(databases=["default"]) if each.id == "accounts.W001"]
    assert len(said) == len(calendar_actions.awaited(timezone.now())) and all(each.level < 40 for each in said)
    assert calendar_actions.awaited(datetime(2026, 10, 31, 12, tzinfo=timezone.get_current_timezone())) == []


@pytest.mark.parametrize("minutes", [0, 60, 480 * 30, 480 * 300])
def test_working_minutes_are_added_over_any_span(minutes: int) -> None:
    admin = people.person("admin")
    for day in (date(2027, 3, 1), date(2027, 9, 1)):
        calendar_actions.change_holiday(None, by=admin, day=day, is_working=False, name="检修")
    begin = datetime(2026, 12, 1, 10, tzinfo=timezone.get_current_timezone())
    end = add_working_minutes(begin, minutes)
    assert working_minutes_between(begin, end) == minutes and end.date() not in (date(2027, 3, 1), date(2027, 9, 1))


def test_when_days_change_what_is_open_is_due_anew() -> None:
    shop = Shop()
    order = shop.draft()
    Order.objects.filter(pk=order.pk).update(channel="sales_word", written_order_filed_at=None)
    monday = datetime(2026, 12, 7, 9, tzinfo=timezone.get_current_timezone())
    row = Owed(subject_kind="order", subject_id=order.pk, what="written_order_owed", role="sales", since=monday)
    row.due = datetime(2026, 12, 10, 9, tzinfo=monday.tzinfo)
    row.save()
    calendar_actions.change_holiday(
        None, by=people.person("admin"), day=date(2026, 12, 9), is_working=False, name="停电"
    )
    assert OutboxRow.objects.filter(channel=redue.CHANNEL).count() == 2
    tasks.reckon_again({})
    row.refresh_from_db()
    assert row.due == datetime(2026, 12, 11, 9, tzinfo=monday.tzinfo)
