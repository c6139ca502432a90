"""The nightly push: blocks of 1,000 orders, one transaction each, every row keyed on the day, so that running it
twice, by two at once, or after missed nights gives the same rows (B21). A bad order is recorded and passed over."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from audit import history
from audit.errors import Refused
from audit.frame import open_action
from audit.models import Event
from documents.numbering import BUSINESS_ZONE
from documents.outbox import Post, post_many
from orders import owed
from orders.dates import Settled, awaiting, settle
from orders.frame import lock_orders
from orders.models import Order, Revision

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
        orders = lock_orders(ids)
        done = settle(orders, report.through, at=at)
        write(done, at, report.through)
        if dry_run:
            transaction.set_rollback(True)
    report.orders += len(done.orders)
    report.days += sum(map(len, done.added.values()))


def write(done: Settled, at: datetime, through: date) -> None:
    """Version, shown date, history, Event, Owed and outbox of what was settled, each in one statement."""
    if not done.orders:
        return
    update_orders(done)
    history.copy(Revision, list(done.revisions), at, WHY)
    history.copy(Order, done.orders, at, WHY)
    shown = dict(Order.objects.filter(pk__in=done.orders).values_list("pk", "promised_on"))
    Event.objects.bulk_create(
        Event(subject_kind="order", subject_id=order, action=action, at=at, reason=WHY, data=said(days, shown[order]))
        for action, changed in (("push_date", done.added), ("take_back_push", done.taken_back))
        for order, days in changed.items()
    )
    subjects = Revision.objects.filter(pk__in=done.revisions).only("pk", "status")
    owed.reread(subjects, at=at)
    morning = datetime.combine(through + timedelta(days=1), time(8, 30), BUSINESS_ZONE)
    post_many(
        Post("date_pushed", f"pushed:{order}:{through}", {"order": order, "days": len(days)}, max(morning, at))
        for order, days in done.added.items()
    )


def said(days: list[date], promised_on: date | None) -> dict[str, object]:
    return {"days": [str(day) for day in days], "promised_on": str(promised_on)}


def update_orders(done: Settled) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order o SET promised_on = s.shown "
            "FROM unnest(%s::bigint[], %s::date[]) AS s(id, shown) WHERE o.id = s.id",
            [list(done.shown), list(done.shown.values())],
        )
    Order.objects.filter(pk__in=done.orders).update(version=F("version") + 1)
