"""Moving planned work between days and machines, planning a line anew, and the machines themselves (R10)."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from documents.numbering import business_day
from orders.frame import OrderAct, order_action
from orders.models import Order, RevisionLine, State, Status
from orders.notices import tell
from production import cards, papers, promising
from production.models import Machine, MachineDay, Step, WorkOrder, WorkSlot
from production.remaining import left_of
from production.scheduling import behind
from production.scheduling.capacity import Capacity
from production.scheduling.planning import ToLay, lay_lines, lock, make, planned, roll, trim, works_of


@order_action("move_work", states={State.PRODUCTION}, adds=True)
def move_work(act: OrderAct, order: Order, *, slot_id: int, machine: Machine, day: date) -> Order:
    """Put the hours of one slot on another day or machine.

    Raises Refused for a slot that is moved already, a machine of another step, a day gone by, a day before the step
    before ends or after the next one begins, and for a machine that has not so many hours left that day.
    """
    slot = WorkSlot.objects.counting().filter(pk=slot_id, work__line__order=act.order).select_related("work").first()
    if slot is None:
        raise Refused("这段排产已被移动或取消，请刷新后再看。")
    fresh = next((each for each in lock({slot.work.step}) if each.pk == machine.pk), None)
    if fresh is None:
        raise Refused(f"「{machine}」不是在用的{slot.work.get_step_display()}机台。", field="machine")
    if day < business_day(act.at):
        raise Refused("不能排到已过去的日期。", field="day")
    check_sequence(slot, day)
    capacity = Capacity([fresh], day, day)
    spare = capacity.spare(fresh.pk, day) + (slot.hours if (slot.machine_id, slot.day) == (fresh.pk, day) else 0)
    if spare < slot.hours:
        left = f"{spare.normalize():f}"
        raise Refused(f"{fresh} {day} 只剩 {left} 小时，放不下 {slot.hours.normalize():f} 小时。", field="day")
    was = f"{slot.machine} {slot.day}"
    put(slot, fresh, day)
    act.record(act.order, line=slot.work.line.number, step=slot.work.get_step_display(), was=was, now=f"{fresh} {day}")
    return act.order


def check_sequence(slot: WorkSlot, day: date) -> None:
    others = WorkSlot.objects.filter(work__line=slot.work.line_id, work__ended_at=None).select_related("work")
    before = [each for each in others if each.work.position < slot.work.position and each.day > day]
    after = [each for each in others if each.work.position > slot.work.position and each.day < day]
    for each, said in [*((each, "前") for each in before), *((each, "后") for each in after)]:
        raise Refused(f"{said}道工序「{each.work.get_step_display()}」排在 {each.day}，请先移动它。", field="day")


def put(slot: WorkSlot, machine: Machine, day: date) -> None:
    """One row per work, machine and day: what meets another part of its own joins it."""
    own = WorkSlot.objects.filter(work=slot.work_id, machine=machine, day=day).exclude(pk=slot.pk).first()
    if own:
        own.hours += slot.hours
        own.save()
        slot.delete()
        return
    slot.machine, slot.day = machine, day
    slot.save()


@order_action("replan_work", states={State.PRODUCTION}, adds=True)
def replan_work(act: OrderAct, order: Order, *, line_id: int, from_day: date) -> Order:
    """Lay what is left of one line anew from a day on. Raises Refused for a day gone by, a line of which nothing is
    left or that has no 工艺卡, and where the machines have no room for any of it."""
    if from_day < business_day(act.at):
        raise Refused("不能排到已过去的日期。", field="from_day")
    row = next((row for row in promising.to_make(act.order) if row.line_id == line_id), None)
    if row is None or not left_of(row):
        raise Refused("这一行没有待生产的数量。", field="line_id")
    card = cards.judged([line_id], {line_id: row.technical_digest}).get(line_id)
    if card is None:
        raise Refused(f"第 {row.position} 行没有按工艺卡确认，无法排产。", field="line_id")
    works = works_of(act.order).get(line_id) or make(row, card)
    was = planned(act, works)
    unplaced = lay_lines(act, [ToLay(row, card, works, from_day)])
    now = planned(act, works)
    if unplaced and not now:
        raise Refused("所需工序的机台没有足够的工时，请先加班或增加机台。", field="from_day")
    act.record(act.order, line=row.line.number, from_day=from_day, was=was, now=now)
    return act.order


@action("change_machine")
def change_machine(
    act: Act, machine: Machine | None, *, name: str, step: str, hours: Decimal, is_active: bool = True
) -> Machine:
    """A machine and the hours it runs on a working day. Raises Refused for another step, or for taking one out of
    use, while work is planned on it; Invalid for what the fields refuse."""
    machine = machine or Machine()
    planned = machine.pk and WorkSlot.objects.counting().filter(machine=machine, day__gte=business_day(act.at)).exists()
    if planned and (machine.step != step or not is_active):
        raise Refused(
            "此机台已排有工作，请先移走，再停用或改工序。", field="is_active" if machine.step == step else "step"
        )
    machine.name, machine.step, machine.hours, machine.is_active = name.strip(), step, hours, is_active
    if machine.pk:
        machine.version += 1
    save(machine)
    act.record(machine, step=Step(step).label, hours=hours)
    return machine


@action("set_machine_day", versioned=False)
def set_machine_day(act: Act, machine: Machine, *, day: date, hours: Decimal) -> Machine:
    """Other hours than usual on one day, and why. Raises Refused without a reason, for a day gone by, and for fewer
    hours than are planned on it."""
    if not act.reason:
        raise Refused("请写明原因，如：检修、加班。", field="reason")
    if day < business_day(act.at):
        raise Refused("不能改已过去的日期。", field="day")
    taken = Capacity([machine], day, day).taken.get((machine.pk, day), Decimal(0))
    if hours < taken:
        raise Refused(f"当日已排 {taken.normalize():f} 小时，请先移走一部分。", field="hours")
    row = MachineDay.objects.filter(machine=machine, day=day).first() or MachineDay(machine=machine, day=day)
    row.hours, row.reason = hours, act.reason
    save(row)
    act.record(machine, day=day, hours=hours)
    return machine
@order_action("roll_work", states={State.PRODUCTION}, adds=True, system=True)
def roll_work(act: OrderAct, order: Order) -> Order:
    """The plan as the day begins: hours of what is made are given up, what was not made on days gone by is laid from
    today on. Done twice, nothing more happens."""
    trim(act, act.order)
    was, now = roll(act, act.order)
    if was != now:
        act.record(act.order, was=was, now=now)
    return act.order


