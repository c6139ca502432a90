"""The last day in production: what customer service has looked at, and the delays that have become known."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from audit.errors import Refused
from orders.models import Order, State
from production import delayed, supervised, tasks
from production.actions import signing
from production.actions.delays import tell_delay
from production.actions.signing import DateWord
from production.actions.supervision import Tick, check_supervision
from shipping import month
from shipping.actions.handing import receive_delivery_note
from shipping.tasks import look_at_the_clock

if TYPE_CHECKING:
    from home.demo.company import Company

DELAYS = ("原纸供应商延迟到货，改由备用供应商补料", "模切刀模返修，重新排产")


def watch(company: "Company") -> None:
    """Two thirds of the orders in work are looked at, one of them not as it should be; two are late, one is told."""
    at = company.clock.now
    tasks.begin(at)
    orders = list(Order.objects.filter(state=State.PRODUCTION, held_at=None).select_related("revision", "clerk"))
    for number, order in enumerate(sorted(orders, key=lambda each: each.pk)):
        if number % 3:
            look(order, at, off=number == 1)
    late = 0
    for order in sorted(orders, key=lambda each: -each.pk):
        if late < len(DELAYS) and is_late(company, order, at, DELAYS[late]):
            late += 1
            if late == 1:
                tell(order, at)


def hand_over(company: "Company") -> None:
    """The delivery notes of past months are with customer service, but for the last two."""
    waiting = list(month.waiting().order_by("pk"))
    for shipment in waiting[:-2]:
        receive_delivery_note(shipment, by=company.people.of("customer_service")[0], at=company.clock.now)
    look_at_the_clock()


def look(order: Order, at: datetime, *, off: bool) -> None:
    items = supervised.items_of(order)
    ticks = [
        Tick(place, ok=not (off and place == 1), note="比计划慢半个班，已与机长核对" if off and place == 1 else "")
        for place in range(1, len(items) + 1)
    ]
    seen = supervised.seen(items)
    check_supervision(order, by=order.clerk, at=at, ticks=ticks, seen_items=seen, raises=off, kind="date")


def is_late(company: "Company", order: Order, at: datetime, why: str) -> bool:
    """Production writes a later finish, where its words still stand on the material there is."""
    promised = Order.objects.values_list("promised_on", flat=True).get(pk=order.pk)
    revision = order.revision
    if promised is None or revision is None or order.anomalies.exists():
        return False
    finish = max(promised, company.today) + timedelta(days=3)
    rows = [row for row in revision.lines.all() if row.to_make > 0]
    words = [DateWord(row.line_id, finish, company.today, row.to_make, why) for row in rows]
    try:
        signing.sign_dates(revision, by=company.people.of("production")[0], at=at, words=words)
    except Refused:
        return False
    return True


def tell(order: Order, at: datetime) -> None:
    foreseen = delayed.foreseen(order)
    contact = order.revision.contact if order.revision else None
    assert foreseen is not None  # noqa: S101 (just signed)
    told = f"{contact.name} {contact.mobile}" if contact else "客户"
    tell_delay(order, by=order.clerk, at=at, foreseen_on=foreseen, reason_told=DELAYS[0], way="phone", told=told)
