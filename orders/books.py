"""What stands on orders and their lines, reckoned again from the ledger, the events and the dated rows."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from audit import books
from audit.models import Event
from orders.models import DatePush, EntryKind, HouseRules, Line, LineEntry, Order, Revision, Shipment, State

ZERO = Decimal(0)


def totals() -> Iterator[str]:
    """Each running total of a line is the sum of its entries."""
    sums = {
        f"sum_{kind}": Coalesce(Sum("entries__quantity", filter=Q(entries__kind=kind)), ZERO)
        for kind in EntryKind.values
    }
    differs = reduce(or_, (~Q(**{kind: F(f"sum_{kind}")}) for kind in EntryKind.values))
    for line in Line.objects.annotate(**sums).filter(differs).select_related("order").order_by("order_id", "number"):
        for kind in EntryKind:
            shown, entered = getattr(line, kind), getattr(line, f"sum_{kind}")
            if shown != entered:
                yield (
                    f"{line.order} {line.place}（id {line.pk}）的{kind.label}为 {books.figure(shown)}，"
                    f"台账合计 {books.figure(entered)}"
                )


def states() -> Iterator[str]:
    """An order's state is where its last step led; one without any events was put in."""
    steps = Event.objects.filter(subject_kind="order", subject_id=OuterRef("pk"), to_state__in=State.values)
    led = Subquery(steps.order_by("-seq").values("to_state")[:1])
    for order in Order.objects.annotate(led=led).filter(~Q(state=F("led")) | Q(led=None)).order_by("pk"):
        to = State(order.led).label if order.led else "没有任何一步"
        yield f"{order} 为「{order.get_state_display()}」，操作记录到「{to}」"


def pushes() -> Iterator[str]:
    """A push lives until a counter-row takes it back, and a revision counts those that live."""
    taken_back = Exists(DatePush.objects.filter(reverses=OuterRef("pk")))
    wrong = Q(live=True) & (Q(taken_back) | Q(reverses__isnull=False)) | Q(live=False, reverses=None) & ~Q(taken_back)
    for push in DatePush.objects.filter(wrong).select_related("order").order_by("pk"):
        word = "有效，却已收回" if push.live else "无效，却没有收回"
        yield f"{push.order} {push.day} 的顺延（id {push.pk}）{word}"
    living = Count("date_pushes", filter=Q(date_pushes__live=True))
    counted = Revision.objects.annotate(living=living).exclude(pushes=F("living")).select_related("order")
    for revision in counted.order_by("pk"):
        yield f"{revision.order} 第 {revision.number} 版记 {revision.pushes} 次顺延，有效的 {revision.living} 次"


SHOWN = """
    SELECT o.number, o.promised_on, r.promised_on, r.pushes FROM orders_order o
    JOIN orders_revision r ON r.id = o.revision_id
    WHERE r.promised_on IS NOT NULL AND o.promised_on IS DISTINCT FROM r.promised_on + r.pushes
    ORDER BY o.id
"""


def shown_dates() -> Iterator[str]:
    """What is shown is the signed date plus its pushes; on working days, which the calendar may have changed since, it
    is no earlier."""
    by_work = HouseRules.current().push_working_days
    with connection.cursor() as cursor:
        cursor.execute(SHOWN)
        for number, shown, signed, count in cursor.fetchall():
            least = signed + timedelta(days=count)
            if not (by_work and count and shown and shown > least):
                yield f"{number} 的预交日为 {books.figure(shown)}，签定 {signed}，顺延 {count} 次"


def arrivals() -> Iterator[str]:
    """The last arrival of an order is one that was recorded of its shipments."""
    arrived = LineEntry.objects.filter(line__order=OuterRef("pk"), kind=EntryKind.ARRIVED)
    shipments = LineEntry.objects.filter(line__order=OuterRef(OuterRef("pk")), kind=EntryKind.ARRIVED)
    times = Shipment.history.filter(  # type: ignore[attr-defined]
        arrived_at=OuterRef("arrived_at"), id__in=shipments.values("shipment_id")
    )
    wrong = Q(arrived_at=None) & Exists(arrived) | Q(arrived_at__isnull=False) & ~Exists(times)
    for order in Order.objects.filter(wrong).order_by("pk"):
        yield f"{order} 的到货时间为 {books.figure(order.arrived_at)}，与其发货单的到货记录不符"
