"""对账单: a customer's month — what was carried over, shipped, paid, and what is owed at its end.

Goods are dated by the day they left, money by the day it came; what was billed otherwise since stands with the newest
shipment of its order, so that the balance of today is always billed − received − written off − unallocated.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from customers.models import Customer
from finance.models import CancelSettlement, EntryKind, MoneyEntry, Payment, PaymentBalance, PaymentRefund
from finance.receivables import shipped_of
from orders.models import Order, Shipment, State
from orders.shares import ZERO

if TYPE_CHECKING:
    from accounts.models import User

BACK = {EntryKind.REFUNDED: "退款", EntryKind.WRITTEN_OFF: "尾差核销"}


@dataclass(frozen=True)
class Move:
    """One line of a statement: `charge` adds to what is owed, `credit` takes from it."""

    day: date
    what: str
    ref: str
    charge: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass
class Month:
    """A customer's month; opening + charged − credited = closing. A balance below zero is the customer's."""

    customer: Customer
    first: date
    opening: Decimal = ZERO
    moves: list[Move] = field(default_factory=list)

    @property
    def charged(self) -> Decimal:
        return sum((move.charge for move in self.moves), ZERO)

    @property
    def credited(self) -> Decimal:
        return sum((move.credit for move in self.moves), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.charged - self.credited

    @property
    def last(self) -> date:
        return next_month(self.first) - timedelta(days=1)

    @property
    def is_empty(self) -> bool:
        return not self.moves and not self.opening


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def months(customers: Iterable[Customer], first: date) -> list[Month]:
    """The month of each of these who moved or owed anything; a fixed number of statements."""
    known = {customer.pk: customer for customer in customers}
    since = moves_since(list(known), first)
    now = balances(list(known))
    found = []
    for pk, customer in known.items():
        month, moves = Month(customer, first), since.get(pk, [])
        month.opening = now.get(pk, ZERO) - sum((move.charge - move.credit for move in moves), ZERO)
        month.moves = [move for move in moves if move.day <= month.last]
        if not month.is_empty:
            found.append(month)
    return found


def month_of(user: "User", customer: Customer, first: date) -> Month:
    seen = Customer.objects.visible_to(user).filter(pk=customer.pk)
    return next(iter(months(seen, first)), Month(customer, first))


def dealing(user: "User", first: date) -> QuerySet[Customer]:
    """The customers this user sees who owe or have money with us now, or moved since that day: all who may have a
    month to tell."""
    begins = begin_of(first)
    ways: tuple[QuerySet[Any, Any], ...] = (
        uneven().values("customer"),
        unallocated().values("payment__customer"),
        shipped_since(begins).values("customer"),
        cancelled_since(begins).values("customer"),
        paid_since(begins).values("customer"),
        refunded_since(begins).values("payment__customer"),
        entered_since(begins).values("order__customer"),
    )
    named, *others = (way.order_by() for way in ways)
    return Customer.objects.visible_to(user).filter(pk__in=named.union(*others))


# What a statement is made of: who is listed and what is told are read from the same.


def begin_of(first: date) -> datetime:
    return timezone.make_aware(datetime.combine(first, time.min))


def uneven() -> QuerySet[Order]:
    return Order.objects.exclude(billed=F("received") + F("written_off"))


def unallocated() -> QuerySet[PaymentBalance]:
    return PaymentBalance.objects.filter(left__gt=0)


def shipped_since(begins: datetime) -> QuerySet[Shipment]:
    return Shipment.objects.filter(dispatched_at__gte=begins)


def cancelled_since(begins: datetime) -> QuerySet[Order]:
    """Orders whose cancellation was settled, or whose settlement was corrected, since then."""
    corrected = Exists(CancelSettlement.objects.filter(order=OuterRef("pk"), at__gte=begins))
    return Order.objects.filter(Q(ended_at__gte=begins) | Q(corrected), state=State.CANCELLED)


def paid_since(begins: datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(received_at__gte=begins)


def refunded_since(begins: datetime) -> QuerySet[PaymentRefund]:
    return PaymentRefund.objects.filter(at__gte=begins)


def entered_since(begins: datetime) -> QuerySet[MoneyEntry]:
    return MoneyEntry.objects.filter(at__gte=begins, kind__in=BACK)


def balances(customers: list[int]) -> dict[int, Decimal]:
    """What each owes now; only those with a balance."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    orders = uneven().filter(customer__in=customers)
    for pk, owed in (
        orders.order_by().values_list("customer").annotate(due=Sum(F("billed") - F("received") - F("written_off")))
    ):
        found[pk] += owed
    spare = unallocated().filter(payment__customer__in=customers).order_by()
    for pk, left in spare.values_list("payment__customer").annotate(Sum("left")):
        found[pk] -= left
    return {pk: owed for pk, owed in found.items() if owed}


def moves_since(customers: list[int], first: date) -> dict[int, list[Move]]:
    """What happened from that day on, by customer and in the order of time."""
    begins = begin_of(first)
    found: dict[int, list[Move]] = defaultdict(list)
    for customer, move in [*goods(customers, begins, first), *charges(customers, begins), *money(customers, begins)]:
        found[customer].append(move)
    for moves in found.values():
        moves.sort(key=attrgetter("day", "ref"))
    return found


def goods(customers: list[int], begins: datetime, first: date) -> Iterable[tuple[int, Move]]:
    """Shipments at their worth."""
    recent = shipped_since(begins).filter(lines__line__order__customer__in=customers)
    orders = list(
        Order.objects.filter(lines__shipment_lines__shipment__in=recent.values("pk"))
        .select_related("revision")
        .distinct()
        .order_by("pk")
    )
    shipped = shipped_of(orders)
    for order in orders:
        days = shipped[order.pk]
        rest = order.billed
        for place, left in enumerate(days):
            value = rest if place == len(days) - 1 else left.worth
            rest -= value
            if left.day >= first and value:
                yield order.customer_id, Move(left.day, "发货", order.number, charge=value)


def charges(customers: list[int], begins: datetime) -> Iterable[tuple[int, Move]]:
    """What cancelled orders cost: as settled when they were cancelled, and each correction on its own day."""
    found = cancelled_since(begins).filter(customer__in=customers)
    settlements = Prefetch("settlements", CancelSettlement.objects.order_by("pk"))
    for order in found.prefetch_related(settlements).order_by("pk"):
        ended, rows = order.ended_at or begins, order.settlements.all()
        corrected = [(row.at, row.charge - before.charge) for before, row in pairwise(rows) if row.at > ended]
        settled = order.billed - sum((change for _, change in corrected), ZERO)
        told = [(ended, "取消结算", settled), *((at, "取消结算更正", change) for at, change in corrected)]
        for at, what, charge in told:
            if charge and at >= begins:
                yield order.customer_id, Move(timezone.localdate(at), what, order.number, charge=charge)


def money(customers: list[int], begins: datetime) -> Iterable[tuple[int, Move]]:
    """Payments and their reversals, refunds, small differences written off."""
    for paid in paid_since(begins).filter(customer__in=customers):
        what = "收款冲销" if paid.reverses_id else "收款"
        yield paid.customer_id, Move(timezone.localdate(paid.received_at), what, paid.number, credit=paid.amount)
    for sent in refunded_since(begins).filter(payment__customer__in=customers).select_related("payment"):
        paid = sent.payment
        yield paid.customer_id, Move(timezone.localdate(sent.at), "退款", paid.number, credit=-sent.amount)
    for row in entered_since(begins).filter(order__customer__in=customers).select_related("order"):
        day = timezone.localdate(row.at)
        yield row.order.customer_id, Move(day, BACK[EntryKind(row.kind)], row.order.number, credit=row.amount)
