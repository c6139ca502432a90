"""By when what is open is due, reckoned anew from its dated rows: after a deadline or the calendar changed."""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit.frame import Act
from documents.outbox import Post, keep_lease, post_many
from flow import owed, subjects
from flow.clock import Times, times_of
from flow.gates import Debt, Owner
from flow.models import ClockMark, Owed

CHANNEL = "due_again"
# What moves the times of what is owed.
MOVES = frozenset({"change_holiday", "drop_holiday", "enter_days_off", "change_deadline"})


def follow(act: Act) -> None:
    if act.code in MOVES:
        mark = uuid.uuid4().hex
        ClockMark.objects.filter(pk=1).update(mark=mark)
        # Once more a little later: an action that was under way had read the mark before.
        again_at = act.at + timedelta(minutes=2)
        post_many([Post(CHANNEL, f"{CHANNEL}:{mark}", {}), Post(CHANNEL, f"{CHANNEL}:{mark}:again", {}, again_at)])


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
    changed = [row for debt, row in open_rows.items() if debt in said and moves(row, debt, said[debt], now)]
    Owed.objects.bulk_update(changed, [*Times._fields, *owed.UNTOLD])
    return len(changed)


def moves(row: Owed, debt: Debt, owner: Owner, now: datetime) -> bool:
    """Give the row its times; what its gates no longer say is left to the next action or sweep."""
    times = times_of(debt, owner, row.since, row.spent)
    if times == (row.warn_at, row.due, row.escalate_at):
        return False
    row.warn_at, row.due, row.escalate_at = times
    if times.due is None or times.due > now:
        row.warned_at = row.told_at = row.escalated_at = None
    return True
