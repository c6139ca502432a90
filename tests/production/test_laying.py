"""Laying work into machine hours: whatever there is, no hour is given twice and no line is in two steps at once."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production.scheduling.laying import LEAST, NoRoom, lay

FIRST = date(2026, 11, 23)


class Hours:
    """A capacity of plain numbers: five days of each week, `hours` a machine, some of them taken."""

    def __init__(self, machines: dict[int, tuple[str, int]], taken: dict[tuple[int, int], int]) -> None:
        self.machines = machines
        self.first, self.last = FIRST, FIRST + timedelta(days=60)
        self.used: dict[Any, Decimal] = defaultdict(Decimal)
        for (machine, ago), hours in taken.items():
            self.used[machine, FIRST + timedelta(days=ago)] += hours

    def hours(self, machine: int, day: date) -> Decimal:
        return Decimal(self.machines[machine][1]) if day.weekday() < 5 else Decimal(0)

    def spare(self, machine: int, day: date) -> Decimal:
        return max(Decimal(0), self.hours(machine, day) - self.used[machine, day])

    def take(self, machine: int, day: date, hours: Decimal) -> None:
        self.used[machine, day] += hours

    def of_step(self, step: str) -> list[int]:
        return [pk for pk, (own, _) in self.machines.items() if own == step]


MACHINES = {1: ("printing", 8), 2: ("printing", 16), 3: ("slitting", 8), 4: ("packing", 4)}
WANTED = st.lists(
    st.lists(st.decimals("0.01", 40, places=2), min_size=3, max_size=3).map(
        lambda hours: list(zip(("printing", "slitting", "packing"), hours, strict=True))
    ),
    min_size=1,
    max_size=4,
)
TAKEN = st.dictionaries(st.tuples(st.integers(1, 4), st.integers(0, 20)), st.integers(1, 4), max_size=20)


@given(WANTED, TAKEN)
def test_whatever_is_laid_the_hours_and_the_sequence_hold(lines: Any, taken: Any) -> None:
    hours: Any = Hours(MACHINES, taken)
    for wanted in lines:
        try:
            pieces = lay(wanted, hours, FIRST + timedelta(days=2))
        except NoRoom:
            continue
        for place, (step, needed) in enumerate(wanted):
            own = [piece for piece in pieces if piece.place == place]
            assert sum(piece.hours for piece in own) == needed
            assert {MACHINES[piece.machine][0] for piece in own} == {step}
            assert all(piece.hours >= min(LEAST, needed) or piece is own[-1] for piece in own)
        days = [piece.day for piece in pieces]
        assert days == sorted(days) and days[0] >= FIRST + timedelta(days=2)
        per_day: dict[date, Decimal] = defaultdict(Decimal)
        for piece in pieces:
            per_day[piece.day] += piece.hours
        assert all(total <= 16 for total in per_day.values())
    assert all(
        used <= hours.hours(machine, day) or (machine, (day - FIRST).days) in taken
        for (machine, day), used in hours.used.items()
    )


def test_the_machine_that_ends_first_is_taken() -> None:
    hours: Any = Hours(MACHINES, {})
    (first, second) = lay([("printing", Decimal(20))], hours, FIRST)
    assert (first.machine, first.hours, second.hours) == (2, 16, 4)


def test_one_line_is_not_in_two_steps_in_the_same_hour() -> None:
    hours: Any = Hours({1: ("printing", 8), 3: ("slitting", 8)}, {})
    pieces = lay([("printing", Decimal(6)), ("slitting", Decimal(6))], hours, FIRST)
    assert [(piece.day - FIRST, piece.hours) for piece in pieces] == [
        (timedelta(0), 6),
        (timedelta(0), 2),
        (timedelta(1), 4),
    ]


def test_without_a_machine_nothing_is_taken() -> None:
    hours: Any = Hours({1: ("printing", 8)}, {})
    with pytest.raises(NoRoom, match="slitting"):
        lay([("printing", Decimal(6)), ("slitting", Decimal(6))], hours, FIRST)
    assert not any(hours.used.values())
