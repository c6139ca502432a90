"""By when what is owed is due: said by rows that the admin edits, told once to each in working time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.calendar import add_working_minutes, is_open
from accounts.calendar_actions import change_holiday
from audit.errors import Refused
from documents import notices, outbox
from documents.models import Notice, OutboxRow
from flow import clock, overdue, redue
from flow.actions import change_deadline
from flow.gates import Debt, registry
from flow.models import Deadline, Owed
from orders import tasks
from orders.actions.chain import hold, resume
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db
ZONE = timezone.get_current_timezone()
EVER = date(2000, 1, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(what: str, since: str, *, kind: str = "order", role: str = "x", day: date | None = None) -> datetime | None:
    return clock.current().times(Debt(kind, 1, what, role, None), day, at(since)).due


def deadline(what: str, minutes: int | None, *, by: Any = None, reason: str = "试行", **more: Any) -> Deadline:
    given = {"kind": "", "role": "", "begins": "owed", "clock": "working", "in_force_from": EVER, **more}
    given = {"warn_percent": None, "escalate_percent": None, **given}
    return change_deadline(None, by=by or people.person("admin"), reason=reason, what=what, minutes=minutes, **given)


@pytest.mark.parametrize(
    ("kind", "what", "since", "becomes"),
    [
        ("order", "reply_due", "2026-11-20 17:20", "2026-11-20 17:50"),
        ("order", "anomaly_plan", "2026-11-20 17:00", "2026-11-23 12:00"),
        ("order", "written_order_owed", "2026-11-20 10:20", "2026-11-25 10:20"),
        ("order", "invoice_asked", "2026-11-21 09:00", "2026-11-21 18:00"),
        ("order", "daily_report", "2026-11-20 18:00", "2026-11-23 18:00"),
        ("order", "supervision_check", "2026-11-20 17:00", "2026-11-20 17:30"),
        ("shipment", "paper_owed", "2026-11-20 09:00", "2026-11-23 17:30"),
        ("shipment", "arrival_check", "2026-11-21 02:00", "2026-11-21 02:00"),
        ("shipment", "monthly_handover", "2026-11-02 00:00", "2026-11-02 17:30"),
        ("order", "monthly_archive", "2026-10-01 00:00", "2026-10-08 17:30"),
        ("revision", "cs_checked", "2026-12-04 15:30", "2026-12-07 10:30"),
        ("order", "all_shipped", "2026-12-30 09:00", "2027-01-05 09:00"),
        ("order", "all_shipped", "2027-02-04 09:00", "2027-02-15 09:00"),
    ],
)
def test_the_rows_given_say_what_the_code_said_and_the_source_asks_for(
    kind: str, what: str, since: str, becomes: str
) -> None:
    assert due(what, since, kind=kind) == at(becomes)


def test_nothing_that_somebody_of_the_house_owes_can_lie_for_ever() -> None:
    waiting = set(Deadline.objects.filter(minutes=None).values_list("what", flat=True))
    for step in registry.steps():
        day = date(2026, 12, 2)
        found = [due(step.code, "2026-12-02 09:00", kind=step.subject, role=by.role, day=day) for by in step.owed]
        assert step.code in waiting or all(found), step.code


def test_every_row_given_names_something_that_can_be_owed() -> None:
    known = {step.code for step in registry.steps()} | {""}
    assert set(Deadline.objects.values_list("what", flat=True)) - known == set()


def test_the_narrowest_row_in_force_on_the_day_decides_and_a_later_one_takes_over_from_its_day() -> None:
    deadline("cs_checked", 60, in_force_from=date(2026, 12, 10))
    deadline("cs_checked", 30, role="quality", in_force_from=date(2026, 12, 14))
    assert due("cs_checked", "2026-12-09 09:00") == at("2026-12-09 14:00")
    assert due("cs_checked", "2026-12-10 09:00") == at("2026-12-10 10:00")
    assert due("cs_checked", "2026-12-14 09:00", role="quality") == at("2026-12-14 09:30")
    assert due("cs_checked", "2026-12-14 09:00") == at("2026-12-14 10:00")


def test_a_changed_deadline_or_calendar_moves_what_is_open_and_by_the_queue_alone() -> None:
    shop = Shop()
    shop.submitted()
    row = Owed.objects.open().get(what="cs_checked")
    assert row.due == add_working_minutes(row.since, 240)
    deadline("cs_checked", 60, role="customer_service", in_force_from=timezone.localdate(row.since))
    assert Owed.objects.get(pk=row.pk).due == row.due
    assert OutboxRow.objects.filter(channel=redue.CHANNEL).count() == 2
    redue.again()
    moved = Owed.objects.get(pk=row.pk)
    assert moved.due == add_working_minutes(row.since, 60)
    change_holiday(
        None, by=people.person("admin"), day=moved.due.astimezone(ZONE).date(), is_working=False, name="停电"
    )
    redue.again()
    assert Owed.objects.get(pk=row.pk).due.astimezone(ZONE).date() > moved.due.astimezone(ZONE).date()


def test_soon_due_overdue_and_upwards_are_each_told_once_to_the_right_people() -> None:
    shop = Shop()
    shop.submitted()
    row = Owed.objects.open().get(what="cs_checked")
    Owed.objects.exclude(pk=row.pk).update(until=timezone.now())
    Owed.objects.filter(pk=row.pk).update(
        **clock.current().times(overdue_debt(row), None, at("2026-12-07 09:00"))._asdict()
    )
    told: list[list[Any]] = []
    for moment in ("09:30", "13:30", "13:45", "14:00", "14:05"):
        overdue.tell(at(f"2026-12-07 {moment}"))
        told.append(names(row))
    clerk, chief = shop.who["customer_service"].pk, shop.who["cs_supervisor"].pk
    assert told == [[], [clerk], [clerk], [clerk, clerk], [clerk, clerk]]
    for moment in ("09:29", "09:31", "09:40"):
        overdue.tell(at(f"2026-12-08 {moment}"))
    assert names(row) == [clerk, clerk, chief]


def overdue_debt(row: Owed) -> Debt:
    return Debt(row.subject_kind, row.subject_id, row.what, row.role, row.person_id)


def names(row: Owed) -> list[Any]:
    rows = OutboxRow.objects.filter(key__startswith=f"overdue:{row.pk}:").order_by("pk")
    return [payload["recipient"] for payload in rows.values_list("payload", flat=True)]


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-12-07 08:29", False),
        ("2026-12-07 08:30", True),
        ("2026-12-07 12:10", False),
        ("2026-12-07 17:30", False),
        ("2026-12-05 10:00", False),
        ("2027-01-01 10:00", False),
        ("2027-02-08 10:00", False),
        ("2026-10-10 10:00", True),
    ],
)
def test_nobody_is_told_at_night_in_lunch_or_on_a_day_off(
    moment: str, working: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[datetime] = []
    monkeypatch.setattr("orders.tasks.timezone.now", lambda: at(moment))
    monkeypatch.setattr("orders.tasks.overdue.tell", told.append)
    tasks.tell_overdue()
    assert bool(told) is working is is_open(at(moment))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"what": "no_such_thing"}, "what"),
        ({"reason": " "}, "reason"),
        ({"warn_percent": 100}, "warn_percent"),
        ({"escalate_percent": 99}, "escalate_percent"),
        ({"minutes": 10_000_000}, "minutes"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        deadline(**{"what": "cs_checked", "minutes": 60, **given})
    assert refused.value.field == field


def test_the_admin_edits_them_with_a_reason_and_nobody_else_does() -> None:
    client, row = Client(), Deadline.objects.get(what="cs_checked")
    client.force_login(people.person("admin", is_staff=True))
    url = reverse("admin:flow_deadline_change", args=[row.pk])
    typed = {"what": "cs_checked", "begins": "owed", "minutes": 120, "clock": "working", "in_force_from": "2026-12-01"}
    assert client.get(reverse("admin:flow_deadline_changelist")).status_code == 200
    assert client.post(url, typed).status_code == 200, "no reason"
    assert client.post(url, {**typed, "reason": "旺季"}).status_code == 302
    row.refresh_from_db()
    assert (row.minutes, row.version, row.history.first().history_change_reason) == (120, 2, "旺季")
    with pytest.raises(Refused):
        deadline("cs_checked", 5, by=people.person("cs_supervisor"))


def test_used_and_left_are_working_time() -> None:
    since, by = at("2026-12-04 16:30"), at("2026-12-07 11:30")
    assert clock.spent(since, by, at("2026-12-07 09:30")) == clock.Spent(120, 120)
    assert clock.spent(since, by, at("2026-12-07 12:30")) == clock.Spent(270, -30)
    assert clock.spent(since, None, since + timedelta(days=1)).left is None


def test_a_hold_is_owed_by_who_set_it_and_stops_the_clock_of_everything_else() -> None:
    shop = Shop()
    order, cs = shop.submitted(), shop.who["customer_service"]
    Owed.objects.open().filter(what="cs_checked").update(since=at("2026-12-07 09:00"))
    hold(order, by=cs, reason="客户停产", at=at("2026-12-07 11:00"))
    ofrevision = Owed.objects.open().filter(subject_kind="revision")
    assert [(row.what, row.person) for row in ofrevision] == [("not_on_hold", cs)]
    resume(order, by=cs, reason="客户恢复", at=at("2026-12-09 09:00"))
    again = Owed.objects.open().get(what="cs_checked")
    assert (again.spent, again.due) == (120, at("2026-12-09 11:00"))


@pytest.mark.parametrize(("kind", "rings"), [("soon_due", False), ("overdue", True), ("", True)])
def test_at_night_only_what_cannot_wait_rings_and_the_rest_does_at_the_opening(
    kind: str, rings: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTICES_IN_WORKING_TIME = True
    payload = notices.payload(people.person("sales").pk, "k", "请办理", "/", kind)
    outbox.post("notice", "k", payload)
    monkeypatch.setattr("documents.tasks.timezone.now", lambda: at("2026-12-31 20:00"))
    OutboxRow.objects.update(not_before=at("2026-11-30 20:00"))
    outbox.work_off(OutboxRow.objects.get().pk)
    row = OutboxRow.objects.get()
    assert Notice.objects.exists() is rings
    assert rings or (row.state, row.attempts, row.not_before) == ("waiting", 0, at("2027-01-04 08:30"))
