"""Working days (法定节假日与调休) and working hours, in Asia/Shanghai.

`chinese_calendar` knows the published years; the table `Holiday`, edited by admins, comes first, and a year that
is not published yet falls back to Monday–Friday.
"""

from datetime import date, datetime, time, timedelta

import chinese_calendar
from django.utils import timezone

from accounts.models import Holiday

OPENS = time(8, 30)
CLOSES = time(17, 30)
LUNCH = (time(12, 0), time(13, 0))
# Days that one can reckon with: neither mistyped nor at the end of what a date can be.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_in_our_time(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_named(text: str) -> date | None:
    """The day of «2026-10-01» in an address; None for what is none, or far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_in_our_time(day) else None


def month_named(text: str) -> date | None:
    """The first day of «2026-10»."""
    return day_named(f"{text}-01") if len(text) == len("2026-10") else None


def is_working_day(day: date, own: dict[date, bool] | None = None) -> bool:
    """Whether the house works on `day`. `own` spares the query when many days are asked about."""
    if own is None:
        own = own_days(day, day)
    if day in own:
        return own[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def own_days(first: date, last: date) -> dict[date, bool]:
    return dict(Holiday.objects.filter(day__range=(first, last)).values_list("day", "is_working"))


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself for 0."""
    own = own_days(day, day + timedelta(days=count * 3 + 30))
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, own)
    return day


def next_working_day(day: date) -> date:
    return add_working_days(day, 1)


def add_working_minutes(moment: datetime, minutes: int) -> datetime:
    """`minutes` of working time after `moment`, the night, lunch and days off left out."""
    moment = timezone.localtime(moment)
    own = own_days(moment.date(), moment.date() + timedelta(days=40))
    left = timedelta(minutes=minutes)
    while True:
        for start, end in ((OPENS, LUNCH[0]), (LUNCH[1], CLOSES)):
            opens = moment.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
            closes = moment.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
            begin = max(moment, opens)
            if begin >= closes or not is_working_day(moment.date(), own):
                continue
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        moment = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def working_minutes_between(start: datetime, end: datetime) -> int:
    """How much working time lies between two moments, whole minutes."""
    start, end = timezone.localtime(start), timezone.localtime(end)
    own = own_days(start.date(), end.date())
    total, day = timedelta(), start.date()
    while day <= end.date():
        if is_working_day(day, own):
            for opens, closes in working_spans(day):
                total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def working_minutes_before(moment: datetime, minutes: int) -> datetime:
    """The latest moment from which `minutes` of working time have passed by `moment`."""
    moment = timezone.localtime(moment)
    own = own_days(moment.date() - timedelta(days=minutes // 240 + 40), moment.date())
    left, day = timedelta(minutes=minutes), moment.date()
    while True:
        if is_working_day(day, own):
            for opens, closes in reversed(working_spans(day)):
                worked = max(min(moment, closes) - opens, timedelta())
                if left <= worked:
                    return min(moment, closes) - left
                left -= worked
        day -= timedelta(days=1)


def working_spans(day: date) -> list[tuple[datetime, datetime]]:
    """Morning and afternoon of a day that is worked."""
    clocks = ((OPENS, LUNCH[0]), (LUNCH[1], CLOSES))
    return [
        (timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(day, end)))
        for start, end in clocks
    ]
