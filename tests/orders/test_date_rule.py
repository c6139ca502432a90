"""The date rule, against a table written by hand: what was sent, received, refused, held … and which days push."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from audit.frame import open_action
from orders import dates
from orders.models import DatePush, HoldPeriod, HouseRules, Order, Revision
from orders.models.returned import ConfirmationReturn
from tests.shop import Shop

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str, year: int = 2026) -> datetime:
    """«11-03 17:00» in Asia/Shanghai."""
    return datetime.strptime(f"{year}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@dataclass
class Case:
    name: str
    sent: str | None = "11-03 10:00"
    approved: str = "11-03 09:00"
    returns: tuple[tuple[str, str], ...] = ()  # (received, verdict)
    released: str | None = None
    superseded: str | None = None
    ended: str | None = None
    holds: tuple[tuple[str, str | None], ...] = ()
    through: str = "11-06"
    pushed: tuple[str, ...] = ()
    deposit: tuple[bool, str | None] = (False, None)  # (an unpaid deposit pushes, when it came)
    working_days: bool = False
    cutoff: time = time(23, 59, 59)
    early: bool = False
    year: int = 2026


CASES = [
    Case("nothing back: each ended day pushes", pushed=("11-03", "11-04", "11-05", "11-06")),
    Case("never sent: no clock", sent=None),
    Case("sent late evening still counts that day", sent="11-03 23:50", through="11-03", pushed=("11-03",)),
    Case("sent at 00:00 counts the new day", sent="11-04 00:00", through="11-04", pushed=("11-04",)),
    Case(
        "sent after an earlier cut-off starts tomorrow",
        sent="11-03 18:30",
        cutoff=time(18, 0),
        through="11-04",
        pushed=("11-04",),
    ),
    Case(
        "sent right at the cut-off counts", sent="11-03 18:00", cutoff=time(18, 0), through="11-03", pushed=("11-03",)
    ),
    Case("approved only: not sent is our delay", sent=None, approved="11-01 09:00"),
    Case("received the same day: no push", returns=(("11-03 17:00", "accepted"),)),
    Case("received 23:59: no push", returns=(("11-03 23:59", "accepted"),)),
    Case(
        "received 00:03 before the job ran: the day that ended pushes",
        returns=(("11-04 00:03", "accepted"),),
        pushed=("11-03",),
    ),
    Case(
        "received 17:00, verified next morning: not punished for our checking",
        returns=(("11-03 17:00", "accepted"),),
        released="11-04 09:00",
    ),
    Case("received and still being checked: no push", returns=(("11-03 17:00", "pending"),)),
    Case("received on the third day: two pushes", returns=(("11-05 08:00", "accepted"),), pushed=("11-03", "11-04")),
    Case(
        "refused later: the days count after all",
        returns=(("11-03 17:00", "refused"),),
        pushed=("11-03", "11-04", "11-05", "11-06"),
    ),
    Case(
        "refused, then a good one on the 5th",
        returns=(("11-03 17:00", "refused"), ("11-05 12:00", "accepted")),
        pushed=("11-03", "11-04"),
    ),
    Case(
        "refused twice, never right",
        returns=(("11-03 17:00", "refused"), ("11-04 12:00", "refused")),
        pushed=("11-03", "11-04", "11-05", "11-06"),
    ),
    Case(
        "refused, the second one being checked",
        returns=(("11-03 17:00", "refused"), ("11-04 12:00", "pending")),
        pushed=("11-03",),
    ),
    Case("released the same day without return (A): no push", early=True, released="11-03 15:00"),
    Case("A not released: pushes like anyone", early=True, pushed=("11-03", "11-04", "11-05", "11-06")),
    Case("A released on the 5th without return", early=True, released="11-05 10:00", pushed=("11-03", "11-04")),
    Case(
        "missed nights with a release in between",
        returns=(("11-05 08:00", "accepted"),),
        released="11-05 09:00",
        through="11-10",
        pushed=("11-03", "11-04"),
    ),
    Case(
        "released at midnight sharp: the day before still pushed",
        early=True,
        released="11-05 00:00",
        pushed=("11-03", "11-04"),
    ),
    Case("held all along: no push", holds=(("11-03 11:00", None),)),
    Case(
        "missed nights with a hold in between",
        holds=(("11-04 09:00", "11-05 16:00"),),
        pushed=("11-03", "11-05", "11-06"),
    ),
    Case(
        "a hold that ends before midnight doesn't save the day",
        holds=(("11-04 09:00", "11-04 23:00"),),
        pushed=("11-03", "11-04", "11-05", "11-06"),
    ),
    Case(
        "a hold over one midnight saves that day",
        holds=(("11-04 23:30", "11-05 00:30"),),
        pushed=("11-03", "11-05", "11-06"),
    ),
    Case("two holds", holds=(("11-03 12:00", "11-04 08:00"), ("11-05 20:00", None)), pushed=("11-04",)),
    Case("cancelled on the 4th", ended="11-04 12:00", pushed=("11-03",)),
    Case(
        "a new version approved on the 5th: this one's clock stops", superseded="11-05 09:00", pushed=("11-03", "11-04")
    ),
    Case(
        "over the end of a month",
        sent="11-29 10:00",
        approved="11-29 09:00",
        through="12-02",
        pushed=("11-29", "11-30", "12-01", "12-02"),
    ),
    Case(
        "over 29 February",
        sent="02-28 10:00",
        approved="02-28 09:00",
        through="03-01",
        year=2028,
        pushed=("02-28", "02-29", "03-01"),
    ),
    Case(
        "28 February in a common year",
        sent="02-27 10:00",
        approved="02-27 09:00",
        through="03-01",
        year=2027,
        pushed=("02-27", "02-28", "03-01"),
    ),
    Case(
        "over the end of a year", sent="12-30 10:00", approved="12-30 09:00", through="12-31", pushed=("12-30", "12-31")
    ),
    Case(
        "an unpaid deposit does not push unless the terms say so",
        returns=(("11-03 17:00", "accepted"),),
        deposit=(False, None),
    ),
    Case(
        "an unpaid deposit pushes where the terms say so",
        returns=(("11-03 17:00", "accepted"),),
        deposit=(True, None),
        pushed=("11-03", "11-04", "11-05", "11-06"),
    ),
    Case(
        "until the deposit came",
        returns=(("11-03 17:00", "accepted"),),
        deposit=(True, "11-05 10:00"),
        pushed=("11-03", "11-04"),
    ),
    Case(
        "by working days: a weekend's end pushes nothing",
        sent="11-06 10:00",
        approved="11-06 09:00",
        through="11-10",
        working_days=True,
        pushed=("11-06", "11-09", "11-10"),
    ),
    Case(
        "by working days: the National Day week pushes nothing",
        sent="09-30 10:00",
        approved="09-30 09:00",
        through="10-08",
        working_days=True,
        pushed=("09-30", "10-08"),
    ),
    Case("the day itself not over yet: nothing", through="11-02"),
]


def on_record(case: Case) -> Order:
    """An order with the case's times on record, written straight into the rows that the rule reads."""
    order = Shop().draft()
    rules = HouseRules.current()
    rules.push_working_days, rules.push_cutoff = case.working_days, case.cutoff
    rules.save()

    def moment(text: str | None) -> datetime | None:
        return at(text, case.year) if text else None

    Revision.objects.filter(order=order).update(
        approved_at=moment(case.approved),
        sent_at=moment(case.sent),
        released_at=moment(case.released),
        superseded_at=moment(case.superseded),
        starts_early=case.early,
        promised_on=date(case.year, 12, 1),
        unpaid_deposit_pushes=case.deposit[0],
    )
    Order.objects.filter(pk=order.pk).update(ended_at=moment(case.ended), deposit_at=moment(case.deposit[1]))
    for received, verdict in case.returns:
        ConfirmationReturn.objects.create(
            revision=order.revision,
            received_at=moment(received),
            signer=order.revision.contact,
            recorded_at=moment(received),
            verdict=verdict,
        )
    for begin, end in case.holds:
        HoldPeriod.objects.create(
            order=order,
            from_at=moment(begin),
            to_at=moment(end),
            by=order.salesperson,
            reason="等客户",
            ended_by=order.salesperson if end else None,
        )
    return order


def through(case: Case) -> date:
    return at(f"{case.through} 00:00", case.year).date()


def settle(order: Order, until: date) -> None:
    open_action("push_date")
    dates.settle([order.pk], until, at=datetime.now(ZONE))


def pushed(order: Order) -> list[str]:
    return [f"{push.day:%m-%d}" for push in order.date_pushes.filter(live=True).order_by("day")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_days_that_push(case: Case) -> None:
    order = on_record(case)
    settle(order, through(case))
    assert pushed(order) == list(case.pushed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_night_by_night_and_twice_gives_the_same_as_one_catch_up(case: Case) -> None:
    order = on_record(case)
    first = at(case.sent or case.approved, case.year).date()
    for offset in range((through(case) - first).days + 1):
        settle(order, first + timedelta(days=offset))
        settle(order, first + timedelta(days=offset))
    assert pushed(order) == list(case.pushed)


def test_a_return_typed_in_late_takes_its_days_back_with_who_and_why() -> None:
    case = Case("late")
    order = on_record(case)
    settle(order, through(case))
    ConfirmationReturn.objects.create(
        revision=order.revision,
        received_at=at("11-04 10:00"),
        signer=order.revision.contact,
        recorded_at=at("11-07 09:00"),
        verdict="pending",
    )
    done = dates.settle([order.pk], through(case), at=at("11-07 09:00"), by=order.salesperson, reason="传真压在机器里")
    assert pushed(order) == ["11-03"]
    assert done.taken_back[order.pk] == [date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 6)]
    counter = DatePush.objects.filter(order=order, reverses__isnull=False)
    assert [(row.by, "传真压在机器里" in row.reason) for row in counter] == [(order.salesperson, True)] * 3


def test_the_promise_shown_is_the_signed_date_plus_the_pushes() -> None:
    order = on_record(Case("shown"))
    open_action("push_date")
    done = dates.settle([order.pk], date(2026, 11, 6), at=at("11-07 00:10"))
    assert done.shown[order.pk] == date(2026, 12, 5)
    assert Revision.objects.get(order=order).promised_on == date(2026, 12, 1)


def test_by_working_days_a_push_lands_on_the_next_working_day() -> None:
    assert dates.shifted(date(2026, 11, 6), 1, working_days=True) == date(2026, 11, 9)


def test_a_day_can_be_pushed_only_once_in_the_database() -> None:
    order = on_record(Case("once"))
    settle(order, date(2026, 11, 3))
    row: Any = DatePush.objects.get()
    row.pk = None
    with pytest.raises(Exception, match="push_once_a_day"), connection.cursor():
        row.save(force_insert=True)
