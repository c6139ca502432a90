"""A department as it is declared: what it brings to the house stands in its own `department.py`, and nowhere else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from audit.books import Differing, compare
from documents import access, kinds, notices
from documents.access import Scope
from documents.kinds import Kind as Paper
from documents.notices import Kind as Notice
from flow.gates import Bolt, Duty, Gate, Guard, registry
from flow.subjects import Subject, house, register

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Department:
    """`open`, at start-up, has each thing stand in its registry.

    `leads` are URL names, by step: where the department takes a step of the chain. `houses` are pages, by subject that
    a floor below registered. `scopes` say, by kind of subject, who sees the papers on it. `books` name what can be
    reckoned again.
    """

    subjects: Sequence[Subject] = ()
    bolts: Sequence[Bolt] = ()
    gates: Sequence[Gate] = ()
    duties: Sequence[Duty] = ()
    guards: Sequence[Guard] = ()
    leads: Mapping[str, str] = field(default_factory=dict)
    houses: Mapping[str, str] = field(default_factory=dict)
    papers: Sequence[Paper] = ()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    notices: Sequence[Notice] = ()
    books: Mapping[str, Differing] = field(default_factory=dict)

    def open(self) -> None:
        register(*self.subjects)
        each(registry.bolt, self.bolts)
        each(registry.gate, self.gates)
        each(registry.duty, self.duties)
        each(registry.guard, self.guards)
        named(registry.lead, self.leads)
        named(house, self.houses)
        each(kinds.register, self.papers)
        named(access.register, self.scopes)
        each(notices.register, self.notices)
        named(compare, self.books)


def each(add: Callable[[T], object], declared: Iterable[T]) -> None:
    for one in declared:
        add(one)


def named(add: Callable[[str, T], object], declared: Mapping[str, T]) -> None:
    for name, one in declared.items():
        add(name, one)
