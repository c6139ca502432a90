"""A year's days off, owed by the admins from November on until the State Council's notice is entered."""

from collections.abc import Sequence

from django.db.models import Q

from accounts.models import CalendarYear
from audit.moment import TODAY
from flow import subjects
from flow.gates import Duty, Owing, registry
from flow.subjects import Face, Subject


def faces(ids: Sequence[int], prices: bool) -> dict[int, Face]:
    rows = CalendarYear.objects.filter(pk__in=ids)
    return {year.pk: Face(str(year), year.pk, ("待国务院公布，现按法定假日推算",)) for year in rows}


def register() -> None:
    subjects.register(
        Subject(
            CalendarYear,
            "",
            page="admin:accounts_calendaryear_change",
            key="pk",
            customer=None,
            seen=lambda user: Q(),
            faces=faces,
            open=lambda: CalendarYear.objects.filter(entered_at=None),
        )
    )
    registry.duty(
        # Its answer changes with time alone: the hourly sweep has it read again.
        Duty(
            "enter_days_off",
            "calendaryear",
            "录入下年放假与调休",
            Q(entered_at=None, owed_from__lte=TODAY),
            (Owing("admin"),),
            "",
        )
    )
