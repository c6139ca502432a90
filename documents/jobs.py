"""Work in the background as the person who waits for it sees it: read from its outbox rows, and judged by the clock.

A worker at long work moves its lease on (`outbox.keep_lease`); the relay gives work whose lease ran out to another, and
gives it up after some attempts. So a page never says «正在……» of what nobody is doing any more (B19, B20).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from documents.models import OutboxRow

# What the relay takes a second for has not been done for so long: there is no relay, or no worker.
LATE = timedelta(minutes=2)
QUEUED = timedelta(minutes=15)

State = OutboxRow.State


@dataclass(frozen=True)
class Standing:
    """`working` (waiting for its turn as well), `late` or `failed`; `why` in Chinese where it failed."""

    word: str
    why: str = ""


def standings(channel: str, keys: Iterable[str], now: datetime) -> dict[str, Standing]:
    """How the work behind each key stands; what is done, or was never asked for, is left out."""
    rows = OutboxRow.objects.filter(channel=channel, key__in=list(keys)).exclude(state=State.DONE)
    return {row.key: standing_of(row, now) for row in rows}


def standing(channel: str, keys: Iterable[str], now: datetime) -> str:
    """The worst of several."""
    words = {each.word for each in standings(channel, keys, now).values()}
    return next((word for word in ("failed", "late") if word in words), "working")


def standing_of(row: OutboxRow, now: datetime) -> Standing:
    if row.needs_person:
        return Standing("failed", words_of(row.error))
    left = row.lease_until is not None and row.lease_until + LATE < now
    unasked = row.lease_until is None and max(row.not_before, row.created_at) + LATE < now
    waiting = row.state == State.WAITING and max(row.not_before, row.created_at) + QUEUED < now
    return Standing("late" if left or unasked or waiting else "working")


def words_of(error: str) -> str:
    """What a handler said in Chinese is for the person; anything else is for the admin they ask."""
    return error if re.search(r"[\u4e00-\u9fff]", error) else f"程序出错（{error[:120]}）"
