"""What a supervisor judges an order by beyond the order itself: departments add their facts at start-up.

`orders` knows no department; finance, say, registers exposure against the limit.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact in words; `tone` is danger or warn where it speaks against approving."""

    label: str
    value: str
    tone: str = ""


# By revision id; a fixed number of queries however many revisions are asked for.
Reader = Callable[[Sequence[int]], Mapping[int, Sequence[Fact]]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    if reader not in _readers:
        _readers.append(reader)


def facts(revisions: Sequence[int]) -> dict[int, list[Fact]]:
    """What every department has to say on the revisions of these ids."""
    found: dict[int, list[Fact]] = defaultdict(list)
    if revisions:
        for reader in _readers:
            for pk, said in reader(revisions).items():
                found[pk].extend(said)
    return found
