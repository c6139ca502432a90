"""What can be done to the house's calendar. What is due by the days changed is reckoned anew (`flow.redue`)."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts import days_off
from accounts.calendar import is_published, statutory
from accounts.models import CalendarYear, Holiday
from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action

# From this day on next year's notice is awaited: it comes in November, and production plans into the new year.
AWAITED = (11, 1)


@action("change_holiday", versioned=False)
def change_holiday(act: Act, holiday: Holiday | None, *, day: date, is_working: bool, name: str) -> Holiday:
    """Add or change a day of the house's own calendar; a day of a notice that is changed is the house's own then."""
    holiday = holiday or Holiday()
    before = [str(holiday.day), holiday.is_working] if holiday.pk else []
    holiday.day, holiday.is_working, holiday.name, holiday.notice_of = day, is_working, name, None
    save(holiday)
    act.record(holiday, day=day, working=is_working, before=before)
    return holiday


@action("drop_holiday", versioned=False)
def drop_holiday(act: Act, holiday: Holiday) -> Any:
    """The day follows the published calendar again."""
    act.record(holiday, day=holiday.day)
    holiday.delete()
    return None


@action("enter_days_off", versioned=False)
def enter_days_off(act: Act, year: CalendarYear, *, notice: str) -> CalendarYear:
    """Take the days of a year from the State Council's notice, in place of those of an earlier text. A day that the
    house set itself stays as it is. Raises Refused beside `notice` for what cannot be read."""
    if not act.reason:
        raise Refused("请写明录入的原因或通知文号。", field="reason")
    read = days_off.read(year.year, notice)
    year.days.all().delete()
    own = set(Holiday.objects.filter(day__in=days_of(read)).values_list("day", flat=True))
    Holiday.objects.bulk_create(
        Holiday(day=day, is_working=works, name=name, notice_of=year)
        for day, (works, name) in sorted(days_of(read).items())
        if day not in own
    )
    year.notice, year.entered_at = notice, act.at
    save(year)
    act.record(year, off=[str(day) for day in read.off], made_up=[str(day) for day in read.made_up], own=sorted(own))
    return year


def days_of(read: days_off.Arrangement) -> dict[date, tuple[bool, str]]:
    """With what the law would make up for, where the notice lets people work."""
    worked = {day: (True, "按通知上班") for day in statutory(read.year) if day.weekday() < 5}
    return worked | read.days


@action("await_days_off", system=True, versioned=False)
def await_days_off(act: Act, year: None) -> None:
    """Note the years whose notice an admin owes, now or from November on; and those that a newer calendar knows."""
    this = timezone.localtime(act.at).year
    for coming in (this, this + 1):
        if not is_published(coming):
            awaited, new = CalendarYear.objects.get_or_create(
                year=coming, defaults={"owed_from": date(coming - 1, *AWAITED)}
            )
            # An unchanged row is recorded as well: what is owed on it changes with time alone.
            if new or awaited.entered_at is None:
                act.touch(awaited)
    for known in CalendarYear.objects.filter(entered_at=None):
        if is_published(known.year):
            known.entered_at = act.at
            save(known)
            act.record(known, published=True)


def awaited(at: datetime) -> list[int]:
    """The years of which the days off should be known by now and are not."""
    today = timezone.localtime(at).date()
    years = (today.year, today.year + 1) if (today.month, today.day) >= AWAITED else (today.year,)
    entered = CalendarYear.objects.filter(entered_at__isnull=False).values_list("year", flat=True)
    return [year for year in years if not is_published(year) and year not in entered]
