"""Mutated requests over all forms, filters, cursors and uploads: none is answered by a fault, and a long run does not
grow.

A few hundred here; `./dev fuzz --requests N --seed S` sends as many as one likes.
"""

import os

import pytest

from tests.fuzz.company import Company
from tests.fuzz.shooting import Range
from tests.fuzz.shots import Gunner
from tests.fuzz.tally import Tally

pytestmark = pytest.mark.django_db
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "400"))
SEED = int(os.environ.get("FUZZ_SEED", "18"))
ONLY = os.environ.get("FUZZ_ONLY", "")
STEPS = tuple(os.environ.get("FUZZ_STEPS", "draft signed").split())
# So many are weighed on the way; fewer than that only fill what the program keeps in bounds.
MANY = 2000


def test_mutated_requests_end_in_no_fault_and_a_long_run_does_not_grow() -> None:
    company = Company(STEPS)
    target, tally = Range(company), Tally(watched=REQUESTS >= MANY)
    gunner = Gunner(company, SEED, target.look)
    with target.listening():
        for number in [int(ONLY)] if ONLY else range(REQUESTS):
            shot = gunner.shot(number)
            tally.note(shot, target.fire(shot))
            if tally.watched and (number + 1) % (REQUESTS // 10) == 0:
                target.forget()
                tally.weigh(number + 1)
        assert not tally.found, tally.faults()
        assert not tally.growth()
