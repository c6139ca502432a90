"""What the gates say is owed, written down: read again at the end of each action, compared by `verify_owed`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from accounts.calendar import working_minutes_between
from audit.frame import Act
from audit.prepared import Prepared
from flow import subjects
from flow.clock import times_of
from flow.gates import Debt, Owner, registry
from flow.models import Owed
from flow.subjects import Subject

BLOCK = 200
UNTOLD: dict[str, None] = {"warned_at": None, "told_at": None, "escalated_at": None}


def refresh(rows: Iterable[Model], *, at: datetime) -> None:
    """Make the open `Owed` rows of these subjects what their gates say now. Call it under the subjects' locks."""
    ids, now = read(rows)
    if not ids:
        return
    open_rows = known(ids)
    gone = [row.pk for debt, row in open_rows.items() if debt not in now]
    if gone:
        Owed.objects.filter(pk__in=gone).update(until=at)
    for debt, row in open_rows.items():
        if debt in now and now[debt].day and row.due != (times := times_of(debt, now[debt], row.since, row.spent)).due:
            # Whoever was told of the earlier day hears of the new one as well.
            Owed.objects.filter(pk=row.pk).update(**times._asdict(), **UNTOLD)
    used = spent_before(row for debt, row in open_rows.items() if debt not in now)
    new = [debt for debt in now if debt not in open_rows]
    Owed.objects.bulk_create([new_row(debt, now[debt], at, used.get(debt, 0)) for debt in new])


def spent_before(gone: Iterable[Owed]) -> dict[Debt, int]:
    """Working minutes used of what a pause had closed, where it is over: the rows that ended as the pause began."""
    pauses = [row for row in gone if is_pause(row)]
    if not pauses:
        return {}
    closed = (
        Q(subject_kind=row.subject_kind, subject_id=row.subject_id, until=row.since, since__lt=row.since)
        for row in pauses
    )
    rows = Owed.objects.filter(reduce(or_, closed))
    return {as_debt(row): row.spent + working_minutes_between(row.since, row.until) for row in rows if row.until}


def is_pause(row: Owed) -> bool:
    gate = registry.gates.get((row.subject_kind, row.what))
    return gate is not None and gate.pauses


def read(rows: Iterable[Model]) -> tuple[dict[str, list[int]], dict[Debt, Owner]]:
    """The subjects' ids by kind, and what is owed on them: one query for each kind and state."""
    by_state: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        subject = subjects.of(row)
        by_state[subject.kind, subject.state_of(row)].append(row.pk)
    ids: dict[str, list[int]] = defaultdict(list)
    now: dict[Debt, Owner] = {}
    for (kind, state), some in by_state.items():
        ids[kind] += some
        now |= registry.debts(kind, state, some)
    return ids, now


def known(ids: dict[str, list[int]]) -> dict[Debt, Owed]:
    """The open rows of these subjects, by what they say is owed."""
    return {as_debt(row): row for row in open_rows_of(tuple(ids))(*ids.values())}


@cache
def open_rows_of(kinds: tuple[str, ...]) -> Prepared[Owed]:
    def rows(*ids: Any) -> Any:
        of_kinds = (Q(subject_kind=kind, subject_id__any_of=some) for kind, some in zip(kinds, ids, strict=True))
        return Owed.objects.open().filter(reduce(or_, of_kinds))

    return Prepared(rows, *[list] * len(kinds))


def as_debt(row: Owed) -> Debt:
    return Debt(row.subject_kind, row.subject_id, row.what, row.role, row.person_id)


def new_row(debt: Debt, owner: Owner, at: datetime, spent: int) -> Owed:
    return Owed(
        subject_kind=debt.kind,
        subject_id=debt.subject_id,
        order_id=owner.order,
        customer_id=owner.customer,
        what=debt.what,
        role=debt.role,
        person_id=debt.person_id,
        since=at,
        spent=spent,
        **times_of(debt, owner, at, spent)._asdict(),
    )


# -- after every action, and as time passes --------------------------------------------------------------------------


def follow(act: Act) -> None:
    """Read again what is owed on whatever an action touched or its events name, but for what its frame reads itself."""
    named = {(event.subject_kind, event.subject_id) for event in act.events}
    touched = {(row._meta.model_name or "", row.pk) for row in act.touched}
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, pk in sorted(named | touched):
        if subjects.known(kind) and not subjects.get(kind).framed:
            ids[kind].append(pk)
    for kind, some in ids.items():
        refresh(lightly(subjects.get(kind), pk__in=some), at=act.at)


def sweep() -> None:
    """Read again what time alone changes, in blocks, each under its locks; framed subjects see to theirs themselves."""
    for subject in subjects.registered():
        if not subject.framed:
            for ids in blocks(subject.open().order_by("pk").values_list("pk", flat=True)):
                refresh_locked(subject, ids)


@transaction.atomic
def refresh_locked(subject: Subject, ids: list[int]) -> None:
    locked = subject.rows.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    # Its gates are read in a later statement, never in the locking one.
    refresh(lightly(subject, pk__in=list(locked.values_list("pk", flat=True))), at=timezone.now())


def lightly(subject: Subject, **which: Any) -> Any:
    return subject.rows.order_by("pk").only(*subject.lightly).filter(**which)


def blocks(ids: Iterable[int]) -> Iterable[list[int]]:
    everything = list(ids)
    for start in range(0, len(everything), BLOCK):
        yield everything[start : start + BLOCK]


def differences(block: int = 1000) -> Iterable[tuple[str, Debt]]:
    """('missing' | 'left over', debt) wherever the open rows are not what the gates say (B28)."""
    for subject in subjects.registered():
        last = 0
        while rows := list(lightly(subject, pk__gt=last)[:block]):
            last = rows[-1].pk
            ids, now = read(rows)
            written = known(ids).keys()
            yield from (("missing", debt) for debt in now.keys() - written)
            yield from (("left over", debt) for debt in written - now.keys())
