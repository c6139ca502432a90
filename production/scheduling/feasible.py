"""The earliest day on which a line can be finished, from load, material and calendar; production decides and signs
(R10)."""

from dataclasses import dataclass
from datetime import date

from orders.models import Order, RevisionLine
from production import cards, materials, statements
from production.models import Machine, Step
from production.scheduling import intended
from production.scheduling.capacity import Capacity
from production.scheduling.laying import NoRoom, lay


@dataclass(frozen=True)
class Feasible:
    """`finish` is None where it cannot be told; `why` then says what is missing."""

    finish: date | None = None
    material_by: date | None = None
    why: str = ""
    start: date | None = None


def earliest(
    order: Order, rows: list[RevisionLine], stated: dict[int, list[materials.Stated]], today: date
) -> dict[int, Feasible]:
    """By line, the lines after one another as they would be released; what is planned of the order already is left
    out. What other orders were promised comes before them, released or not. `stated` is what the need lists say of
    the lines' material; no line begins before the day that its signed statement gives."""
    arrivals = statements.arrivals(statements.standing(rows).values())
    made_by = cards.judged([row.line_id for row in rows], {row.line_id: row.technical_digest for row in rows})
    chosen = cards.choices((row, order) for row in rows)
    machines = Machine.objects.filter(is_active=True).order_by("pk")
    own = [row.line_id for row in rows]
    capacity = Capacity(machines, today, besides=own)
    intended.lay_all(capacity, today, besides=own)
    found = {}
    for row in rows:
        card = made_by.get(row.line_id) or chosen[row.line_id].standing
        if card is None:
            found[row.line_id] = Feasible(why="此产品尚无工艺卡，无法测算。")
            continue
        there = material_by(stated.get(row.line_id, []), arrivals.get(row.line_id), today)
        found[row.line_id] = of_line(row, card, there, capacity, today)
    return found


def material_by(stated: list[materials.Stated], said: date | None, today: date) -> date | None:
    """The day on which all of it is there, by what is expected and by what was signed, the later of both; where
    nothing that is expected covers it, as signed. None where neither tells."""
    days = [one.arrives_on if one.short else today for one in stated]
    if None in days:
        return said
    return max([day for day in [*days, said] if day], default=today)


def of_line(
    row: RevisionLine, card: cards.ProcessCard, there: date | None, capacity: Capacity, today: date
) -> Feasible:
    if there is None:
        return Feasible(why="原材料没有足够的到料计划，无法测算。")
    try:
        pieces = lay([(step.step, step.hours(row.to_make)) for step in card.steps.all()], capacity, max(today, there))
    except NoRoom as lacking:
        return Feasible(material_by=there, why=f"「{Step(lacking.step).label}」没有可用的机台工时。")
    return Feasible(pieces[-1].day, there, start=pieces[0].day)
