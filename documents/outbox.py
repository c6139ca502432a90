"""The outbox: an effect is a row in the transaction of what caused it, carried out later, once (design, idea 6).

A request posts and never talks to the broker. `documents.relay` hands ids to Celery; `work_off`, in the worker,
does the work and alone marks it done. docs/outbox.md draws a row's life.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone

from documents.models import OutboxRow

log = logging.getLogger("documents.outbox")

State = OutboxRow.State
CHANNEL_NOTIFY = "oms_outbox"
ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=1)
# Celery's queues, each with workers of its own: what somebody waits for before the screen; what waits for somebody
# else's server; and what may take minutes, as may all that beat wakes (`CELERY_TASK_DEFAULT_QUEUE`).
PAPERS, MAIL, LONG = "papers", "mail", "long"
KEPT_EACH = 5  # seconds between two writes of a lease that is kept

Work = Callable[[dict[str, Any]], None]

# Sent with `row_ids` in the transaction that leaves them to a person: failed, or in doubt (documents/trouble.py).
given_up = Signal()


class NotSent(Exception):
    """Raised by a handler that is certain nothing went out: it may be tried again, safe to repeat or not."""


class GiveUp(Exception):
    """Raised by a handler for what trying again by itself won't mend; a person may."""


class Later(Exception):
    """Raised by a handler before it began: not before `at`. No attempt is counted."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class Lost(Exception):
    """The row is no longer this worker's: its lease ran out and another has it. What was done stays done."""


@dataclass(frozen=True)
class Channel:
    work: Work
    safe_to_repeat: bool
    lease: timedelta
    queue: str
    attempts: int


@dataclass
class Working:
    """The row that this worker is at, and when its lease was last written (seconds of the monotonic clock)."""

    row: OutboxRow
    lease: timedelta
    kept_at: float


_channels: dict[str, Channel] = {}
_working: ContextVar[Working | None] = ContextVar("working", default=None)


def handler(
    channel: str, *, safe_to_repeat: bool, lease: int = 120, queue: str = PAPERS, attempts: int = ATTEMPTS
) -> Callable[[Work], Work]:
    """Register what a channel does with a payload; its app's `tasks.py` is the place. `lease` in seconds: how long
    its worker may be silent before another takes over. Work that takes longer calls `keep_lease` between its steps."""

    def register(work: Work) -> Work:
        _channels[channel] = Channel(work, safe_to_repeat, timedelta(seconds=lease), queue, attempts)
        return work

    return register


@dataclass(frozen=True)
class Post:
    channel: str
    key: str
    payload: dict[str, Any]
    not_before: datetime | None = None
    about: str = ""  # the order's or paper's number, for those who search


def post(channel: str, key: str, payload: dict[str, Any], not_before: datetime | None = None, about: str = "") -> None:
    """Note one effect. The same key again changes nothing; ids and plain values only in the payload."""
    post_many([Post(channel, key, payload, not_before, about)])


POST = f"""
    INSERT INTO {OutboxRow._meta.db_table}
        (channel, key, about, payload, state, created_at, not_before, handed, attempts, error)
    SELECT s.channel, s.key, s.about, s.payload::jsonb, 'waiting', %s, s.not_before, 0, 0, ''
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
        AS s(channel, key, about, payload, not_before)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 (a table's name, no input)


def post_many(posts: Iterable[Post | tuple[Any, ...]]) -> None:
    """Note many effects in one statement; its trigger wakes the relay when the transaction commits."""
    now = timezone.now()
    given = [each if isinstance(each, Post) else Post(*each) for each in posts]
    rows = [(each.channel, each.key, each.about, json.dumps(each.payload), each.not_before or now) for each in given]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(POST, [now, *map(list, zip(*rows, strict=True))])


# --- the relay's side -------------------------------------------------------------------------------------------

# Each time a row has to be handed over again its lease doubles, so that a long queue isn't filled with echoes.
CLAIM = f"""
    UPDATE {OutboxRow._meta.db_table}
    SET handed = handed + 1,
        lease_until = %(now)s + make_interval(secs => least(30 * power(2, least(handed, 4)), 300))
    WHERE id IN (
        SELECT id FROM {OutboxRow._meta.db_table}
        WHERE state = 'waiting' AND not_before <= %(now)s AND (lease_until IS NULL OR lease_until <= %(now)s)
        ORDER BY not_before, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, channel
"""  # noqa: S608 (a table's name, no input)


def claim_waiting(now: datetime, limit: int = 200) -> dict[int, str]:
    """Take rows to hand over, oldest first, each with its queue; committed at once, so that no lock is held while
    handing over."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "limit": limit})
        return {row_id: queue_of(channel) for row_id, channel in sorted(cursor.fetchall())}


def queue_of(channel: str) -> str:
    return _channels[channel].queue if channel in _channels else PAPERS


def hand_back(row_ids: list[int], again_at: datetime) -> None:
    """The broker did not take these: free them for a soon next try."""
    OutboxRow.objects.filter(pk__in=row_ids, state=State.WAITING).update(lease_until=again_at, handed=F("handed") - 1)


def settle_run_out(now: datetime) -> int:
    """Rows whose worker never came back: to be done again where that is safe, which it always is up to the point of no
    return, else for a person (B20)."""
    with transaction.atomic():
        run_out = OutboxRow.objects.filter(state=State.WORKING, lease_until__lt=now).select_for_update(skip_locked=True)
        again: list[int] = []
        broken: list[int] = []
        doubtful: list[int] = []
        for pk, name, attempts, crossed_at in run_out.values_list("pk", "channel", "attempts", "crossed_at"):
            if name not in _channels or (crossed_at and not _channels[name].safe_to_repeat):
                doubtful.append(pk)
            else:
                # What breaks its worker every time must not do so for ever.
                (broken if attempts >= _channels[name].attempts else again).append(pk)
        rows = OutboxRow.objects
        if again:
            rows.filter(pk__in=again).update(state=State.WAITING, lease_until=None, lease=None)
        if broken:
            rows.filter(pk__in=broken).update(state=State.FAILED, error="处理多次中断，没有完成")
        if doubtful:
            rows.filter(pk__in=doubtful).update(state=State.DOUBTFUL, error="发送开始后中断，不能确定对方是否收到")
        if broken or doubtful:
            given_up.send(OutboxRow, row_ids=[*broken, *doubtful])
    return len(again) + len(broken) + len(doubtful)


# --- the worker's side ------------------------------------------------------------------------------------------


def work_off(row_id: int) -> None:
    """Do what the row asks and mark it done. A second call for the same row finds nothing to do."""
    row = begin(row_id)
    if row is None:
        return
    channel = _channels.get(row.channel)
    token = _working.set(Working(row, channel.lease, time.monotonic()) if channel else None)
    try:
        if channel is None:
            raise NotSent(f"渠道 {row.channel} 没有登记")
        channel.work(row.payload)
    except Later as later:
        again = {"not_before": later.at, "lease_until": None, "handed": 0, "attempts": F("attempts") - 1}
        finish(row, state=State.WAITING, **again)
    except Exception as error:
        log.warning("outbox %s %s: %s", row.pk, row.key, error, exc_info=not isinstance(error, NotSent | GiveUp))
        note_failure(row, error, channel)
    else:
        finish(row, state=State.DONE, done_at=timezone.now(), error="")
    finally:
        _working.reset(token)


def keep_lease() -> bool:
    """Between two steps of long work, outside any transaction: still at it. Whether the lease was written, which it is
    every few seconds. Does nothing outside a worker. Raises Lost where the row is another's by now."""
    at = _working.get()
    if at is None or time.monotonic() - at.kept_at < KEPT_EACH:
        return False
    mine = OutboxRow.objects.filter(pk=at.row.pk, state=State.WORKING, lease=at.row.lease)
    if not mine.update(lease_until=timezone.now() + at.lease):
        raise Lost(at.row.key)
    at.kept_at = time.monotonic()
    return True


def cross() -> None:
    """Called by a handler right before what can't be called back. Raises Lost where the row is another's by now: this
    worker stood still for longer than its lease."""
    at = _working.get()
    if at is not None:
        now = timezone.now()
        if not OutboxRow.objects.filter(pk=at.row.pk, state=State.WORKING, lease=at.row.lease).update(crossed_at=now):
            raise Lost(at.row.key)
        at.row.crossed_at = now


def begin(row_id: int) -> OutboxRow | None:
    """Make the row this worker's own, committed before the work begins."""
    now = timezone.now()
    row = OutboxRow.objects.filter(pk=row_id, state=State.WAITING, not_before__lte=now).first()
    if row is None:
        return None
    channel = _channels.get(row.channel)
    row.lease = uuid.uuid4()
    mine = OutboxRow.objects.filter(pk=row_id, state=State.WAITING).update(
        state=State.WORKING,
        lease=row.lease,
        lease_until=now + (channel.lease if channel else timedelta(minutes=1)),
        attempts=F("attempts") + 1,
        tried_at=now,
        crossed_at=None,
    )
    row.attempts += 1
    row.crossed_at = None
    return row if mine else None


def note_failure(row: OutboxRow, error: Exception, channel: Channel | None) -> None:
    in_doubt = channel is not None and not channel.safe_to_repeat and row.crossed_at is not None
    if in_doubt and not isinstance(error, NotSent | GiveUp):
        finish(row, state=State.DOUBTFUL, error=words_of(error))
    elif isinstance(error, GiveUp) or row.attempts >= (channel.attempts if channel else ATTEMPTS):
        finish(row, state=State.FAILED, error=words_of(error))
    else:
        again_at = timezone.now() + wait_after(row.attempts)
        finish(row, state=State.WAITING, not_before=again_at, lease_until=None, handed=0, error=words_of(error))


def finish(row: OutboxRow, **changes: Any) -> None:
    """Write the outcome, if the row is still this worker's or was only taken for doubtful meanwhile."""
    still_mine = Q(state__in=[State.WORKING, State.DOUBTFUL], lease=row.lease)
    with transaction.atomic():
        written = OutboxRow.objects.filter(still_mine, pk=row.pk).update(**changes)
        if written and changes["state"] in (State.FAILED, State.DOUBTFUL):
            given_up.send(OutboxRow, row_ids=[row.pk])


def wait_after(attempts: int) -> timedelta:
    """5 s, 20 s, 80 s … at most an hour."""
    return min(timedelta(seconds=5 * 4 ** (attempts - 1)), LONGEST_WAIT)


def words_of(error: Exception) -> str:
    return (str(error) or type(error).__name__).replace("\0", "")[:500]


def send_again(row: OutboxRow) -> None:
    """A person has looked: a failed or doubtful row goes out once more."""
    OutboxRow.objects.filter(pk=row.pk, state__in=[State.FAILED, State.DOUBTFUL]).update(
        state=State.WAITING, not_before=timezone.now(), lease_until=None, lease=None, attempts=0, handed=0
    )
