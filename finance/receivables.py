"""What customers owe for goods that left: how much, since when due, how old (应收账款与账龄, R27, R28).

Of each shipment the share due before shipping was due the day it left, the rest so many days later as the terms say.
Money pays what fell due first. Parts always add up to billed − paid, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from customers.models import Customer
from finance.models import Payment
from orders.models import Order, RevisionLine, ShipmentLine, State
from orders.shares import ZERO, percent_of, step_worth

if TYPE_CHECKING:
    from accounts.models import User

BEFORE, REST = "提货前", "余款"
BUCKETS = ("未到期", "1–30 天", "31–60 天", "61–90 天", "90 天以上")
BOUNDS = (0, 30, 60, 90)


@dataclass(frozen=True)
class Part:
    """So much of an order's goods, as `stage`, due on a day."""

    due_on: date
    stage: str
    amount: Decimal


@dataclass(frozen=True)
class Owing:
    """What of a part has not come in."""

    order: Order
    part: Part
    open: Decimal


def parts_of(shipped: Iterable[tuple[date, Decimal]], billed: Decimal, share: Decimal, days: int | None) -> list[Part]:
    """The parts of what was billed, from (day it left, worth) of each shipment, oldest first.

    What was given back or billed at another price since is taken from, or added to, the newest.
    """
    found: list[Part] = []
    left = billed
    values = [(day, value) for day, value in shipped if value > 0]
    for at, (day, worth) in enumerate(values):
        value = left if at == len(values) - 1 else min(worth, left)
        left -= value
        before = percent_of(share, value)
        found += [
            Part(day, BEFORE, before),
            Part(day + timedelta(days=days or 0), REST, value - before),
        ]
    return [part for part in found if part.amount > 0]


def unpaid(parts: Iterable[Part], paid: Decimal) -> list[tuple[Part, Decimal]]:
    """What of each part is open once `paid` went to those that fell due first."""
    found = []
    for part in sorted(parts, key=attrgetter("due_on")):
        covered = min(paid, part.amount)
        paid -= covered
        if covered < part.amount:
            found.append((part, part.amount - covered))
    return found


def bucket(due_on: date, today: date) -> int:
    """Which of BUCKETS: not due until the day after it was due."""
    late = (today - due_on).days
    return next((at for at, bound in enumerate(BOUNDS) if late <= bound), len(BOUNDS))


@dataclass
class Account:
    """One customer's: what is open by age, deposits that approved orders wait for, money that no order has yet."""

    customer: Customer
    ages: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    deposits: Decimal = ZERO
    unallocated: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum(self.ages, ZERO)

    @property
    def overdue(self) -> Decimal:
        return sum(self.ages[1:], ZERO)


def owing(user: "User", customer: Customer | None = None) -> list[Owing]:
    """Every open part on orders this user sees; three queries, however many."""
    unsettled = Order.objects.visible_to(user).filter(billed__gt=F("received") + F("written_off"))
    if customer is not None:
        unsettled = unsettled.filter(customer=customer)
    orders = list(unsettled.select_related("revision", "customer").order_by("pk"))
    shipped = shipped_of(orders)
    found = []
    for order in orders:
        assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
        parts = parts_of(
            shipped[order.pk], order.billed, order.revision.share_before_shipping, order.revision.days_for_rest
        )
        found += [Owing(order, part, left) for part, left in unpaid(parts, order.received + order.written_off)]
    return found


def shipped_of(orders: Sequence[Order]) -> dict[int, list[tuple[date, Decimal]]]:
    """By order: the day each of its shipments left and what it added to the order's worth, oldest first."""
    rows = (
        ShipmentLine.objects.filter(line__order__in=orders, shipment__dispatched_at__isnull=False)
        .order_by("shipment__dispatched_at", "shipment_id", "line_id")
        .values("line__order_id", "shipment_id", "shipment__dispatched_at", "line_id")
        .annotate(quantity=Sum("quantity"))
    )
    left: dict[int, dict[int, tuple[date, dict[int, Decimal]]]] = defaultdict(dict)
    for row in rows:
        day = timezone.localtime(row["shipment__dispatched_at"]).date()
        _, carried = left[row["line__order_id"]].setdefault(row["shipment_id"], (day, {}))
        carried[row["line_id"]] = row["quantity"]
    terms = terms_of_all(orders)
    return defaultdict(list, {pk: worths(terms[pk], list(each.values())) for pk, each in left.items()})


def terms_of_all(orders: Sequence[Order]) -> dict[int, dict[int, RevisionLine]]:
    """The terms in force of each order by line; one query."""
    found: dict[int, dict[int, RevisionLine]] = defaultdict(dict)
    revisions = {order.revision_id: order.pk for order in orders}
    for row in RevisionLine.objects.filter(revision__in=revisions):
        found[revisions[row.revision_id]][row.line_id] = row
    return found


def worths(terms: Mapping[int, RevisionLine], shipments: Iterable[tuple[date, Mapping[int, Decimal]]]) -> list[Any]:
    """(day, worth) of shipments that followed each other, rounded as they were billed."""
    found = []
    out: dict[int, Decimal] = defaultdict(Decimal)
    for day, carried in shipments:
        found.append((day, step_worth(terms, out, carried)))
        for line, quantity in carried.items():
            out[line] += quantity
    return found


def accounts(user: "User", today: date, customer: Customer | None = None) -> list[Account]:
    """Every customer who owes, will owe a deposit, or has money unallocated; those most overdue first."""
    found: dict[int, Account] = {}

    def of(one: Customer) -> Account:
        return found.setdefault(one.pk, Account(one))

    for row in owing(user, customer):
        of(row.order.customer).ages[bucket(row.part.due_on, today)] += row.open
    for order in awaited(user, customer):
        assert order.revision is not None  # noqa: S101
        of(order.customer).deposits += order.revision.deposit_due - order.received
    for payment in spare(user, customer):
        of(payment.customer).unallocated += payment.balance.left
    return sorted(found.values(), key=lambda each: (-each.overdue, -each.total, each.customer.code))


def awaited(user: "User", customer: Customer | None = None) -> QuerySet[Order]:
    """Approved orders whose deposit has not come in."""
    found = Order.objects.visible_to(user).filter(state=State.APPROVED, received__lt=F("revision__deposit_due"))
    found = found.filter(customer=customer) if customer else found
    return found.select_related("revision", "customer").order_by("pk")


def spare(user: "User", customer: Customer | None = None) -> QuerySet[Payment]:
    """Money that no order has yet."""
    found = Payment.objects.visible_to(user).filter(balance__left__gt=0)
    found = found.filter(customer=customer) if customer else found
    return found.select_related("customer", "balance").order_by("received_at", "pk")
