"""What came of many shots: statuses, faults, the slowest, and how the memory went."""

import sys
from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz import memory
from tests.fuzz.shooting import Outcome
from tests.fuzz.shots import Shot

# Seconds of the processor for one request, in a run that is long enough to be watched.
LONGEST = 5
# MB that may be added in the second half of a run, when whatever is kept in bounds is full.
MOST_ADDED = 16


@dataclass
class Tally:
    watched: bool
    statuses: Counter[int] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)
    weights: list[tuple[int, float, int]] = field(default_factory=list)

    def note(self, shot: Shot, outcome: Outcome) -> None:
        self.statuses[outcome.status] += 1
        self.slowest = max(self.slowest, (outcome.seconds, shot.number))
        slow = [f"more than {LONGEST} s of the processor"] if self.watched and outcome.seconds > LONGEST else []
        for fault in [*outcome.faults, *slow]:
            if fault not in self.first:
                self.first[fault] = str(shot)
                say(f"{fault}\n  {shot}")
            self.found[fault] += 1

    def weigh(self, sent: int) -> None:
        pieces = memory.blocks()
        self.weights.append((sent, memory.resident(), pieces))
        seconds, number = self.slowest
        statuses = dict(sorted(self.statuses.items()))
        say(f"{sent}: {memory.resident():.0f} MB, {pieces} pieces, {len(self.found)} kinds of fault, {statuses}")
        say(f"  slowest: {number}, {seconds:.2f} s")

    def growth(self) -> str:
        """What is wrong with the second half of the weights; nothing where there are too few."""
        if len(self.weights) < 3:
            return ""
        (sent, before, few), (end, after, many) = self.weights[len(self.weights) // 2 - 1], self.weights[-1]
        told = f"from {sent} to {end}: {after - before:+.1f} MB, {(many - few) / (end - sent):+.2f} pieces a request"
        say(told)
        return told if after - before > MOST_ADDED else ""

    def faults(self) -> str:
        return "\n".join(f"{count} × {fault}\n  {self.first[fault]}" for fault, count in self.found.most_common())


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
