"""What the gates say is owed, written down: read again at the end of each action, compared by `verify_owed`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from audit.prepared import Prepared
from documents.numbering import BUSINESS_ZONE
from orders.models.owed import Owed
from orders.registry import STATE_FIELD, Debt, Duty, Owner, registry


def reread(subjects: Iterable[Model], *, at: datetime) -> None:
    """Make the open Owed rows of these subjects what their gates say now. Call it under the subjects' locks."""
    ids, now = read(subjects)
    if not ids:
        return
    open_rows = known(ids)
    gone = [row.pk for debt, row in open_rows.items() if debt not in now]
    if gone:
        Owed.objects.filter(pk__in=gone).update(until=at)
    for debt, row in open_rows.items():
        if debt in now and now[debt].day and row.due != (due := due_of(debt, now[debt], at)):
            # Whoever was told of the earlier day hears of the new one as well.
            Owed.objects.filter(pk=row.pk).update(due=due, told_at=None, escalated_at=None)
    Owed.objects.bulk_create([new_row(debt, owner, at) for debt, owner in now.items() if debt not in open_rows])


def read(subjects: Iterable[Model]) -> tuple[dict[str, list[int]], dict[Debt, Owner]]:
    """The subjects' ids by kind, and what is owed on them: one query for each kind and state."""
    by_state: dict[tuple[str, str], list[int]] = defaultdict(list)
    for subject in subjects:
        kind = subject._meta.model_name or ""
        by_state[kind, getattr(subject, STATE_FIELD[kind])].append(subject.pk)
    ids: dict[str, list[int]] = defaultdict(list)
    now: dict[Debt, Owner] = {}
    for (kind, state), some in by_state.items():
        ids[kind] += some
        now |= registry.debts(kind, state, some)
    return ids, now


def known(ids: dict[str, list[int]]) -> dict[Debt, Owed]:
    """The open rows of these subjects, by what they say is owed."""
    return {as_debt(row): row for row in OPEN(*(ids.get(kind, []) for kind in STATE_FIELD))}


def open_rows_of(*ids: Any) -> Any:
    of_kinds = (Q(subject_kind=kind, subject_id__any_of=some) for kind, some in zip(STATE_FIELD, ids, strict=True))
    return Owed.objects.open().filter(reduce(or_, of_kinds))


OPEN = Prepared(open_rows_of, *[list] * len(STATE_FIELD))


def as_debt(row: Owed) -> Debt:
    return Debt(row.subject_kind, row.subject_id, row.what, row.role, row.person_id)


def due_of(debt: Debt, owner: Owner, at: datetime) -> datetime | None:
    step = registry.step(debt.kind, debt.what)
    if not isinstance(step, Duty):
        return None
    return step.due(datetime.combine(owner.day, time(), BUSINESS_ZONE) if owner.day else at)


def new_row(debt: Debt, owner: Owner, at: datetime) -> Owed:
    return Owed(
        subject_kind=debt.kind,
        subject_id=debt.subject_id,
        order_id=owner.order,
        customer_id=owner.customer,
        what=debt.what,
        role=debt.role,
        person_id=debt.person_id,
        since=at,
        due=due_of(debt, owner, at),
    )


def differences(block: int = 1000) -> Iterable[tuple[str, Debt]]:
    """('missing' | 'left over', debt) wherever the open rows are not what the gates say (B28)."""
    for kind in STATE_FIELD:
        model = apps.get_model("orders", kind)
        last = 0
        while subjects := list(model.objects.filter(pk__gt=last).order_by("pk").only("pk", STATE_FIELD[kind])[:block]):
            last = subjects[-1].pk
            ids, now = read(subjects)
            written = known(ids).keys()
            yield from (("missing", debt) for debt in now.keys() - written)
            yield from (("left over", debt) for debt in written - now.keys())
