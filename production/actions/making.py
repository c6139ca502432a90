"""Reporting what was made, finishing, and stopping work (R19, R22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.errors import Refused
from documents.numbering import business_day, next_number
from orders.changes import held_lines
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Line, Order, RevisionLine, Signed, State, Status
from orders.models.order import RELEASED
from orders.notices import tell
from orders.signing import sign
from production import cards, promising
from production.actions.anomalies import raise_by_itself
from production.actions.days import enter_day
from production.models import AnomalyKind, Batch, BatchStatus, DailyReport, Shift
from production.scheduling import planning

MOST_TIMES_ORDERED = 10


@dataclass(frozen=True)
class Made:
    """What came off the machine for one line, and the hours it took."""

    line_id: int
    good: Decimal
    scrap: Decimal = Decimal(0)
    remark: str = ""
    hours: Decimal = Decimal(0)


@order_action("report_made", states={State.PRODUCTION}, adds=True)
def report_made(
    act: OrderAct,
    order: Order,
    *,
    rows: list[Made],
    day: date | None = None,
    shift: str = Shift.DAY,
    step: str = "",
    machine: str = "",
    counted: bool = True,
) -> list[DailyReport]:
    """What was made and scrapped, line by line; good output joins the day's batch, which awaits inspection (R22).

    Good of the order is what its last step brings. Of a line with a card that is the card's; `counted` says it of the
    others.

    What has happened is always recorded, held or not; only the first report of an order waits for the signed
    生产指令单. Raises Blocked then, Refused for quantities that cannot be.
    """
    order = act.order
    rows = [row for row in rows if row.good or row.scrap or row.hours]
    if not DailyReport.objects.filter(order=order).exists():
        act.require("report", order)
    day = day or business_day(act.at)
    check_day(act, day)
    step = step.strip()
    check_step(step, counted)
    lines = check_made(order, rows)
    brings = brings_goods([lines[row.line_id] for row in rows], step, counted)
    enter_day(act, day)
    promising.lock_promised(act.orders)
    reports = [
        DailyReport(
            order=order,
            line=lines[row.line_id].line,
            day=day,
            shift=shift,
            step=step,
            machine=machine,
            counted=brings[row.line_id],
            good=row.good,
            scrap=row.scrap,
            hours=row.hours,
            remark=row.remark,
            reason=act.reason,
            by=act.by,
            at=act.at,
        )
        for row in rows
    ]
    keep_reports(act, order, reports)
    return reports


def keep_reports(act: OrderAct, order: Order, reports: list[DailyReport]) -> None:
    """The rows of one order, with all that follows from them."""
    works = planning.works_of(order)
    for report in reports:
        named = [work for work in works.get(report.line_id, ()) if work.get_step_display() == report.step]
        report.work = next(iter(named), None)
        record_made(act, report)
    promising.trim(act, order)
    if works:
        planning.trim(act, order)
    ask_about_amended(act, order, {report.line_id for report in reports})
    made = {str(report.line.number): [report.good, report.scrap] for report in reports}
    act.record(order, action="report_made", made=made)


def check_day(act: OrderAct, day: date) -> None:
    """A day of work on every order that is reported: not to come, and not before its release."""
    if day > business_day(act.at):
        raise Refused("报工日期不能晚于今天。", field="day")
    for order in act.orders.values():
        if order.released_at and day < (released := business_day(order.released_at)):
            raise Refused(f"{order.number} 于 {released} 才下达生产，请核对报工日期。", field="day")


def check_made(order: Order, rows: list[Made]) -> dict[int, RevisionLine]:
    if not rows:
        raise Refused("请至少填写一行的产量。")
    lines = {
        row.line_id: row
        for row in RevisionLine.objects.filter(revision__order=order, revision__status=Status.IN_FORCE).select_related(
            "line"
        )
    }
    for row in rows:
        terms = lines.get(row.line_id)
        if terms is None:
            raise Refused("有一行已不在现行版本中，请刷新后重填。")
        if terms.to_make <= 0:
            raise Refused(f"第 {terms.position} 行全部用现货，没有要生产的数量。", field="good")
        if row.good < 0 or row.scrap < 0:
            raise Refused(f"第 {terms.position} 行：数量不能为负。", field="good")
        if terms.line.made + row.good + row.scrap > terms.quantity * MOST_TIMES_ORDERED:
            raise Refused(
                f"第 {terms.position} 行：累计产量超过订货数量的 {MOST_TIMES_ORDERED} 倍，请核对单位和数字。",
                field="good",
            )
    return lines


def check_step(step: str, counted: bool) -> None:
    if not counted and not step:
        raise Refused("中间工序请写明是哪道工序。", field="step")


def brings_goods(lines: list[RevisionLine], step: str, counted: bool) -> dict[int, bool]:
    """By line: whether what this step brings is good of the order. Of a line with a card the last step does, and only
    its own steps are reported, so that nothing counts twice; of the others whoever reports says so."""
    steps = cards.steps_of(lines)
    found = {}
    for terms in lines:
        own = steps.get(terms.line_id, [])
        if own and step not in own:
            way = " → ".join(own)
            raise Refused(f"第 {terms.position} 行按工艺卡的工序是 {way}，请选择其中的工序。", field="step")
        found[terms.line_id] = step == own[-1] if own else counted
    return found


def record_made(act: OrderAct, report: DailyReport) -> None:
    """The report, its batch, and the facts on the line: all output was made, scrap of it is gone.

    Of a step before the last one nothing is on the line yet: what it spoils is missing from the next step's output.
    """
    if not report.counted:
        report.save(force_insert=True)
        return
    if report.good:
        report.batch = to_batch(act, report.line, report.day, report.good)
    report.save(force_insert=True)
    note = f"{report.day} 报工"
    if report.good + report.scrap > 0:
        post(act, report.line, EntryKind.MADE, report.good + report.scrap, note=note)
    if report.scrap:
        post(act, report.line, EntryKind.SCRAPPED, report.scrap, note=note)


def to_batch(act: OrderAct, line: Line, day: date, quantity: Decimal) -> Batch:
    """The batch of that line and day that nobody has judged yet, with `quantity` more; else a new one."""
    batch = Batch.objects.filter(line=line, made_on=day, status=BatchStatus.WAITING).first()
    if batch is None:
        batch = Batch(line=line, made_on=day, number=next_number("PC", act.at))
    batch.quantity += quantity
    batch.version += 1
    batch.save()
    return batch


def ask_about_amended(act: OrderAct, order: Order, line_ids: Iterable[int]) -> None:
    """Work on a line that an open amendment changes is kept, and asked about at once."""
    held = held_lines(order) & set(line_ids)
    rows = RevisionLine.objects.filter(line__in=held, revision__order=order, revision__status=Status.IN_FORCE)
    for row in rows.select_related("line"):
        words = f"第 {row.position} 行正在改单，仍按原版本报工，请商定如何处理。"
        raise_by_itself(act, order, row.line, AnomalyKind.AMENDED, words)


@order_action("take_back_report", states={State.PRODUCTION})
def take_back_report(act: OrderAct, report: DailyReport) -> Order:
    """A wrong report is taken back by a second row, while its batch is not yet judged (R11)."""
    act.need_reason()
    if report.takes_back_id or DailyReport.objects.filter(takes_back=report).exists():
        raise Refused("这条报工已经撤回。")
    line = Line.objects.get(pk=report.line_id)
    if report.batch_id:
        batch = Batch.objects.get(pk=report.batch_id)
        if batch.status != BatchStatus.WAITING or batch.quantity < report.good:
            raise Refused(f"批次 {batch.number} 已检验，请质检先撤回检验。")
        batch.quantity -= report.good
        batch.version += 1
        batch.save()
    enter_day(act, report.day)
    DailyReport.objects.create(
        order=act.order,
        line=line,
        batch_id=report.batch_id,
        day=report.day,
        shift=report.shift,
        step=report.step,
        machine=report.machine,
        good=-report.good,
        scrap=-report.scrap,
        hours=-report.hours,
        counted=report.counted,
        sheet_id=report.sheet_id,
        work_id=report.work_id,
        remark=act.reason,
        reason=act.reason,
        takes_back=report,
        by=act.by,
        at=act.at,
    )
    if report.counted:
        if report.scrap:
            post(act, line, EntryKind.SCRAPPED, -report.scrap, note=act.reason)
        if report.good + report.scrap > 0:
            post(act, line, EntryKind.MADE, -(report.good + report.scrap), note=act.reason)
    act.record(act.order, line=line.number, good=report.good, scrap=report.scrap)
    return act.order


@order_action("finish", states={State.PRODUCTION})
def finish(act: OrderAct, order: Order) -> Order:
    """完工报检: the last open quantity is made (R19). Raises Blocked with what is not."""
    act.step(act.order, "finish")
    promising.free_promised(act, act.order)
    tell(act, act.order, "finished")
    return act.order


@order_action("state_work_stopped", states=RELEASED)
def state_work_stopped(
    act: OrderAct, order: Order, *, good: str, in_work: str, scrap: str, material: str, text: str = ""
) -> Order:
    """Production says what is good, in work, scrapped and used up, so that a cancellation can be settled."""
    order = act.order
    if order.cancel_requested_at is None:
        raise Refused("此单没有申请取消，无需停产说明。")
    given = {"成品": good, "在制品": in_work, "废品": scrap, "已用原材料": material}
    if missing := [label for label, words in given.items() if not words.strip()]:
        raise Refused(f"请写明{'、'.join(missing)}；没有的请写「无」。")
    said = "；".join(f"{label}：{words.strip()}" for label, words in given.items())
    sign(act, Signed.WORK_STOPPED, order=order, text="。".join(filter(None, [said, text.strip()])))
    act.record(order)
    return order
