"""Technical's and production's papers in an order's file: 书面说明, 生产指令单, 生产日报表 (R8–R10, R18, R22)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from orders.filing import Item, newest
from orders.models import Order, RevisionLine, Signed, SignOff
from production.models import DailyReport, ReportDay

WORDS = {Signed.TECHNICAL: "技术确认", Signed.MATERIAL: "原材料储备", Signed.DATE: "交期"}


def of_words(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """The written words that an approval stands on, of the lines that are made."""
    by_pk = {order.pk: order for order in orders}
    rows = RevisionLine.objects.filter(revision__in=[order.revision_id for order in orders]).select_related("revision")
    made = [row for row in rows.order_by("position") if row.to_make > 0]
    live = SignOff.objects.live().filter(kind__in=WORDS, line__in=[row.line_id for row in made])
    signed = set(live.values_list("line", "kind"))
    found: dict[int, list[Item]] = defaultdict(list)
    for order, lines in by_order(made).items():
        for kind, label in WORDS.items():
            is_there = all((line, kind) in signed for line in lines)
            found[order].append(Item(f"书面说明 {label}", is_there, by_pk[order].get_absolute_url()))
    return found


def by_order(rows: Sequence[RevisionLine]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.revision.order_id].append(row.line_id)
    return found


def of_work(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """Where something was made: the order to production, and the 生产日报表 of each day that something of it was
    reported for, signed or not."""
    standing = DailyReport.objects.filter(order__in=orders, takes_back=None, taken_back_by=None)
    days: dict[int, list[date]] = defaultdict(list)
    for order_id, day in sorted(standing.order_by().values_list("order", "day").distinct()):
        days[order_id].append(day)
    rows = {row.day: row for row in ReportDay.objects.filter(day__in={day for each in days.values() for day in each})}
    papers = newest("daily_report", "reportday", [row.pk for row in rows.values()])
    issued = newest("production_order", "order", days)
    found: dict[int, list[Item]] = {}
    for order in (order for order in orders if order.pk in days):
        page = reverse("production:order", args=[order.number])
        found[order.pk] = [Item("生产指令单", order.pk in issued, issued.get(order.pk, page))]
        for day in days[order.pk]:
            pk = rows[day].pk if day in rows else 0
            where = papers.get(pk) or reverse("production:day", args=[day.isoformat()])
            found[order.pk].append(Item(f"生产日报表 {day}", pk in papers, where))
    return found
