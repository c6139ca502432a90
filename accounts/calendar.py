"""Working days (法定节假日与调休) and working hours, in Asia/Shanghai.

`chinese_calendar` knows the published years; the table `Holiday`, edited by admins, comes first. Of a year that it does
not know yet the law's own days off stand (`holidays`) until an admin enters the notice (`accounts.days_off`).
"""

from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar
from django.utils import timezone

from accounts.models import CalendarYear, Holiday

OPENS = time(8, 30)
CLOSES = time(17, 30)
LUNCH = (time(12, 0), time(13, 0))
# Days that one can reckon with: neither mistyped nor at the end of what a date can be.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# Days either side of one asked about that are read along with it.
WINDOW = 200


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


class Days:
    """The days on which the house works, as far as anybody asks; its own are read a year about the first one unknown.

    Who decides: the house's own table, the published calendar, what the law says of a year not yet published, and
    Monday to Friday.
    """

    def __init__(self) -> None:
        self.own: dict[date, bool] = {}
        self.read: set[date] = set()

    def works(self, day: date) -> bool:
        if day not in self.read:
            self.look_at(day)
        if day in self.own:
            return self.own[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5 and day not in statutory(day.year)

    def look_at(self, day: date) -> None:
        about = [day + timedelta(days=count) for count in range(-WINDOW, WINDOW)]
        self.own |= Holiday.objects.filter(day__range=(about[0], about[-1])).values_list("day", "is_working")
        self.read.update(about)


@cache
def statutory(year: int) -> dict[date, str]:
    """The days off that the law gives (全国年节及纪念日放假办法) or makes up for where one falls on a weekend; how the
    State Council moves them about is not in it."""
    import holidays  # takes a tenth of a second, and only a year that is not published asks for it

    given = holidays.country_holidays("CN", years=year, language="zh_CN")
    return {day: name for day, name in given.items() if day.year == year}


def is_published(year: int) -> bool:
    """Whether `chinese_calendar` knows how the State Council moves its days."""
    return date(year, 1, 1) in chinese_calendar.holidays


def is_expected(day: date) -> bool:
    """Whether what is said of `day` waits for the State Council (待国务院公布)."""
    return not (is_published(day.year) or CalendarYear.objects.filter(year=day.year, entered_at__isnull=False).exists())


def is_working_day(day: date, days: Days | None = None) -> bool:
    """Whether the house works on `day`. `days` spares the query when many are asked about."""
    return (days or Days()).works(day)


def add_working_days(day: date, count: int, days: Days | None = None) -> date:
    """The `count`-th working day after `day`; `day` itself for 0."""
    days = days or Days()
    while count:
        day += timedelta(days=1)
        count -= days.works(day)
    return day


def next_working_day(day: date, days: Days | None = None) -> date:
    return add_working_days(day, 1, days)


def add_working_minutes(moment: datetime, minutes: float, days: Days | None = None) -> datetime:
    """`minutes` of working time after `moment`, the night, lunch and days off left out."""
    moment, days = timezone.localtime(moment), days or Days()
    left, day = timedelta(minutes=minutes), moment.date()
    while is_in_our_time(day):
        for opens, closes in working_spans(day) if days.works(day) else ():
            begin = max(moment, opens)
            if begin < closes and left <= closes - begin:
                return begin + left
            left -= max(closes - begin, timedelta())
        day += timedelta(days=1)
    return moment


def next_opening(moment: datetime, days: Days | None = None) -> datetime:
    """`moment` where it is working time, else when the house opens next."""
    return add_working_minutes(moment, 0, days)


def is_open(moment: datetime) -> bool:
    """Whether it is working time."""
    return next_opening(moment) == timezone.localtime(moment)


def working_minutes_between(start: datetime, end: datetime, days: Days | None = None) -> int:
    """How much working time lies between two moments, whole minutes."""
    start, end, days = timezone.localtime(start), timezone.localtime(end), days or Days()
    total, day = timedelta(), start.date()
    while day <= end.date():
        if days.works(day):
            for opens, closes in working_spans(day):
                total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def working_minutes_before(moment: datetime, minutes: int) -> datetime:
    """The latest moment from which `minutes` of working time have passed by `moment`."""
    moment, days = timezone.localtime(moment), Days()
    left, day = timedelta(minutes=minutes), moment.date()
    while is_in_our_time(day):
        for opens, closes in reversed(working_spans(day)) if days.works(day) else ():
            worked = max(min(moment, closes) - opens, timedelta())
            if left <= worked:
                return min(moment, closes) - left
            left -= worked
        day -= timedelta(days=1)
    return moment


def working_spans(day: date) -> list[tuple[datetime, datetime]]:
    """Morning and afternoon of a day that is worked."""
    clocks = ((OPENS, LUNCH[0]), (LUNCH[1], CLOSES))
    return [
        (timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(day, end)))
        for start, end in clocks
    ]
