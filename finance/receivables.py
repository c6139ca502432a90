"""What customers owe for goods that left: how much, since when due, how old (应收账款与账龄, R27, R28).

Of each shipment the share due before shipping was due the day it left, the rest as the terms' stages say (货到后 n 天,
月结 n 天), else so many days later.
Money pays what fell due first. Parts always add up to billed − paid, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from customers.models import Customer, PaymentStage
from finance.models import Payment
from orders.models import Order, Revision, RevisionLine, ShipmentLine, State
from orders.models.order import OrderQuerySet
from orders.shares import ZERO, percent_of, step_worth

if TYPE_CHECKING:
    from accounts.models import User

BEFORE, REST = "提货前", "余款"
MONTHLY = PaymentStage.Kind.MONTHLY
AFTER_SHIPPING = {PaymentStage.Kind.ARRIVAL.value: "货到后", MONTHLY.value: "月结"}
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


@dataclass(frozen=True)
class Left:
    """What a shipment added to its order's worth, the day it left, and the day it arrived where it has."""

    day: date
    worth: Decimal
    arrived: date | None = None


@dataclass(frozen=True)
class Terms:
    """When goods that left are to be paid: `share` percent at once, the rest by stages, else `days` later."""

    share: Decimal
    days: int | None = None
    stages: Sequence[tuple[str, Decimal, int]] = ()

    @classmethod
    def of(cls, revision: Revision) -> "Terms":
        stages = [(kind, Decimal(percent), days) for kind, percent, days in revision.payment_stages]
        return cls(revision.share_before_shipping, revision.days_for_rest, stages)

    def later(self) -> list[tuple[str, Decimal, int]]:
        """The stages after goods have left."""
        return [stage for stage in self.stages if stage[0] in AFTER_SHIPPING]


def parts_of(shipped: Iterable[Left], billed: Decimal, terms: Terms) -> list[Part]:
    """The parts of what was billed on each shipment, oldest first.

    What was given back or billed at another price since is taken from, or added to, the newest.
    """
    found: list[Part] = []
    left = billed
    sent = [each for each in shipped if each.worth > 0]
    for at, each in enumerate(sent):
        value = left if at == len(sent) - 1 else min(each.worth, left)
        left -= value
        before = percent_of(terms.share, value)
        found += [Part(each.day, BEFORE, before), *rest_of(each, value, value - before, terms)]
    return [part for part in found if part.amount > 0]


def rest_of(each: Left, value: Decimal, rest: Decimal, terms: Terms) -> list[Part]:
    """What is due after a shipment has left; the last stage takes what rounding left over."""
    later = terms.later()
    if not later:
        return [Part(each.day + timedelta(days=terms.days or 0), REST, rest)]
    found = []
    for at, (kind, percent, days) in enumerate(later):
        amount = rest if at == len(later) - 1 else min(percent_of(percent, value), rest)
        rest -= amount
        # Until goods have arrived the day they left stands for it: nobody is dunned later than agreed.
        begins = month_end(each.day) if kind == MONTHLY else each.arrived or each.day
        found.append(Part(begins + timedelta(days=days), AFTER_SHIPPING[kind], amount))
    return found


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


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
class Sent:
    """What one shipment carried of one order, by line."""

    day: date
    arrived: date | None
    carried: dict[int, Decimal] = field(default_factory=dict)


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
    """Every open part on orders this user sees."""
    found = unsettled() & Order.objects.visible_to(user)
    return owing_on(found if customer is None else found.filter(customer=customer))


def unsettled() -> OrderQuerySet:
    """Orders with more billed than was paid."""
    return Order.objects.filter(billed__gt=F("received") + F("written_off"))


def owing_on(unsettled: OrderQuerySet) -> list[Owing]:
    """Every open part of these orders; three queries, however many."""
    orders = list(unsettled.select_related("revision", "customer").order_by("pk"))
    shipped = shipped_of(orders)
    found = []
    for order in orders:
        assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
        parts = parts_of(shipped[order.pk], order.billed, Terms.of(order.revision))
        found += [Owing(order, part, left) for part, left in unpaid(parts, order.received + order.written_off)]
    return found


def shipped_of(orders: Sequence[Order]) -> dict[int, list[Left]]:
    """By order: the day each of its shipments left and what it added to the order's worth, oldest first."""
    rows = (
        ShipmentLine.objects.filter(line__order__in=orders, shipment__dispatched_at__isnull=False)
        .order_by("shipment__dispatched_at", "shipment_id", "line_id")
        .values("line__order_id", "shipment_id", "shipment__dispatched_at", "shipment__arrived_at", "line_id")
        .annotate(quantity=Sum("quantity"))
    )
    left: dict[int, dict[int, Sent]] = defaultdict(dict)
    for row in rows:
        arrived = row["shipment__arrived_at"]
        sent = left[row["line__order_id"]].setdefault(
            row["shipment_id"],
            Sent(
                timezone.localtime(row["shipment__dispatched_at"]).date(),
                timezone.localtime(arrived).date() if arrived else None,
            ),
        )
        sent.carried[row["line_id"]] = row["quantity"]
    terms = terms_of_all(orders)
    return defaultdict(list, {pk: worths(terms[pk], list(each.values())) for pk, each in left.items()})


def terms_of_all(orders: Sequence[Order]) -> dict[int, dict[int, RevisionLine]]:
    """The terms in force of each order by line; one query."""
    found: dict[int, dict[int, RevisionLine]] = defaultdict(dict)
    revisions = {order.revision_id: order.pk for order in orders}
    for row in RevisionLine.objects.filter(revision__in=revisions):
        found[revisions[row.revision_id]][row.line_id] = row
    return found


def worths(terms: Mapping[int, RevisionLine], shipments: Iterable[Sent]) -> list[Left]:
    """Shipments that followed each other, their worth rounded as they were billed."""
    found = []
    out: dict[int, Decimal] = defaultdict(Decimal)
    for sent in shipments:
        found.append(Left(sent.day, step_worth(terms, out, sent.carried), sent.arrived))
        for line, quantity in sent.carried.items():
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
