"""Laying the steps of a line into the hours that are spare: step after step, each on the machine that ends first.

A line is never in two steps at once: a step begins on the day the one before it ends or later, and what one line takes
of a day, over its steps, is no more than that day has.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from production.scheduling.capacity import ZERO, Capacity

DAY = timedelta(days=1)
LEAST = Decimal("0.25")  # hours: a shorter gap is not worth a change of job


@dataclass(frozen=True)
class Piece:
    """So many hours of a step on a machine and day; `place` is the step's among those laid."""

    place: int
    machine: int
    day: date
    hours: Decimal


class NoRoom(Exception):
    """No machine of that step, or none with enough hours within the horizon."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def lay(wanted: Sequence[tuple[str, Decimal]], capacity: Capacity, earliest: date) -> list[Piece]:
    """The pieces of all steps (step, hours), taken from `capacity`. Raises NoRoom, and then nothing is taken."""
    pieces, left_out = try_out(wanted, capacity, earliest)
    if left_out:
        raise NoRoom(wanted[left_out[0]][0])
    take(pieces, capacity)
    return pieces


def lay_what_fits(
    wanted: Sequence[tuple[str, Decimal]], capacity: Capacity, earliest: date
) -> tuple[list[Piece], list[int]]:
    """The same for the steps that there is room for, and the places of those that there is none for."""
    pieces, left_out = try_out(wanted, capacity, earliest)
    take(pieces, capacity)
    return pieces, left_out


def try_out(wanted: Sequence[tuple[str, Decimal]], capacity: Capacity, earliest: date) -> tuple[list[Piece], list[int]]:
    found: list[Piece] = []
    left_out: list[int] = []
    used: dict[date, Decimal] = defaultdict(Decimal)
    start = max(earliest, capacity.first)
    for place, (step, hours) in enumerate(wanted):
        tries = [fill(place, machine, hours, capacity, start, used) for machine in capacity.of_step(step)]
        fitting = [pieces for pieces in tries if pieces]
        if not fitting:
            left_out.append(place)
            continue
        best = min(fitting, key=lambda pieces: (pieces[-1].day, len(pieces), pieces[0].machine))
        for piece in best:
            used[piece.day] += piece.hours
        start = best[-1].day
        found += best
    return found, left_out


def take(pieces: Sequence[Piece], capacity: Capacity) -> None:
    for piece in pieces:
        capacity.take(piece.machine, piece.day, piece.hours)


def fill(
    place: int, machine: int, hours: Decimal, capacity: Capacity, start: date, used: dict[date, Decimal]
) -> list[Piece]:
    """One step on one machine from `start` on; empty where it does not fit."""
    pieces, left, day = [], hours, start
    while left > ZERO and day <= capacity.last:
        room = min(capacity.spare(machine, day), capacity.hours(machine, day) - used[day], left)
        if room >= min(LEAST, left):
            pieces.append(Piece(place, machine, day, room))
            left -= room
        day += DAY
    return [] if left > ZERO else pieces
