"""The nightly push: blocks of 1,000 orders, one transaction each, every row keyed on the day, so that running it
twice, by two at once, or after missed nights gives the same rows (B21). A bad order is recorded and passed over."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from audit import chain, history
from audit.errors import Refused
from audit.frame import open_action
from documents.numbering import BUSINESS_ZONE
from documents.outbox import Post, post_many
from flow import owed
from orders.dates import Settled, awaiting, settle
from orders.frame import lock_ids
from orders.models import HouseRules, Order, Revision

log = logging.getLogger("orders.nightly")
ACTION = "push_date"
WHY = "每日顺延"


@dataclass
class Report:
    """What a run did: orders pushed, days added, and the orders that could not be done with why."""

    through: date
    orders: int = 0
    days: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def run(through: date, *, dry_run: bool = False, at: datetime | None = None) -> Report:
    """Push every order that is due for any day up to and including `through`; a dry run rolls all of it back."""
    report = Report(through)
    at = at or timezone.now()
    for block in awaiting(through):
        try:
            push(block, report, at, dry_run)
        except (DatabaseError, Refused) as error:
            log.warning("block %s–%s failed (%s); doing it order by order", block[0], block[-1], error)
            one_by_one(block, report, at, dry_run)
    return report


def one_by_one(block: Iterable[int], report: Report, at: datetime, dry_run: bool) -> None:
    for order in block:
        try:
            push([order], report, at, dry_run)
        except (DatabaseError, Refused) as error:
            log.error("order %s could not be pushed: %s", order, error)
            report.bad.append((order, str(error)))


def push(ids: list[int], report: Report, at: datetime, dry_run: bool) -> None:
    with transaction.atomic():
        open_action(ACTION, at)
        done = settle(lock_ids(ids), report.through, at=at)
        write(done, at, report.through)
        if dry_run:
            transaction.set_rollback(True)
    report.orders += len(done.orders)
    report.days += sum(map(len, done.added.values()))


def write(done: Settled, at: datetime, through: date) -> None:
    """Version, shown date, history, Event, Owed and outbox of what was settled, each in one statement."""
    if not done.orders:
        return
    shown = update_orders(done)
    history.copy(Revision, list(done.revisions), at, WHY)
    history.copy(Order, done.orders, at, WHY)
    for action, changed in ((ACTION, done.added), ("take_back_push", done.taken_back)):
        said = {order: {"days": days, "promised_on": str(shown[order])} for order, days in changed.items()}
        chain.add("order", action, said, at, WHY)
    owed.refresh(stirred(done), at=at)
    morning = datetime.combine(through + timedelta(days=1), time(8, 30), BUSINESS_ZONE)
    post_many(
        Post("date_pushed", f"pushed:{order}:{through}", {"order": order, "days": len(days)}, max(morning, at))
        for order, days in done.added.items()
    )


UPDATE = """
    UPDATE orders_order o SET promised_on = coalesce(s.shown, o.promised_on), version = o.version + 1
    FROM unnest(%s::bigint[], %s::date[]) AS s(id, shown) WHERE o.id = s.id
    RETURNING o.id, o.promised_on
"""


def update_orders(done: Settled) -> dict[int, date | None]:
    """Once each: a row of so many indexes is dear to write. The dates as they are now shown."""
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [done.orders, [done.shown.get(order) for order in done.orders]])
        return dict(cursor.fetchall())


def stirred(done: Settled) -> list[Revision]:
    """The revisions of which something else may now be owed: a gate asks for pushes from the limit on and never below
    (held by a test), and of what was taken back."""
    limit = HouseRules.current().push_limit
    moved = [revision for revision, pushes in done.revisions.items() if pushes >= limit]
    back = Q(order__in=list(done.taken_back))
    return list(Revision.objects.filter(Q(pk__in=moved) | back, pk__in=list(done.revisions)).only("pk", "status"))
