"""The kinds of thing on which something can be owed. A department registers its own; this floor knows none of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Face:
    """How a to-do names its subject: what people call it, what its pages take, and what stands beneath."""

    number: str
    key: Any
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """`state` is the field of its state; '' where it has none, then all its steps are of one.

    `order` and `customer` lead to the ids that its to-dos are listed under; `key` to what its pages take, and `page` is
    its own one. `seen(user)` says of `Owed` rows which ones the user may know of. `faces(ids, prices)` names many in
    one query; `prices` says whether amounts may be told. `open` are those on which something may be owed yet.

    `framed`: its own frame reads again what is owed on it (`flow.owed.follow` does it for all others).
    """

    model: type[Model]
    state: str
    page: str
    seen: Callable[["User"], Q]
    faces: Callable[[Sequence[int], bool], dict[int, Face]]
    open: Callable[[], QuerySet[Any]]
    order: str | None = None
    customer: str | None = "customer_id"
    key: str = "number"
    framed: bool = False

    @property
    def kind(self) -> str:
        return self.model._meta.model_name or ""

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    @property
    def lightly(self) -> list[str]:
        """What its gates are asked by: no more of a row is needed."""
        return ["pk", self.state] if self.state else ["pk"]

    def state_of(self, subject: Any) -> str:
        return getattr(subject, self.state) if self.state else ""

    def key_of(self, subject: Any) -> Any:
        return attrgetter(self.key)(subject)


_subjects: dict[str, Subject] = {}


def register(*subjects: Subject) -> None:
    for subject in subjects:
        if subject.kind in _subjects:
            raise ValueError(f"{subject.kind} is registered twice")
        _subjects[subject.kind] = subject


def house(kind: str, page: str) -> None:
    """The own page of a subject that a floor below registered; the URL name, which takes its key."""
    _subjects[kind] = replace(_subjects[kind], page=page)


def kinds() -> Iterable[str]:
    return _subjects.keys()


def registered() -> Iterable[Subject]:
    return _subjects.values()


def get(kind: str) -> Subject:
    return _subjects[kind]


def of(row: Model) -> Subject:
    return _subjects[row._meta.model_name or ""]


def known(kind: str) -> bool:
    return kind in _subjects
