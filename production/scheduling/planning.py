"""The work orders of an order in production: made at its release, laid into the machines' hours, made anew for a line
whose quantity or card an amendment changes, given up with the order (R10, R18).

The plan is what the slots from today on say; those of days gone by stay to be read, as what was planned then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit import history
from documents.numbering import business_day
from orders.frame import OrderAct
from orders.models import Order, RevisionLine, SignOff, State
from orders.notices import tell
from production import cards, papers, promising
from production.models import Machine, ProcessCard, WorkOrder, WorkSlot
from production.scheduling import behind, progress
from production.scheduling.capacity import Capacity
from production.scheduling.laying import lay_what_fits


@dataclass(frozen=True)
class ToLay:
    """A line, the work orders of its steps, and the day that it may begin on."""

    row: RevisionLine
    card: ProcessCard
    works: Sequence[WorkOrder]
    start: date | None = None


def plan(act: OrderAct, order: Order) -> None:
    """Work orders of every line to be made, where they are not there already; nothing for a line without a card."""
    rows = promising.to_make(order) if order.state == State.PRODUCTION else []
    made_by = cards.judged([row.line_id for row in rows], {row.line_id: row.technical_digest for row in rows})
    standing = works_of(order)
    if not made_by and not standing:
        return
    wanted = {row.line_id: row for row in rows if row.line_id in made_by}
    kept = {
        line
        for line, works in standing.items()
        if line in wanted and all(is_for(work, wanted[line], made_by[line]) for work in works)
    }
    ended = [work for line, works in standing.items() if line not in kept for work in works]
    was = planned(act, ended)
    end(act, ended)
    anew = [row for line, row in wanted.items() if line not in kept]
    if anew:
        starts = {line: word.start_on for line, word in papers.dates_of(anew[0].revision).items()}
        lines = [
            ToLay(row, made_by[row.line_id], make(row, made_by[row.line_id]), starts.get(row.line_id)) for row in anew
        ]
        report(act, order, lines, lay_lines(act, lines), was)


def works_of(order: Order) -> dict[int, list[WorkOrder]]:
    found: dict[int, list[WorkOrder]] = {}
    for work in WorkOrder.objects.filter(line__order=order, ended_at=None).order_by("line", "position"):
        found.setdefault(work.line_id, []).append(work)
    return found


def is_for(work: WorkOrder, row: RevisionLine, card: ProcessCard) -> bool:
    return work.card_id == card.pk and work.quantity == row.to_make


def make(row: RevisionLine, card: ProcessCard) -> list[WorkOrder]:
    """The work orders of a line, one for each step."""
    works = [
        WorkOrder(
            line=row.line,
            card=card,
            position=step.position,
            step=step.step,
            quantity=row.to_make,
            hours=max(step.hours(row.to_make), progress.SHORTEST),
        )
        for step in card.steps.all()
    ]
    WorkOrder.objects.bulk_create(works)
    history.write(works, created=True)
    return works


def lay_lines(act: OrderAct, lines: Sequence[ToLay]) -> list[WorkOrder]:
    """Hours for what is left of each step, in place of those from today on; the work orders that there is no room for
    are returned."""
    today = business_day(act.at)
    machines = lock(work.step for line in lines for work in line.works)
    ids = [line.row.line_id for line in lines]
    WorkSlot.objects.filter(work__in=[work for line in lines for work in line.works], day__gte=today).delete()
    capacity, done = Capacity(machines, today), progress.on_the_way(ids)
    return [work for line in lines for work in lay_line(line, capacity, done)]


def lay_line(line: ToLay, capacity: Capacity, done: progress.Output) -> list[WorkOrder]:
    works = {work.step: work for work in line.works}
    steps = progress.of_line(line.row, line.card.steps.all(), done)
    wanted = [(works[one.step.step], one.hours) for one in steps if one.left > 0 and one.step.step in works]
    hours = [(work.step, needed) for work, needed in wanted]
    pieces, left_out = lay_what_fits(hours, capacity, line.start or capacity.first)
    WorkSlot.objects.bulk_create(
        WorkSlot(work=wanted[piece.place][0], machine_id=piece.machine, day=piece.day, hours=piece.hours)
        for piece in pieces
    )
    return [wanted[place][0] for place in left_out]


def lock(steps: Iterable[str]) -> list[Machine]:
    """The machines of these steps, locked by id after the order and the stock: hours are given out once."""
    found = Machine.objects.select_for_update(no_key=True).filter(step__in=set(steps), is_active=True)
    return list(found.order_by("pk"))


def report(act: OrderAct, order: Order, lines: Sequence[ToLay], unplaced: list[WorkOrder], was: list[str]) -> None:
    """Keep what the plan took the place of; what ends after the signed finish, or has no machine, is told."""
    said = [words for _, words in ends_late(lines)]
    said += [f"{work.number} {work.get_step_display()}没有可用的机台工时，未排" for work in unplaced]
    if said:
        tell_late(act, order, said)
    if said or was:
        act.record(order, action="plan_work", was=was, said=said)


def tell_late(act: OrderAct, order: Order, said: Iterable[str]) -> None:
    tell(act, order, "planned_late", "；".join(said), everyone=True)


def ends_late(lines: Sequence[ToLay]) -> list[tuple[int, str]]:
    """The lines whose last hours lie after the finish that production signed, and how to say so."""
    words = papers.dates_of(lines[0].row.revision)
    finish = {line: word.finish_on for line, word in words.items() if word.finish_on}
    works = [work for line in lines for work in line.works]
    days = WorkSlot.objects.filter(work__in=works).order_by("day").values_list("work__line", "day")
    last = dict(days)
    return [
        (line, f"第 {each.row.position} 行排到 {last[line]}，晚于签字的完成日 {finish[line]}")
        for each in lines
        for line in [each.row.line_id]
        if line in last and line in finish and last[line] > finish[line]
    ]


def trim(act: OrderAct, order: Order) -> None:
    """Hours of what is made are anybody's again: those planned first, since it was made in them."""
    today = business_day(act.at)
    for one in behind.read(WorkOrder.objects.filter(line__order=order), today):
        too_much = one.too_much
        for slot in one.work.slots.filter(day__gte=today).order_by("day", "pk") if too_much else ():
            cut = min(slot.hours, too_much)
            too_much -= cut
            shorten(slot, cut)


def shorten(slot: WorkSlot, cut: Decimal) -> None:
    slot.hours -= cut
    if slot.hours:
        slot.save()
    else:
        slot.delete()


def roll(act: OrderAct, order: Order) -> tuple[list[str], list[str]]:
    """Lay the lines anew whose plan lacks hours for what is left, as when a day went by without them. What was planned
    and what is now; that a line will now be late is told."""
    today = business_day(act.at)
    lines = lacking(order, today)
    if not lines:
        return [], []
    works = [work for line in lines for work in line.works]
    known, was = {line for line, _ in ends_late(lines)}, planned(act, works, gone_by=True)
    lay_lines(act, lines)
    if said := [words for line, words in ends_late(lines) if line not in known]:
        tell_late(act, order, said)
    return was, planned(act, works)


def lacking(order: Order, today: date) -> list[ToLay]:
    found: dict[int, list[behind.WorkNow]] = {}
    for one in behind.read(WorkOrder.objects.filter(line__order=order), today):
        found.setdefault(one.work.line_id, []).append(one)
    short = [works for works in found.values() if any(one.lacks for one in works)]
    if not short:
        return []
    signed = papers.dates_of(short[0][0].row.revision)
    return [
        ToLay(
            works[0].row,
            works[0].work.card,
            [one.work for one in works],
            begin(signed.get(works[0].row.line_id), today),
        )
        for works in short
    ]


def begin(word: SignOff | None, today: date) -> date:
    """Not before production's signed start: the material may not be there."""
    return max(today, word.start_on) if word and word.start_on else today


def planned(act: OrderAct, works: Iterable[WorkOrder], *, gone_by: bool = False) -> list[str]:
    """The plan of these as it stands, for the record; also of days gone by where it is asked for."""
    slots = WorkSlot.objects.filter(work__in=list(works))
    if not gone_by:
        slots = slots.filter(day__gte=business_day(act.at))
    found = slots.select_related("work__line__order", "machine").order_by("day", "work__position", "pk")
    return [f"{slot.work.number} {slot.machine} {slot.day} {slot.hours.normalize():f} 小时" for slot in found]


def end(act: OrderAct, works: list[WorkOrder]) -> None:
    """These take hours no more; what they took of days gone by stays to be read."""
    if not works:
        return
    WorkSlot.objects.filter(work__in=works, day__gte=business_day(act.at)).delete()
    for work in works:
        work.ended_at = act.at
    WorkOrder.objects.bulk_update(works, ["ended_at"])
    history.write(works, created=False)


def give_up(act: OrderAct, order: Order) -> None:
    end(act, [work for works in works_of(order).values() for work in works])
