"""Whether customers paid what they promised, judged promise by promise on its day; what was judged stays written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from documents.numbering import business_day
from finance.incoming import Came, came_in
from finance.models import EntryKind, MoneyEntry, PaymentPromise, PromiseVerdict
from finance.queries import owed_on
from orders.models import Order, State
from orders.shares import ZERO

Verdict = PromiseVerdict.Verdict


def covered(promises: Sequence[PaymentPromise], came: Iterable[Came]) -> dict[int, Decimal]:
    """What of each promise of one order came in by its day.

    Each yuan counts once: for the promise that is due first among those that waited when it was written down.
    """
    found = dict.fromkeys((promise.pk for promise in promises), ZERO)
    due_first = sorted(promises, key=lambda promise: (promise.promised_on, promise.pk))
    for each in came:
        left = each.amount
        for promise in due_first:
            if promise.at <= each.at and each.day <= promise.promised_on:
                taken = min(left, promise.amount - found[promise.pk])
                found[promise.pk] += taken
                left -= taken
    return found


def verdict_on(promise: PaymentPromise, order: Order, came: Sequence[Came], paid: Decimal, today: date) -> str:
    """How a promise stands. Kept as well is one of which nothing was owed any more at the end of its day."""
    if paid >= promise.amount:
        return Verdict.KEPT
    if lapsed(promise, order):
        return Verdict.VOID
    if today <= promise.promised_on:
        return Verdict.WAITING
    later = sum((each.amount for each in came if each.day > promise.promised_on), ZERO)
    return Verdict.BROKEN if owed_on(order) + later > 0 else Verdict.KEPT


def lapsed(promise: PaymentPromise, order: Order) -> bool:
    """It was made for an order that has been cancelled since, not for what the cancelled one owes."""
    return order.state == State.CANCELLED and order.ended_at is not None and promise.at <= order.ended_at


def judge(order: Order, at: datetime) -> list[PromiseVerdict]:
    """Write down what is new of this order's promises. Call it under the order's lock; what was judged before stays,
    but for money that changed since."""
    promises = [promise for promise in order.promises.standing() if promise.verdict != Verdict.VOID]
    if not promises:
        return []
    came = money_of([order])[order.pk]
    paid = covered(promises, came)
    rows = []
    for promise in promises:
        verdict = verdict_on(promise, order, came, paid[promise.pk], business_day(at))
        if verdict != promise.verdict and not is_settled(promise.verdict, verdict):
            rows.append(PromiseVerdict(promise=promise, verdict=verdict, covered=paid[promise.pk], at=at))
    return PromiseVerdict.objects.bulk_create(rows)


def is_settled(before: str, now: str) -> bool:
    """A promise that was broken on its day stays so when its order is cancelled later."""
    return before == Verdict.BROKEN and now == Verdict.VOID


def money_of(orders: Iterable[Order]) -> dict[int, list[Came]]:
    """What came in on each of these orders, as it was written down; 尾差 let go is nobody's payment. One query."""
    entries: dict[int, list[MoneyEntry]] = defaultdict(list)
    rows = MoneyEntry.objects.filter(order__in=[order.pk for order in orders]).exclude(kind=EntryKind.WRITTEN_OFF)
    for row in rows.select_related("payment").order_by("at", "pk"):
        entries[row.order_id].append(row)
    return defaultdict(list, {pk: came_in(some) for pk, some in entries.items()})


def paused(customer_id: int, today: date) -> dict[int, Decimal]:
    """By order: what is promised for a day to come and has not come in yet; two queries."""
    waiting: dict[int, list[PaymentPromise]] = defaultdict(list)
    for promise in PaymentPromise.objects.waiting(today).filter(order__customer=customer_id).select_related("order"):
        waiting[promise.order_id].append(promise)
    came = money_of([some[0].order for some in waiting.values()])
    found = {}
    for pk, some in waiting.items():
        paid = covered(some, came[pk])
        found[pk] = sum((promise.amount - paid[promise.pk] for promise in some), ZERO)
    return found
