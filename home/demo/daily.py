"""The 生产日报表: every past day is signed; a night shift is pasted in today, and today is still owed."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from documents.numbering import BUSINESS_ZONE
from orders.models import RevisionLine
from production import daily
from production.actions.days import sign_day
from production.actions.sheets import SheetRow, report_sheet
from production.models import DailyReport, ReportDay

if TYPE_CHECKING:
    from home.demo.company import Company

SIX = time(17, 50)


def report_days(company: "Company") -> None:
    production = company.people.of("production")
    today = company.clock.today
    for number, row in enumerate(ReportDay.objects.filter(day__lt=today).order_by("day")):
        at = min(datetime.combine(row.day, SIX, BUSINESS_ZONE), company.clock.now)
        sign_day(None, by=production[number % len(production)], at=at, day=row.day)
    report_shift(company)


def report_shift(company: "Company") -> None:
    """Two orders that are in work already, some tenth of what is left of each."""
    begun = DailyReport.objects.filter(day__gte=company.clock.today - timedelta(30)).values_list("line", flat=True)
    lines = [line for line in daily.open_lines() if line.line_id in set(begun) and not line.line.order.held_at][:2]
    rows = [SheetRow(line.line_id, tenth(line), hours=Decimal("7.5"), at=at) for at, line in enumerate(lines, 1)]
    cells = [
        f"{line.line.order.number}\t{line.position}\t{row.good}\t0\t{row.hours}\t"
        for line, row in zip(lines, rows, strict=True)
    ]
    if rows:
        report_sheet(
            None,
            by=company.people.of("production")[0],
            at=company.clock.now,
            day=company.clock.today,
            shift="night",
            step="包装",
            machine="包装 1 号线",
            rows=rows,
            pasted="\n".join(["订单号\t行\t合格\t废品\t工时\t备注", *cells]),
        )


def tenth(line: RevisionLine) -> Decimal:
    return max(Decimal(1), ((line.to_make - line.line.made) / 10).quantize(Decimal(1)))
