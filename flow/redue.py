"""By when what is open is due, reckoned anew from its dated rows: after the calendar changed."""

import uuid
from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.frame import Act
from documents.outbox import Post, keep_lease, post_many
from flow import owed, subjects
from flow.gates import Debt, Owner
from flow.models import Owed

CHANNEL = "due_again"
# What moves working time.
MOVES = frozenset({"change_holiday", "drop_holiday", "enter_days_off"})


def follow(act: Act) -> None:
    if act.code in MOVES:
        post_many([Post(CHANNEL, f"{CHANNEL}:{uuid.uuid4().hex}", {})])


def again() -> int:
    """Every open row, in blocks; how many were moved. A row is told of anew where its time is now still to come."""
    ids = Owed.objects.open().order_by("pk").values_list("pk", flat=True)
    moved = 0
    for some in owed.blocks(ids):
        moved += move(some, timezone.now())
        keep_lease()
    return moved


@transaction.atomic
def move(ids: list[int], now: datetime) -> int:
    rows = Owed.objects.open().filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    by_kind: dict[str, list[int]] = defaultdict(list)
    open_rows = {owed.as_debt(row): row for row in rows}
    for debt in open_rows:
        by_kind[debt.kind].append(debt.subject_id)
    said: dict[Debt, Owner] = {}
    for kind, some in by_kind.items():
        said |= owed.read(owed.lightly(subjects.get(kind), pk__in=some))[1]
    changed = []
    for debt, row in open_rows.items():
        # What its gates no longer say is left to the next action or sweep.
        if debt in said and row.due != (due := owed.due_of(debt, said[debt], row.since)):
            row.due = due
            if due is None or due > now:
                row.told_at = row.escalated_at = None
            changed.append(row)
    Owed.objects.bulk_update(changed, ["due", "told_at", "escalated_at"])
    return len(changed)
