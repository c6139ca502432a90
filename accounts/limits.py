"""What is tried again and again waits longer and longer: passwords, second factors, addresses of a customer's page.

Each try is counted *before* it is judged, under a lock, so that twenty at once are no twenty free ones; a right one is
given back. Counts run off by themselves. A key says what is limited (`LIMITS`) and whose tries they are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Tries


@dataclass(frozen=True)
class Limit:
    """`free` tries have no consequence; one is forgotten in each `forgets`, which so is the pace in the long run."""

    free: int
    forgets: timedelta
    label: str


LIMITS = {
    # On a device the person has logged in on before: its own budget, which nobody elsewhere can use up.
    "device": Limit(5, timedelta(minutes=15), "此设备"),
    # Elsewhere: one name from one address; one name from everywhere, and one address with all names.
    "pair": Limit(5, timedelta(minutes=15), "此地址的此用户名"),
    "name": Limit(20, timedelta(minutes=10), "此用户名"),
    "address": Limit(30, timedelta(minutes=5), "此地址"),
    # The second factor of one person, wherever it is asked for; a right password clears nothing of it.
    "factor": Limit(5, timedelta(minutes=15), "双重验证"),
    # Wrong addresses of customers' pages.
    "link": Limit(20, timedelta(minutes=1), "此地址的无效链接"),
}
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
KEPT = timedelta(days=1)

# Makes the rows that are missing and locks all, in one order, so that two who share two keys cannot deadlock.
LOCK = """
    INSERT INTO accounts_tries AS t (key, level, at)
    SELECT key, 0, %s FROM unnest(%s::text[]) AS key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET level = t.level RETURNING key, level, at
"""
FORGET = """
    DELETE FROM accounts_tries WHERE key IN (
        SELECT key FROM accounts_tries WHERE at < %s LIMIT 100 FOR UPDATE SKIP LOCKED
    )
"""


class TooMany(ValidationError):
    """To be tried again after `left`; a form shows it like any other error (status 429, `Retry-After`)."""

    def __init__(self, left: timedelta) -> None:
        self.left = left
        super().__init__(f"尝试次数过多，请在{in_words(left)}后再试。", code="too_many")


def in_words(left: timedelta) -> str:
    """«30 秒», «2 分钟»; rounded up, so that who waits as told is not refused."""
    seconds = ceil(left.total_seconds())
    return f" {seconds} 秒" if seconds < 60 else f" {ceil(seconds / 60)} 分钟"


def take(*keys: str) -> dict[str, timedelta]:
    """Count one try against every key, and tell for which of them the next one must wait, and how long.

    Raises TooMany while any of them must still wait; nothing is counted then.
    """
    with transaction.atomic():
        found = locked(keys)
        now = timezone.now()
        if left := max((left_of(row, now) for row in found), default=timedelta()):
            raise TooMany(left)
        for row in found:
            row.level, row.at = level_of(row, now) + 1, now
        Tries.objects.bulk_update(found, ["level", "at"])
    forget(now)
    return {row.key: wait for row in found if (wait := wait_of(row))}


def locked(keys: tuple[str, ...]) -> list[Tries]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [timezone.now(), list(set(keys))])
        return [Tries(key, level, at) for key, level, at in cursor.fetchall()]


def give_back(*keys: str) -> None:
    """The try was a right one: as if it had not been. The others' wrong ones still count."""
    Tries.objects.filter(pk__in=keys).update(level=Greatest(F("level") - 1, 0.0))


def clear(*beginnings: str) -> None:
    """Forget all tries whose key begins so."""
    for beginning in beginnings:
        Tries.objects.filter(key__startswith=beginning).update(level=0)


def forget(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now - KEPT])


def limit_of(row: Tries) -> Limit:
    return LIMITS[row.key.partition(":")[0]]


def level_of(row: Tries, now: datetime) -> float:
    """How many are still counted, parts of one included."""
    return max(row.level - max(now - row.at, timedelta()) / limit_of(row).forgets, 0.0)


def wait_of(row: Tries) -> timedelta:
    """How long the next must wait after the last: nothing, 30 s, 1 min, 2 min … a quarter of an hour."""
    over = ceil(row.level - limit_of(row).free)
    return min(FIRST_WAIT * 2 ** min(over - 1, 10), LONGEST_WAIT) if over > 0 else timedelta()


def left_of(row: Tries, now: datetime) -> timedelta:
    return max(wait_of(row) - max(now - row.at, timedelta()), timedelta())
