"""What the gates say is owed, written down: read again at the end of each action, compared by `verify_owed`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from orders.models.owed import Owed
from orders.registry import STATE_FIELD, Debt, Duty, registry


def reread(subjects: Iterable[Model], *, at: datetime) -> None:
    """Make the open Owed rows of these subjects what their gates say now. Call it under the subjects' locks."""
    ids, now = read(subjects)
    if not ids:
        return
    open_rows = {as_debt(row): row.pk for row in rows_of(ids).filter(until__isnull=True)}
    gone = [pk for debt, pk in open_rows.items() if debt not in now]
    if gone:
        Owed.objects.filter(pk__in=gone).update(until=at)
    Owed.objects.bulk_create([new_row(debt, owner, at) for debt, owner in now.items() if debt not in open_rows])


def read(subjects: Iterable[Model]) -> tuple[dict[str, list[int]], dict[Debt, tuple[int | None, int]]]:
    """The subjects' ids by kind, and what is owed on them: one query for each kind and state."""
    by_state: dict[tuple[str, str], list[int]] = defaultdict(list)
    for subject in subjects:
        kind = subject._meta.model_name or ""
        by_state[kind, getattr(subject, STATE_FIELD[kind])].append(subject.pk)
    ids: dict[str, list[int]] = defaultdict(list)
    now: dict[Debt, tuple[int | None, int]] = {}
    for (kind, state), some in by_state.items():
        ids[kind] += some
        now |= registry.debts(kind, state, some)
    return ids, now


def rows_of(ids: dict[str, list[int]]) -> Any:
    wanted = Q(pk__in=[])
    for kind, some in ids.items():
        wanted |= Q(subject_kind=kind, subject_id__in=some)
    return Owed.objects.filter(wanted)


def as_debt(row: Owed) -> Debt:
    return Debt(row.subject_kind, row.subject_id, row.what, row.role, row.person_id)


def new_row(debt: Debt, owner: tuple[int | None, int], at: datetime) -> Owed:
    step = registry.step(debt.kind, debt.what)
    return Owed(
        subject_kind=debt.kind,
        subject_id=debt.subject_id,
        order_id=owner[0],
        customer_id=owner[1],
        what=debt.what,
        role=debt.role,
        person_id=debt.person_id,
        since=at,
        due=step.due(at) if isinstance(step, Duty) else None,
    )


def differences(block: int = 1000) -> Iterable[tuple[str, Debt]]:
    """('missing' | 'left over', debt) wherever the open rows are not what the gates say (B28)."""
    for kind in STATE_FIELD:
        model = apps.get_model("orders", kind)
        last = 0
        while subjects := list(model.objects.filter(pk__gt=last).order_by("pk").only("pk", STATE_FIELD[kind])[:block]):
            last = subjects[-1].pk
            ids, now = read(subjects)
            known = {as_debt(row) for row in rows_of(ids).filter(until__isnull=True)}
            yield from (("missing", debt) for debt in now.keys() - known)
            yield from (("left over", debt) for debt in known - now.keys())
