"""A shift's sheet and a day's signature twenty times at once (B1, B2)."""

from decimal import Decimal
from typing import Any

import pytest

from audit.errors import Refused
from documents.models import Document
from production.actions import days, making, sheets
from production.actions.making import Made
from production.actions.sheets import SheetRow
from production.models import DailyReport, DaySignature, ReportDay, ReportSheet
from tests.production.works import Works, line_of
from tests.races import at_once, of_kind
from tests.shop import today

pytestmark = pytest.mark.django_db(transaction=True)


def test_sheets_reports_and_signatures_of_one_day_at_once_count_once_and_never_wait_in_a_ring() -> None:
    works = Works()
    production = works.who["production"]
    orders = [works.in_work(), works.in_work()]
    lines = [order.lines.get().pk for order in orders]
    given: dict[str, Any] = {"by": production, "day": today(), "shift": "day"}

    def post(number: int) -> Any:
        """Half of them two windows of the same sheet, its rows the other way round; half reports of one order."""
        if number % 2:
            which = int(number % 4 == 1)
            return making.report_made(orders[which], by=production, rows=[Made(lines[which], Decimal(1))])
        return sheets.report_sheet(None, rows=[SheetRow(pk, Decimal(5)) for pk in lines], **given)

    refused = of_kind(at_once(20, post), Exception)
    assert [type(each) for each in refused] == [Refused] * 9
    assert [line_of(order).made for order in orders] == [10, 10]
    assert (ReportSheet.objects.count(), DailyReport.objects.count()) == (1, 12)
    assert ReportDay.objects.get().version == 11

    refused = of_kind(at_once(20, lambda _: days.sign_day(None, by=production, day=today())), Exception)
    assert [type(each) for each in refused] == [Refused] * 19
    assert (DaySignature.objects.count(), Document.objects.filter(kind="daily_report").count()) == (1, 1)

    def late_or_signed(number: int) -> Any:
        if number % 2:
            return days.sign_day(None, by=production, day=today())
        return sheets.report_sheet(
            None, rows=[SheetRow(lines[0], Decimal(1), hours=Decimal(number))], reason="补报", **given
        )

    outcomes = at_once(20, late_or_signed)
    assert all(isinstance(each, Refused) for each in of_kind(outcomes, Exception)), outcomes
    assert line_of(orders[0]).made == 20
    latest = DaySignature.objects.first()
    seen = DailyReport.objects.filter(pk__lte=latest.covers).count() if latest else 0
    # What a signature covers is on its paper, and on no other.
    paper = Document.objects.filter(kind="daily_report").order_by("-version")[0]
    assert len(paper.data["rows"]) == seen
