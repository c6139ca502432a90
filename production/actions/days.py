"""The day of the 生产日报表: entered by every report, closed by production's signature (R22)."""

from datetime import date
from typing import Any

from django.db.models import F, Max

from audit.errors import Refused, Stale
from audit.frame import Act, action
from documents.numbering import business_day
from flow.models import Owed
from orders.frame import OrderAct, OrderAction, lock_orders
from orders.models import Order
from production import daily
from production.daily_papers import freeze_day
from production.models import DailyReport, DaySignature, ReportDay


def enter_day(act: OrderAct, day: date) -> None:
    """Lock the day that is reported for, after the orders. Raises Refused where it is signed and no reason is given."""
    row = lock_day(day)
    if signature := row.signatures.select_related("by").first():
        act.need_reason(f"{day} 的生产日报已由 {signature.by} 签字；补报或更正请写明原因，日报随后须重新签字。")
    ReportDay.objects.filter(pk=row.pk).update(version=F("version") + 1)


def lock_day(day: date) -> ReportDay:
    ReportDay.objects.bulk_create([ReportDay(day=day)], ignore_conflicts=True)
    return ReportDay.objects.select_for_update(no_key=True).get(day=day)


class DayAction(OrderAction):
    """On a day: its orders are locked by id, then the day, as every report of it does."""

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> ReportDay:
        assert isinstance(act, OrderAct)  # noqa: S101 (made by act_class)
        day = given["day"]
        ids = daily.orders_of(day)
        act.orders = lock_orders(ids)
        row = lock_day(day)
        if set(daily.reported_orders(day)) - set(ids):
            raise Stale("刚才又有报工，请刷新后核对再签。")
        return row

    def compare_version(self, act: Act, subject: Any) -> None:
        if act.seen is not None and subject.version != act.seen:
            raise Stale("打开页面之后又有报工，请核对后重新签字。")


@action("sign_day", frame=DayAction, quiet=True)
def sign_day(act: OrderAct, row: ReportDay, *, day: date, note: str = "") -> ReportDay:
    """Production signs what was made on a day: the report is frozen, the day is closed, what it owed is done.

    Signed again once there is a later row; that is the next version of the paper. Raises Refused for a day to come,
    for one that is signed as it is, and for one without any report of which nobody says why.
    """
    if day > business_day(act.at):
        raise Refused("未到的日期不能签字。", field="day")
    covers = DailyReport.objects.filter(day=day).aggregate(last=Max("pk"))["last"] or 0
    before = row.signatures.select_related("by").first()
    if before is not None and before.covers >= covers:
        raise Refused(f"{day} 的生产日报已由 {before.by} 签字。")
    if not covers and not note.strip():
        raise Refused("当日没有报工，请写明原因（如停机检修、待料）再签。", field="note")
    signature = DaySignature.objects.create(
        report_day=row,
        number=before.number + 1 if before else 1,
        covers=covers,
        note=note.strip(),
        by=act.by,
        at=act.at,
    )
    freeze_day(act, row, signature, before)
    act.record(row, number=signature.number, note=signature.note)
    end_debts(act)
    return row


def end_debts(act: OrderAct) -> None:
    """What was owed for this day is done: an order that owes another day's report owes it from now on, with its own
    time; the frame reads it again."""
    orders: list[Order] = list(act.orders.values())
    Owed.objects.open().filter(subject_kind="order", subject_id__in=[o.pk for o in orders], what="daily_report").update(
        until=act.at
    )
