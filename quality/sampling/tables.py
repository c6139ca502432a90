"""Tables 1, 2-A, 2-B and 2-C of the standard, for AQLs of nonconforming items (up to 10)."""

from django.db import models


class Severity(models.TextChoices):
    NORMAL = "normal", "正常"
    TIGHTENED = "tightened", "加严"
    REDUCED = "reduced", "放宽"


AQLS = (
    *("0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25"),
    *("0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10"),
)

# Table 1: up to this lot size, the code letter of each level.
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
CODE_LETTERS = (
    (8, "AAAAAAB"),
    (15, "AAAAABC"),
    (25, "AABBBCD"),
    (50, "ABBCCDE"),
    (90, "BBCCCEF"),
    (150, "BBCDDFG"),
    (280, "BCDEEGH"),
    (500, "BCDEFHJ"),
    (1_200, "CCEFGJK"),
    (3_200, "CDEGHKL"),
    (10_000, "CDFGJLM"),
    (35_000, "CDFHKMN"),
    (150_000, "DEGJLNP"),
    (500_000, "DEGJMPQ"),
)
LARGEST = "DEHKNQR"

LETTERS = "ABCDEFGHJKLMNPQRS"
FULL = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
SIZES: dict[str, tuple[int, ...]] = {
    Severity.NORMAL: FULL[:-1],
    Severity.TIGHTENED: FULL,
    Severity.REDUCED: (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800),
}

# The master tables repeat themselves along their diagonals: one letter on and one AQL finer is the same Ac. So a
# cell is told by the sum of the places of its letter and its AQL. What stands before 14 (15) points down, what
# comes after the last points up, and between Ac 0 and Ac 1 stand the arrows named here.
ACCEPT: dict[str, dict[int, int]] = {
    Severity.NORMAL: {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21},
    Severity.TIGHTENED: {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18},
    Severity.REDUCED: {14: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10},
}
UPWARD: dict[str, frozenset[int]] = {
    Severity.NORMAL: frozenset({15}),
    Severity.TIGHTENED: frozenset(),
    Severity.REDUCED: frozenset({15}),
}


def letter_of(lot_size: int, level: str) -> str:
    """Table 1. A lot of one is looked at like the smallest."""
    letters = next((letters for upto, letters in CODE_LETTERS if lot_size <= upto), LARGEST)
    return letters[LEVELS.index(level)]
