"""The 生产日报表 on paper, frozen when production signs the day; a plain paper, without prices (R22)."""

from typing import Any

from django.db.models import Q

from accounts.permissions import roles_of
from audit.frame import Act
from documents import kinds
from documents.audience import Audience
from documents.freeze import freeze
from documents.models import Document
from production import daily
from production.models import DailyReport, DaySignature, ReportDay

DAILY = kinds.Kind(
    "daily_report",
    "RB",
    "生产日报表",
    "documents/daily_report.html",
    Audience.PLAIN,
    foot=("制表", "生产主管", "质检", "客服"),
)


def days_seen(user: Any) -> Q:
    """A day shows the orders of every customer: it is for those who see them all."""
    return Q() if roles_of(user) & daily.ROLES else Q(pk__in=[])


def freeze_day(act: Act, row: ReportDay, signature: DaySignature, before: DaySignature | None) -> Document:
    return freeze(
        DAILY.code,
        subject_kind="reportday",
        subject_id=row.pk,
        number=f"RB-{row.day:%Y%m%d}",
        data=day_data(act, row, signature, before),
        by=act.by,
        at=act.at,
    )


def day_data(act: Act, row: ReportDay, signature: DaySignature, before: DaySignature | None) -> dict[str, Any]:
    day = daily.summed(row.day)
    return {
        "day": row.day,
        "version": signature.number,
        "signed_by": act.by.name,
        "signed_at": act.at,
        "note": signature.note,
        "hours": day.hours,
        # Found in the archive by each of them.
        "orders": list(dict.fromkeys(total.about["order"].number for total in day.orders)),
        "lines": [total_data(total) for total in day.orders],
        "machines": [total_data(total) for total in day.machines],
        "rows": [row_data(each) for each in day.rows],
        "later": [row_data(each) for each in day.rows if before is not None and each.pk > before.covers],
    }


def total_data(total: daily.Total) -> dict[str, Any]:
    terms = total.about.get("terms")
    about = total.about
    return {
        "name": f"{about['order'].number}-{number_of(about['place'])}" if about else total.name,
        "product": terms.product.name if terms else "",
        "spec": terms.spec if terms else "",
        "wanted": terms.to_make if terms else None,
        "done": total.so_far if terms else None,
        "unit": total.unit,
        "good": total.good,
        "under_way": total.under_way,
        "scrap": total.scrap,
        "percent": total.scrap_percent,
        "hours": total.hours,
    }


def number_of(place: str) -> str:
    """«第 2 行» → 2, where there is no room for more."""
    return place.replace("第 ", "").removesuffix(" 行")


def row_data(row: DailyReport) -> dict[str, Any]:
    terms: Any = row.terms  # type: ignore[attr-defined]
    return {
        "shift": row.get_shift_display(),
        "where": " / ".join(filter(None, [row.step, row.machine])),
        "order": row.order.number,
        "line": number_of(row.place),  # type: ignore[attr-defined]
        "unit": terms.unit if terms else "",
        "good": row.good,
        "scrap": row.scrap,
        "hours": row.hours,
        "counted": row.counted,
        "batch": row.batch.number if row.batch else "",
        "remark": row.remark,
        "reason": row.reason,
        "correction": row.takes_back_id is not None,
        "by": row.by.name,
    }
