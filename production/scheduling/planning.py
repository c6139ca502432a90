"""The work orders of an order in production: made at its release, laid into the machines' hours, made anew for a line
whose quantity or card an amendment changes, given up with the order (R10, R18)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from audit import history
from documents.numbering import business_day
from orders.following import ENDED, IN_FORCE, follow
from orders.frame import OrderAct
from orders.models import Order, RevisionLine, State
from production import cards, papers, promising
from production.models import DailyReport, Machine, ProcessCard, WorkOrder, WorkSlot
from production.scheduling.capacity import ZERO, Capacity
from production.scheduling.laying import NoRoom, Piece, lay

SHORTEST = Decimal("0.01")


def register() -> None:
    follow(IN_FORCE, plan)
    follow(ENDED, give_up)


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
    end(act, [work for line, works in standing.items() if line not in kept for work in works])
    anew = [row for line, row in wanted.items() if line not in kept]
    if anew:
        signed = papers.dates_of(anew[0].revision)
        starts = {line: word.start_on for line, word in signed.items()}
        lay_lines(act, order, [(row, made_by[row.line_id], starts.get(row.line_id)) for row in anew])


def works_of(order: Order) -> dict[int, list[WorkOrder]]:
    found: dict[int, list[WorkOrder]] = {}
    for work in WorkOrder.objects.filter(line__order=order, ended_at=None).order_by("line", "position"):
        found.setdefault(work.line_id, []).append(work)
    return found


def is_for(work: WorkOrder, row: RevisionLine, card: ProcessCard) -> bool:
    return work.card_id == card.pk and work.quantity == row.to_make


def lay_lines(act: OrderAct, order: Order, lines: list[tuple[RevisionLine, ProcessCard, date | None]]) -> list[int]:
    """Work orders and slots of each line, as far as there is room; the lines that there is none for are returned."""
    steps = {step.step for _, card, _ in lines for step in card.steps.all()}
    capacity = Capacity(lock(steps), business_day(act.at), besides=[row.line_id for row, _, _ in lines])
    done = done_by_step(order)
    left_out = []
    for row, card, start in lines:
        steps_left = [
            (step, left)
            for step in card.steps.all()
            if (left := row.to_make - done.get((row.line_id, str(step)), ZERO)) > 0
        ]
        try:
            hours = [(step.step, max(step.hours(left), SHORTEST)) for step, left in steps_left]
            pieces = lay(hours, capacity, start or capacity.first)
        except NoRoom:
            left_out.append(row.line_id)
            continue
        works = [
            WorkOrder(
                line_id=row.line_id, card=card, position=step.position, step=step.step, quantity=row.to_make, hours=need
            )
            for (step, _), (_, need) in zip(steps_left, hours, strict=True)
        ]
        keep(works, pieces)
    return left_out


def keep(works: list[WorkOrder], pieces: list[Piece]) -> None:
    WorkOrder.objects.bulk_create(works)
    history.write(works, created=True)
    WorkSlot.objects.bulk_create(
        WorkSlot(work=works[piece.place], machine_id=piece.machine, day=piece.day, hours=piece.hours)
        for piece in pieces
    )


def lock(steps: Iterable[str]) -> list[Machine]:
    """The machines of these steps, locked by id after the order and the stock: hours are given out once."""
    found = Machine.objects.select_for_update(no_key=True).filter(step__in=list(steps), is_active=True)
    return list(found.order_by("pk"))


def done_by_step(order: Order) -> dict[tuple[int, str], Decimal]:
    """Good output reported so far, by line and the step's name as it stands on the reports."""
    rows = DailyReport.objects.filter(order=order).exclude(step="").order_by()
    return {(line, step): good for line, step, good in rows.values_list("line", "step").annotate(Sum("good"))}


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
