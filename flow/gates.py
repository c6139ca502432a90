"""The gate registry: gates are queries, bound to bolts; duties and guards are the same idea (design, idea 1).

One definition bolts a transition, explains on the order page what is missing and who owes it, and makes the to-do
list. Departments register theirs from `gates.py` at start-up; `flow.checks` holds the table against bolts.py.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Self

from django.apps import apps
from django.db.models import BigIntegerField, BooleanField, Case, F, Model, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse

from accounts.compiled import Compiled
from accounts.permissions import sees_prices
from accounts.roles import ROLES
from flow import subjects

# A `Q`, or an expression that is true or false, such as `Exists`.
Condition = Q | Combinable
ALWAYS = Q(pk__isnull=False)


@dataclass(frozen=True)
class Owing:
    """Who owes: a role, or the person that `person` leads to from the subject, where `when` holds."""

    role: str = ""
    when: Condition = ALWAYS
    person: str = ""

    @property
    def label(self) -> str:
        return ROLES.get(self.role, "当事人")


@dataclass(frozen=True)
class Gate:
    """`blocked` says *still blocked* of the subject. `label` names the thing, `message` says what to do.

    `page` is the URL name where the work is done; it takes the subject's key. `money`: what `explain` says names
    amounts, and whoever sees no prices reads the message.
    """

    code: str
    subject: str
    label: str
    message: str
    blocked: Condition
    owed: tuple[Owing, ...]
    page: str
    explain: Callable[[Any], str] | None = None
    money: bool = False
    # While it is closed nobody owes anything else of the bolts that it holds, and their clocks stand still.
    pauses: bool = False

    def words(self, subject: Model) -> str:
        return self.explain(subject) if self.explain else self.message


@dataclass(frozen=True)
class Duty:
    """A gate that bolts nothing. Where `day` is an expression of the subject its deadline is reckoned from that day's
    beginning, and not from when it began to be owed (and there is none as long as there is no such day)."""

    code: str
    subject: str
    label: str
    blocked: Condition
    owed: tuple[Owing, ...]
    page: str
    states: frozenset[str] | None = None
    day: Combinable | None = None


@dataclass(frozen=True)
class Guard:
    """A rule about who acts: `forbids(user)` picks the subjects of `bolt` that this user may not act on.

    `opens` is the gate that the step opens, where that, and not the step, is the to-do it keeps from them.
    """

    code: str
    bolt: str
    forbids: Callable[[Any], Q]
    message: str
    opens: str = ""


@dataclass(frozen=True)
class Bolt:
    """A transition or action of a subject, with the gates that hold it. When all are open it is itself owed."""

    code: str
    subject: str
    label: str
    states: frozenset[str]
    gates: tuple[str, ...]
    owed: tuple[Owing, ...] = ()
    page: str = ""
    when: Q = ALWAYS

    @property
    def awaited(self) -> bool:
        """Whether somebody owes this step once it can be taken; a reopening, say, nobody does."""
        return bool(self.owed)


@dataclass(frozen=True)
class Unmet:
    """A gate that is not open for a subject, in words, with who owes it and where."""

    code: str
    label: str
    message: str
    owers: tuple[str, ...]
    url: str
    is_open: bool = False
    plain: str = ""

    def said_to(self, user: Any) -> Self:
        """As `user` may read it: without amounts where they see no prices."""
        return self if not self.plain or (user and sees_prices(user)) else replace(self, message=self.plain)


class Owner(NamedTuple):
    """Where a debt is listed, the day by which its subject says that it is due, and by which deadlines and calendar
    (`flow.models.ClockMark`)."""

    order: int | None
    customer: int | None
    day: date | None = None
    mark: str = ""


class Debt(NamedTuple):
    """One thing owed, as the gates say now."""

    kind: str
    subject_id: int
    what: str
    role: str
    person_id: int | None


@dataclass
class Registry:
    gates: dict[tuple[str, str], Gate] = field(default_factory=dict)
    duties: dict[tuple[str, str], Duty] = field(default_factory=dict)
    guards: dict[str, list[Guard]] = field(default_factory=dict)
    bolts: dict[str, Bolt] = field(default_factory=dict)
    panels: dict[tuple[Any, ...], "Panel"] = field(default_factory=dict)
    # URL names, told by departments: the chain names no page of those that stand on it.
    pages: dict[str, str] = field(default_factory=dict)

    def gate(self, gate: Gate) -> None:
        self.add(self.gates, (gate.subject, gate.code), gate)

    def duty(self, duty: Duty) -> None:
        self.add(self.duties, (duty.subject, duty.code), duty)

    def guard(self, guard: Guard) -> None:
        known = self.guards.setdefault(guard.bolt, [])
        if guard.code not in {other.code for other in known}:
            known.append(guard)

    def bolt(self, bolt: Bolt) -> None:
        self.add(self.bolts, bolt.code, bolt)

    def lead(self, bolt_code: str, page: str) -> None:
        """Where a department takes a step of the chain."""
        self.pages[bolt_code] = page

    @staticmethod
    def add(table: dict[Any, Any], key: Any, value: Any) -> None:
        if key in table:
            raise ValueError(f"{key} is registered twice")
        table[key] = value

    # Deciding

    def unmet(self, bolt_code: str, subject: Model) -> list[Unmet]:
        """The gates of a bolt that block this subject now, read from the database in one query."""
        return [row for row in self.explain([bolt_code], subject) if not row.is_open]

    def explain(self, bolt_codes: Sequence[str], subject: Model) -> list[Unmet]:
        """Every gate of these bolts for this subject, open ones included."""
        bolts = tuple(self.bolts[code] for code in bolt_codes)
        panel = self.panel(bolts[0].subject, bolts, ())
        rows = panel.read([subject.pk])
        return panel.gates_of(rows[0], subject) if rows else []

    def ahead(self, subject: Model) -> list[tuple[Bolt, list[Unmet]]]:
        """The steps that somebody owes on this subject as it stands, each with its gates, read in one query."""
        about = subjects.of(subject)
        kind, state = about.kind, about.state_of(subject)
        bolts = tuple(b for b in self.bolts.values() if b.subject == kind and state in b.states and b.awaited)
        panel = self.panel(kind, bolts, ())
        rows = panel.read([subject.pk]) if bolts else []
        taken = [bolt for bolt in bolts for row in rows if row[f"{bolt.code}__is"]]
        return [(bolt, panel.gates_of(rows[0], subject, bolt.gates)) for bolt in taken]

    def forbidden(self, bolt_code: str, subject: Model, user: Any) -> str:
        """The message of the first guard that keeps `user` from this step, or ''.

        An order that follows its revision is not guarded a second time: the bolt's subject is the revision.
        """
        bolt = self.bolts.get(bolt_code)
        if bolt is None or bolt.subject != subject._meta.model_name:
            return ""
        for guard in self.guards.get(bolt_code, []):
            if type(subject)._default_manager.filter(pk=subject.pk).filter(guard.forbids(user)).exists():
                return guard.message
        return ""

    # Remembering

    def debts(self, kind: str, state: str, ids: Sequence[int]) -> dict[Debt, Owner]:
        """What is owed now on these subjects in this state, with the order and customer it is listed under."""
        bolts = tuple(b for b in self.bolts.values() if b.subject == kind and state in b.states and b.awaited)
        duties = tuple(d for d in self.duties.values() if d.subject == kind and (d.states is None or state in d.states))
        if not ids or not (bolts or duties):
            return {}
        panel = self.panel(kind, bolts, duties)
        found: dict[Debt, Owner] = {}
        for row in panel.read(ids):
            for debt in panel.debts_of(row):
                found[debt] = Owner(row["order"], row["customer"], row.get(f"{debt.what}__day"), row["mark"])
        return found

    def panel(self, kind: str, bolts: tuple[Bolt, ...], duties: tuple[Duty, ...]) -> "Panel":
        key = (kind, tuple(b.code for b in bolts), tuple(d.code for d in duties))
        if key not in self.panels:
            self.panels[key] = Panel(self, kind, bolts, duties)
        return self.panels[key]

    def step(self, kind: str, code: str) -> "Step | None":
        """What an `Owed.what` stands for."""
        return self.gates.get((kind, code)) or self.duties.get((kind, code)) or self.bolts.get(code)

    def steps(self) -> Iterable["Step"]:
        return (*self.gates.values(), *self.duties.values(), *(bolt for bolt in self.bolts.values() if bolt.awaited))

    def kinds_owed_by(self, roles: frozenset[str]) -> tuple[str, ...]:
        """The kinds of subject on which people of these roles can owe anything, by role or by name."""
        return tuple(
            dict.fromkeys(
                step.subject for step in self.steps() if any(by.person or by.role in roles for by in step.owed)
            )
        )

    def url(self, step: "Step", key: Any) -> str:
        page = step.page or self.pages.get(step.code) or subjects.get(step.subject).page
        return reverse(page, args=[key])


Step = Gate | Duty | Bolt


@dataclass
class Panel:
    """Some bolts and duties of one kind of subject, compiled once into one SQL statement."""

    registry: Registry
    kind: str
    bolts: tuple[Bolt, ...]
    duties: tuple[Duty, ...]

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        codes = dict.fromkeys(code for bolt in self.bolts for code in bolt.gates)
        return tuple(self.registry.gates[self.kind, code] for code in codes)

    @cached_property
    def columns(self) -> dict[str, Any]:
        """Name → expression: one boolean per gate, bolt, duty and ower, and the id of each named person."""
        subject = subjects.get(self.kind)
        columns: dict[str, Any] = {
            "order": path_to(subject.order),
            "customer": path_to(subject.customer),
            "mark": Subquery(apps.get_model("flow", "ClockMark")._default_manager.values("mark")[:1]),
        }
        steps: tuple[Step, ...] = (*self.gates, *self.duties, *self.bolts)
        for step in steps:
            columns[f"{step.code}__is"] = truth(step.when if isinstance(step, Bolt) else step.blocked)
            if isinstance(step, Duty) and step.day is not None:
                columns[f"{step.code}__day"] = step.day
            for index, owing in enumerate(step.owed):
                if owing.when != ALWAYS:
                    columns[f"{step.code}__{index}"] = truth(owing.when)
                if owing.person:
                    columns[f"{step.code}__{index}_person"] = F(owing.person + "_id")
        return columns

    @cached_property
    def compiled(self) -> Compiled:
        return Compiled(self.query, ("pk", *self.columns))

    def query(self) -> QuerySet[Any, Any]:
        # Short aliases: the database cuts long names, and a model's own fields must not be hidden.
        aliases = {name: f"x{index}" for index, name in enumerate(self.columns)}
        return (
            subjects.get(self.kind)
            .rows.order_by()
            .annotate(**{aliases[name]: expression for name, expression in self.columns.items()})
            .values_list("pk", *aliases.values())
        )

    def read(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        return self.compiled.read(ids)

    def owing(self, row: dict[str, Any], step: Step) -> Iterable[tuple[Owing, int | None]]:
        for index, owing in enumerate(step.owed):
            if row.get(f"{step.code}__{index}", True):
                yield owing, row.get(f"{step.code}__{index}_person")

    def gates_of(self, row: dict[str, Any], subject: Model, codes: Collection[str] | None = None) -> list[Unmet]:
        """All of them, or those of one bolt."""
        shown = []
        for gate in self.gates:
            if codes is not None and gate.code not in codes:
                continue
            closed = row[f"{gate.code}__is"]
            owers = tuple(dict.fromkeys(owing.label for owing, _ in self.owing(row, gate))) if closed else ()
            words = gate.words(subject) if closed else gate.label
            url = self.registry.url(gate, subjects.get(self.kind).key_of(subject)) if closed else ""
            plain = gate.message if closed and gate.money else ""
            shown.append(Unmet(gate.code, gate.label, words, owers, url, is_open=not closed, plain=plain))
        return shown

    def debts_of(self, row: dict[str, Any]) -> Iterable[Debt]:
        due: list[Step] = [duty for duty in self.duties if row[f"{duty.code}__is"]]
        for bolt in self.bolts:
            if not row[f"{bolt.code}__is"]:
                continue
            closed = [self.registry.gates[self.kind, code] for code in bolt.gates if row[f"{code}__is"]]
            due += [gate for gate in closed if gate.pauses] or closed or [bolt]
        for step in due:
            for owing, person_id in self.owing(row, step):
                yield Debt(self.kind, row["pk"], step.code, owing.role, person_id)


def truth(condition: Condition) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def path_to(column: str | None) -> Any:
    return F(column) if column else Value(None, output_field=BigIntegerField())


registry = Registry()
