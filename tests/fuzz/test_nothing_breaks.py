"""Mutated requests over all forms, filters, cursors and uploads: none is answered by a fault (issue 18).

A few hundred here; `./dev fuzz --requests N --seed S` sends as many as one likes.
"""

import os
import resource
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.company import Company
from tests.fuzz.shooting import Range
from tests.fuzz.shots import Gunner

pytestmark = pytest.mark.django_db
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "400"))
SEED = int(os.environ.get("FUZZ_SEED", "18"))
ONLY = os.environ.get("FUZZ_ONLY", "")
STEPS = tuple(os.environ.get("FUZZ_STEPS", "draft signed").split())


def memory() -> float:
    """MB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def test_no_mutated_request_ends_in_a_fault() -> None:
    company = Company(STEPS)
    target = Range(company)
    gunner = Gunner(company, SEED, target.look)
    statuses: Counter[int] = Counter()
    found: Counter[str] = Counter()
    first: dict[str, str] = {}
    with target.listening():
        for number in [int(ONLY)] if ONLY else range(REQUESTS):
            shot = gunner.shot(number)
            outcome = target.fire(shot)
            statuses[outcome.status] += 1
            for fault in outcome.faults:
                if fault not in first:
                    first[fault] = str(shot)
                    say(f"{fault}\n  {shot}")
                found[fault] += 1
            if ONLY or number % 1000 == 999:
                say(number + 1, f"{memory():.0f} MB", dict(statuses), f"{len(found)} kinds of fault")
    assert not found, "\n".join(f"{count} × {fault}\n  {first[fault]}" for fault, count in found.most_common())
