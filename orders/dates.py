"""The date rule (R17): each day that ends without the confirmation back moves the promised date by one day.

A day is judged from the times on record, never from the present state, so the result does not depend on when the
job ran. `settle` writes the missing days and takes back those that should not be; the nightly job and every action
that moves the clock only call it, under the orders' locks. See docs/date-rule.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts import calendar
from documents.numbering import business_day
from orders.frame import OrderAct
from orders.models import DatePush, HouseRules, Order, Revision

# The end of day D in Asia/Shanghai is the first instant of D + 1.
DUE_DAYS = """
    SELECT r.order_id, r.id AS revision_id, d::date AS day
    FROM orders_revision r
    JOIN orders_order o ON o.id = r.order_id
    CROSS JOIN LATERAL generate_series(
        (r.sent_at AT TIME ZONE 'Asia/Shanghai')::date, %(through)s::date, interval '1 day') AS d
    CROSS JOIN LATERAL (
        SELECT (d::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends,
               (d::date + %(cutoff)s::time) AT TIME ZONE 'Asia/Shanghai' AS cutoff
    ) t
    WHERE r.order_id = ANY(%(orders)s)
      AND r.sent_at IS NOT NULL AND r.sent_at < t.ends AND r.sent_at <= t.cutoff + interval '1 second'
      AND r.approved_at < t.ends
      AND (r.released_at IS NULL OR r.released_at >= t.ends)
      AND (r.superseded_at IS NULL OR r.superseded_at >= t.ends)
      AND (o.ended_at IS NULL OR o.ended_at >= t.ends)
      AND NOT d::date = ANY(%(days_off)s::date[])
      AND NOT EXISTS (
          SELECT 1 FROM orders_holdperiod h
          WHERE h.order_id = o.id AND h.from_at < t.ends AND (h.to_at IS NULL OR h.to_at >= t.ends))
      AND (
          NOT EXISTS (
              SELECT 1 FROM orders_confirmationreturn c
              WHERE c.revision_id = r.id AND c.received_at < t.ends AND c.verdict <> 'refused')
          OR (r.unpaid_deposit_pushes AND r.deposit_due > 0 AND (o.deposit_at IS NULL OR o.deposit_at >= t.ends)))
"""

ADD = f"""
    INSERT INTO orders_datepush (order_id, revision_id, day, live, reason, by_id, at)
    SELECT order_id, revision_id, day, true, %(reason)s, %(by)s, %(at)s FROM ({DUE_DAYS}) due
    ON CONFLICT (order_id, day) WHERE live DO NOTHING
    RETURNING order_id, revision_id, day
"""  # noqa: S608 (no input in the text)

TAKE_BACK = f"""
    UPDATE orders_datepush p SET live = false
    WHERE p.live AND p.order_id = ANY(%(orders)s) AND p.day <= %(through)s AND NOT EXISTS (
        SELECT 1 FROM ({DUE_DAYS}) due WHERE due.revision_id = p.revision_id AND due.day = p.day)
    RETURNING p.id, p.order_id, p.revision_id, p.day
"""  # noqa: S608

RECOUNT = """
    UPDATE orders_revision r SET pushes = counted.pushes
    FROM (
        SELECT v.id, (SELECT count(*) FROM orders_datepush p WHERE p.revision_id = v.id AND p.live) AS pushes
        FROM unnest(%(revisions)s::bigint[]) AS v(id)
    ) counted
    WHERE r.id = counted.id
    RETURNING r.id, r.order_id, r.promised_on, r.pushes,
        (SELECT o.revision_id = r.id FROM orders_order o WHERE o.id = r.order_id)
"""

NOT_RETURNED = "未收到签章回传，预交日顺延一日"


@dataclass
class Settled:
    """What settling changed: days added and taken back, by order, and the promised dates as now shown."""

    added: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    taken_back: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    revisions: dict[int, int] = field(default_factory=dict)
    shown: dict[int, date] = field(default_factory=dict)

    @property
    def orders(self) -> list[int]:
        return sorted(self.added.keys() | self.taken_back.keys())


def settle(
    orders: Iterable[int], through: date, *, at: datetime, by: Any = None, reason: str = NOT_RETURNED
) -> Settled:
    """Make the pushes of these orders, for every day up to and including `through`, what the dated rows say.

    Call it under the orders' locks, in a later statement than the locking one. Writes pushes, their counter-rows,
    and each revision's count; the order's shown date is returned for the caller to write.
    """
    rules = HouseRules.current()
    ids = list(orders)
    given = {
        "orders": ids,
        "through": through,
        "cutoff": rules.push_cutoff,
        "days_off": days_off(ids, through) if rules.push_working_days else [],
        "reason": reason,
        "by": by and by.pk,
        "at": at,
    }
    done = Settled()
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, given)
        back = cursor.fetchall()
        cursor.execute(ADD, given)
        added = cursor.fetchall()
    counter = [
        DatePush(
            order_id=order,
            revision_id=revision,
            day=day,
            live=False,
            reverses_id=pk,
            reason=f"{day} 的顺延收回：{reason if by else '按补录的记录重算'}",
            by=by,
            at=at,
        )
        for pk, order, revision, day in back
    ]
    DatePush.objects.bulk_create(counter)
    for _, order, _, day in back:
        done.taken_back[order].append(day)
    for order, _, day in sorted(added):
        done.added[order].append(day)
    touched = sorted({row[-2] for row in back} | {row[1] for row in added})
    if touched:
        recount(done, touched, working_days=rules.push_working_days)
    return done


def recount(done: Settled, revisions: list[int], *, working_days: bool) -> None:
    """Count the live pushes of each revision and say which promised date its order now shows."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"revisions": revisions})
        rows = cursor.fetchall()
    for revision, order, promised, pushes, is_shown in rows:
        done.revisions[revision] = pushes
        if promised and is_shown:
            done.shown[order] = shifted(promised, pushes, working_days=working_days)


def shifted(promised: date, pushes: int, *, working_days: bool) -> date:
    """The signed date plus its pushes."""
    return calendar.add_working_days(promised, pushes) if working_days else promised + timedelta(days=pushes)


def shown_promise(revision: Revision) -> date:
    """The promised date with its pushes: what the customer has been told."""
    assert revision.promised_on is not None  # noqa: S101 (an approved revision has its promised date)
    working = HouseRules.current().push_working_days
    return shifted(revision.promised_on, revision.pushes, working_days=working)


def days_off(orders: list[int], through: date) -> list[date]:
    first = (
        Revision.objects.filter(order__in=orders, sent_at__isnull=False)
        .order_by("sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    if first is None:
        return []
    start = business_day(first)
    house = calendar.Days()
    days = [start + timedelta(days=n) for n in range((through - start).days + 1)]
    return [day for day in days if not house.works(day)]


def yesterday(at: datetime) -> date:
    """The last day that has ended at that moment."""
    return business_day(at) - timedelta(days=1)


def settle_order(act: OrderAct, order: Order) -> Settled:
    """Settle one order inside an action that moves its clock; the frame saves the order.

    Records each change as an Event, so that the timeline shows every push with its reason.
    """
    done = settle([order.pk], yesterday(act.at), at=act.at, by=act.by, reason=act.reason or NOT_RETURNED)
    if order.pk in done.shown:
        order.promised_on = done.shown[order.pk]
    note(act, order, done)
    return done


def note(act: OrderAct, order: Order, done: Settled) -> None:
    if days := done.added.get(order.pk):
        act.record(order, action="push_date", days=days, promised_on=order.promised_on)
    if days := done.taken_back.get(order.pk):
        act.record(order, action="take_back_push", days=days, promised_on=order.promised_on)


def awaiting(through: date) -> Iterator[list[int]]:
    """Ids, in blocks of 1,000 by id, of orders whose clock may have run by the end of `through`."""
    candidates = Revision.objects.filter(
        sent_at__isnull=False, approved_at__isnull=False, released_at=None, superseded_at=None, order__ended_at=None
    )
    last = 0
    while block := list(
        candidates.filter(order_id__gt=last).order_by("order_id").values_list("order_id", flat=True).distinct()[:1000]
    ):
        last = block[-1]
        yield block


def pushes_of(revision: Revision) -> Iterable[DatePush]:
    """The live pushes of a revision, in order of their day, for pages and papers."""
    return revision.date_pushes.filter(live=True).order_by("day").select_related("by")
