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
def move_work(
    act: OrderAct,
    order: Order,
    *,
    slot_id: int,
    machine: Machine,
    day: date,
    from_machine: int | None = None,
    from_day: date | None = None,
) -> Order:
    """Put the hours of one slot on another day or machine; of one that is past, the hours that are still lacking.

    Raises Refused for a slot that is moved already (`from_machine` and `from_day` say where it was seen), a machine
    of another step, a day gone by, a day before the step before ends or after the next one begins, for hours that the
    machine, or the day, has not left; and without a reason past the finish that production signed.
    """
    slot = found(act, slot_id, from_machine, from_day)
    fresh = next((each for each in lock({slot.work.step}) if each.pk == machine.pk), None)
    if fresh is None:
        raise Refused(f"「{machine}」不是在用的{slot.work.get_step_display()}机台。", field="machine")
    today = business_day(act.at)
    if day < today:
        raise Refused("不能排到已过去的日期。", field="day")
    was = f"{slot.machine} {slot.day}"
    if slot.day < today:
        slot = again(slot, today)
    check_sequence(slot, day, today)
    check_room(slot, fresh, day)
    finish = signed_finish(slot, day)
    if finish:
        act.need_reason(f"{day} 晚于签字的完成日 {finish}，请写明原因。")
        tell(act, act.order, "planned_late", f"{slot.work.line.place}移到 {day}，晚于签字的完成日 {finish}")
    put(slot, fresh, day)
    act.record(
        act.order,
        line=slot.work.line.number,
        step=slot.work.get_step_display(),
        hours=slot.hours,
        was=was,
        now=f"{fresh} {day}",
    )
    return act.order


def found(act: OrderAct, slot_id: int, from_machine: int | None, from_day: date | None) -> WorkSlot:
    """The slot, where it was seen. Raises Refused where it is gone, or is somewhere else by now."""
    slots = WorkSlot.objects.counting().filter(pk=slot_id, work__line__order=act.order)
    slot = slots.select_related("work__line", "machine").first()
    if slot is None:
        raise Refused("这段排产已被移动或取消，请刷新后再看。")
    if (from_machine or slot.machine_id, from_day or slot.day) != (slot.machine_id, slot.day):
        raise Refused(f"这段排产已由他人移到 {slot.machine} {slot.day}，请按现在的位置再移动。")
    return slot


def again(slot: WorkSlot, today: date) -> WorkSlot:
    """What a slot of a day gone by left undone, as one of its own; the past one stays to be read."""
    work = next(iter(behind.read(WorkOrder.objects.filter(pk=slot.work_id), today)), None)
    if work is None or not work.lacks:
        raise Refused("这段工时已经过去，没做完的部分已另行排产。")
    return WorkSlot(work=slot.work, machine=slot.machine, day=slot.day, hours=min(slot.hours, work.lacks))


def check_room(slot: WorkSlot, machine: Machine, day: date) -> None:
    """So many hours are left on the machine that day, and the steps of the line do not meet within it."""
    besides = WorkSlot.objects.filter(work__line=slot.work.line_id, work__ended_at=None, day=day).exclude(pk=slot.pk)
    others = list(besides.select_related("work", "machine"))
    capacity = Capacity({machine, *(each.machine for each in others)}, day, day)
    own = slot.hours if slot.pk and (slot.machine_id, slot.day) == (machine.pk, day) else 0
    spare = capacity.spare(machine.pk, day) + own
    if spare < slot.hours:
        left = f"{spare.normalize():f}"
        raise Refused(f"{machine} {day} 只剩 {left} 小时，放不下 {slot.hours.normalize():f} 小时。", field="day")
    check_day_of_line(slot, machine, others, capacity, day)


def check_day_of_line(slot: WorkSlot, machine: Machine, others: list[WorkSlot], capacity: Capacity, day: date) -> None:
    """The steps of a line follow one another within a day, each through before its machine stops."""
    own = slot.work.position
    laid = [(own, machine.pk, slot.hours), *((each.work.position, each.machine_id, each.hours) for each in others)]
    for position, where, hours in laid:
        until = hours + sum(earlier for before, _, earlier in laid if before < position)
        if position >= own and until > capacity.hours(where, day):
            raise Refused(f"此行各道工序在 {day} 共需 {until.normalize():f} 小时，当日做不完，请换一天。", field="day")


def signed_finish(slot: WorkSlot, day: date) -> date | None:
    """The finish that production signed, where the day is past it."""
    row = RevisionLine.objects.filter(line=slot.work.line_id, revision__status=Status.IN_FORCE).first()
    word = papers.dates_of(row.revision).get(row.line_id) if row else None
    return word.finish_on if word and word.finish_on and day > word.finish_on else None


def check_sequence(slot: WorkSlot, day: date, today: date) -> None:
    others = WorkSlot.objects.filter(work__line=slot.work.line_id, work__ended_at=None, day__gte=today)
    others = others.select_related("work")
    before = [each for each in others if each.work.position < slot.work.position and each.day > day]
    after = [each for each in others if each.work.position > slot.work.position and each.day < day]
    for each, said in [*((each, "前") for each in before), *((each, "后") for each in after)]:
        raise Refused(f"{said}道工序「{each.work.get_step_display()}」排在 {each.day}，请先移动它。", field="day")


def put(slot: WorkSlot, machine: Machine, day: date) -> None:
    """One row per work, machine and day: another part of its own that it meets joins it."""
    met = WorkSlot.objects.filter(work=slot.work_id, machine=machine, day=day).exclude(pk=slot.pk).first()
    if met:
        slot.hours += met.hours
        met.delete()
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


@order_action("roll_work", states={State.PRODUCTION}, adds=True, system=True)
def roll_work(act: OrderAct, order: Order) -> Order:
    """The plan as the day begins: hours of what is made are given up, what was not made on days gone by is laid from
    today on. Done twice, nothing more happens."""
    trim(act, act.order)
    was, now = roll(act, act.order)
    if was != now:
        act.record(act.order, was=was, now=now)
    return act.order


@action("change_machine")
def change_machine(
    act: Act, machine: Machine | None, *, name: str, step: str, hours: Decimal, is_active: bool = True
) -> Machine:
    """A machine and the hours it runs on a working day. Raises Refused for another step, or for taking one out of
    use, while work is planned on it, and for fewer hours than are; Invalid for what the fields refuse."""
    machine = machine or Machine()
    busy = hours_planned(machine, business_day(act.at)) if machine.pk else {}
    if busy and (machine.step != step or not is_active):
        raise Refused(
            "此机台已排有工作，请先移走，再停用或改工序。", field="is_active" if machine.step == step else "step"
        )
    if busy:
        check_hours(machine, hours, busy)
    machine.name, machine.step, machine.hours, machine.is_active = name.strip(), step, hours, is_active
    if machine.pk:
        machine.version += 1
    save(machine)
    act.record(machine, step=Step(step).label, hours=hours)
    return machine


def hours_planned(machine: Machine, today: date) -> dict[date, Decimal]:
    slots = WorkSlot.objects.counting().filter(machine=machine, day__gte=today).order_by("day")
    return dict(slots.values_list("day").annotate(Sum("hours")))


def check_hours(machine: Machine, hours: Decimal, busy: dict[date, Decimal]) -> None:
    """A day with hours of its own keeps them."""
    special = set(MachineDay.objects.filter(machine=machine, day__in=busy).values_list("day", flat=True))
    for day, taken in busy.items():
        if day not in special and hours < taken:
            raise Refused(f"{day} 已排 {taken.normalize():f} 小时，请先移走一部分。", field="hours")


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
