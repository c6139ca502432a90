"""From a lot's size, level and AQL to how many are taken and how many of them may be bad."""

from dataclasses import dataclass
from decimal import Decimal

from quality.sampling.tables import ACCEPT, AQLS, LETTERS, SIZES, UPWARD, letter_of


@dataclass(frozen=True)
class Plan:
    """`letter` is that of the plan reached over the arrows; a sample as large as the lot looks at every piece."""

    letter: str
    sample_size: int
    accept: int

    @property
    def refuse(self) -> int:
        return self.accept + 1


def plan_of(lot_size: int, level: str, aql: Decimal | str, severity: str) -> Plan:
    """The plan for a lot. Where its sample would be larger than the lot, the whole lot is looked at."""
    plan = master(letter_of(lot_size, level), place_of(aql), severity)
    return plan if plan.sample_size < lot_size else Plan(plan.letter, max(lot_size, 1), plan.accept)


def finer(aql: Decimal | str) -> str:
    """One step tighter, by which the switching score asks; the finest stays."""
    return AQLS[max(place_of(aql) - 1, 0)]


def place_of(aql: Decimal | str) -> int:
    return [Decimal(one) for one in AQLS].index(Decimal(aql))


def master(letter: str, aql: int, severity: str) -> Plan:
    """A cell of table 2-A, 2-B or 2-C, its arrows followed."""
    sizes, accept = SIZES[severity], ACCEPT[severity]
    start = LETTERS.index(letter)
    up = [row for row in range(start, -1, -1) if row + aql in accept]
    down = [row for row in range(start, len(sizes)) if row + aql in accept]
    upward = start + aql in UPWARD[severity] or start + aql > max(accept)
    row = next(iter(up + down if upward else down + up))
    return Plan(LETTERS[row], sizes[row], accept[row + aql])
