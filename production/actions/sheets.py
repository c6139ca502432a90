"""The sheet of a shift: many orders reported in one transaction, each by the rules of a report of its own (R22)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from audit.errors import Blocked, Refused
from audit.frame import Act, action
from audit.keys import digest_of
from flow.gates import Unmet, registry
from orders.frame import OrderAct, OrderAction, lock_orders
from orders.models import Line, Order, State
from production import promising
from production.actions.days import enter_day
from production.actions.making import Made, brings_goods, check_day, check_made, check_step, keep_reports
from production.models import DailyReport, ReportSheet, Shift

MOST_ROWS = 200
LONGEST_SHIFT = Decimal(24)


@dataclass(frozen=True)
class SheetRow(Made):
    """What a shift made of one line; `at` is where the row stands on the sheet."""

    at: int = 0


class SheetAction(OrderAction):
    """Locks the orders of all rows, by id."""

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> None:
        assert isinstance(act, OrderAct)  # noqa: S101 (made by act_class)
        lines = Line.objects.filter(pk__in=[row.line_id for row in given["rows"]])
        act.orders = lock_orders(set(lines.order_by().values_list("order_id", flat=True)))
        self.check_states(act, None)


@action("report_sheet", frame=SheetAction, states={State.PRODUCTION}, adds=True)
def report_sheet(
    act: OrderAct,
    _: None,
    *,
    day: date,
    shift: str,
    rows: list[SheetRow],
    step: str = "",
    machine: str = "",
    counted: bool = True,
    pasted: str = "",
) -> ReportSheet:
    """What a shift made, all of it or nothing; progress of each order at once.

    `counted` is for the last step of lines without a card: its good output is good of the orders and joins their
    batches. A step before it is kept as progress of that step. Raises Blocked for an order's first report before its
    生产指令单 is signed for, Refused for a signed day without a reason, and for the same sheet once more without one.
    """
    rows = [row for row in rows if row.good or row.scrap or row.hours]
    step, machine = step.strip(), machine.strip()
    check_sheet(act, rows, day, shift, step, counted)
    ask_gates(act, rows)
    enter_day(act, day)
    sheet = ReportSheet(day=day, shift=shift, step=step, machine=machine, counted=counted, pasted=pasted)
    sheet.digest = digest_of([day, shift, step, machine, counted, [replace(row, at=0) for row in rows]])
    refuse_twice(act, sheet)
    sheet.reason, sheet.by, sheet.at = act.reason, act.by, act.at
    sheet.save()
    lines = Line.objects.in_bulk([row.line_id for row in rows])
    promising.lock_promised(act.orders)
    for order in act.orders.values():
        own = [row for row in rows if lines[row.line_id].order_id == order.pk]
        brings = check_rows(order, own, step, counted)
        made = [report_of(act, sheet, lines[row.line_id], row, brings[row.line_id]) for row in own]
        keep_reports(act, order, made)
    act.record(sheet, rows=len(rows), orders=len(act.orders))
    return sheet


def check_sheet(act: OrderAct, rows: list[SheetRow], day: date, shift: str, step: str, counted: bool) -> None:
    if shift not in Shift.values:
        raise Refused("请选择班次。", field="shift")
    check_day(act, day)
    check_step(step, counted)
    if not rows:
        raise Refused("请至少填写一行的产量。")
    if len(rows) > MOST_ROWS:
        raise Refused(f"一张报表最多 {MOST_ROWS} 行，请分开报。")
    seen: dict[int, int] = {}
    for row in rows:
        if row.line_id in seen:
            raise Refused(f"第 {row.at} 行与第 {seen[row.line_id]} 行是同一订单行，请合并。")
        seen[row.line_id] = row.at
        if row.hours < 0 or row.hours > LONGEST_SHIFT:
            raise Refused(f"第 {row.at} 行：工时应在 0 到 {LONGEST_SHIFT} 小时之间。")


def ask_gates(act: OrderAct, rows: list[SheetRow]) -> None:
    """The first report of an order waits for its signed 生产指令单, on a sheet as by itself."""
    unmet: list[Unmet] = []
    begun = set(DailyReport.objects.filter(order__in=act.orders).order_by().values_list("order", flat=True))
    for pk, order in act.orders.items():
        if pk not in begun:
            act.guard("report", order)
            gates = registry.unmet("report", order)
            unmet += [replace(gate, message=f"{order.number}：{gate.message}") for gate in gates]
    if unmet:
        raise Blocked(unmet)


def refuse_twice(act: OrderAct, sheet: ReportSheet) -> None:
    """Two windows with the same figures are one sheet. Asked under the day's lock."""
    earlier = ReportSheet.objects.filter(digest=sheet.digest).select_related("by").first()
    if earlier is not None and not act.reason:
        raise Refused(
            f"同一班次、同样数量的报表已由 {earlier.by} 报过，没有重复计数。如确实又做了同样的数量，请写明原因。",
            field="reason",
        )


def check_rows(order: Order, rows: list[SheetRow], step: str, counted: bool) -> dict[int, bool]:
    """The bounds of a report, said of the order on this sheet; by line, whether its output is good of the order."""
    try:
        lines = check_made(order, [Made(row.line_id, row.good, row.scrap) for row in rows])
        return brings_goods([lines[row.line_id] for row in rows], step, counted)
    except Refused as refusal:
        raise Refused(f"{order.number} {refusal.message}", field=refusal.field) from None


def report_of(act: OrderAct, sheet: ReportSheet, line: Line, row: SheetRow, counted: bool) -> DailyReport:
    return DailyReport(
        order_id=line.order_id,
        line=line,
        sheet=sheet,
        day=sheet.day,
        shift=sheet.shift,
        step=sheet.step,
        machine=sheet.machine,
        counted=counted,
        good=row.good,
        scrap=row.scrap,
        hours=row.hours,
        remark=row.remark,
        reason=act.reason,
        by=act.by,
        at=act.at,
    )
