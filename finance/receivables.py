"""What customers owe: how much, since when due, how old (应收账款与账龄, R27, R28).

Of goods that left: of each shipment the share due before shipping was due the day it left (by 特批 on the day that was
named), the rest as the terms' stages say (货到后 n 天, 月结 n 天), else so many days later.
Money pays what fell due first. These parts always add up to billed − paid, to the cent.
Of a cancelled order: what its settlement charges, due the day it was cancelled.
Before goods leave: the deposit from approval on, and what a 余款催收通知书 asks for, by its day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from customers.models import Customer, PaymentStage
from finance.gates import ASKED_BY, ASKED_LEVEL, BALANCE, LETTER_UNPAID, special_pay_by
from finance.models import Payment
from orders.models import Order, Revision, RevisionLine, ShipmentLine, State
from orders.models.order import RELEASED, OrderQuerySet
from orders.shares import ZERO, percent_of, step_worth, terms_of_all

if TYPE_CHECKING:
    from accounts.models import User

DEPOSIT, BEFORE, REST, CHARGE = "定金", "提货前", "余款", "取消损失"
MONTHLY = PaymentStage.Kind.MONTHLY
AFTER_SHIPPING = {PaymentStage.Kind.ARRIVAL.value: "货到后", MONTHLY.value: "月结"}
BUCKETS = ("未到期", "1–30 天", "31–60 天", "61–90 天", "90 天以上")
BOUNDS = (0, 30, 60, 90)


@dataclass(frozen=True)
class Part:
    """So much of an order's goods, as `stage`, due on a day; nobody is asked for it before `asked_from`."""

    due_on: date
    stage: str
    amount: Decimal
    asked_from: date = date.min


@dataclass(frozen=True)
class Owing:
    """What of a part has not come in."""

    order: Order
    part: Part
    open: Decimal


@dataclass(frozen=True)
class Left:
    """What a shipment added to its order's worth, the day it left, the day it arrived where it has or is expected to,
    and the day by which 特批 wants it paid."""

    day: date
    worth: Decimal
    arrived: date | None = None
    expected: date | None = None
    pay_by: date | None = None

    def due(self, day: date) -> date:
        return max(day, self.pay_by or day)


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


def parts_on(order: Order, shipped: Iterable[Left]) -> list[Part]:
    """The parts of all that an order is billed for."""
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    if order.state == State.CANCELLED:
        return [Part(timezone.localdate(order.ended_at), CHARGE, order.billed)]
    return parts_of(shipped, order.billed, Terms.of(order.revision))


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
        found += [Part(each.due(each.day), BEFORE, before), *rest_of(each, value, value - before, terms)]
    return [part for part in found if part.amount > 0]


def rest_of(each: Left, value: Decimal, rest: Decimal, terms: Terms) -> list[Part]:
    """What is due after a shipment has left; the last stage takes what rounding left over."""
    later = terms.later()
    if not later:
        return [Part(each.due(each.day + timedelta(days=terms.days or 0)), REST, rest)]
    found = []
    for at, (kind, percent, days) in enumerate(later):
        amount = rest if at == len(later) - 1 else min(percent_of(percent, value), rest)
        rest -= amount
        begins = month_end(each.day) if kind == MONTHLY else each.arrived or each.expected or each.day
        # Nobody is dunned 货到后 for goods that are still on the road.
        waits = kind != MONTHLY and each.arrived is None
        asked_from = (each.expected or date.max) if waits else date.min
        found.append(Part(each.due(begins + timedelta(days=days)), AFTER_SHIPPING[kind], amount, asked_from))
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
    expected: date | None = None
    pay_by: date | None = None


@dataclass
class Account:
    """One customer's: what is open by age, how much of it are deposits that approved orders wait for, money that no
    order has yet."""

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
    found = Order.objects.visible_to(user)
    return open_on(found if customer is None else found.filter(customer=customer))


def open_on(orders: OrderQuerySet) -> list[Owing]:
    """Every open part of these orders, of goods that left and before they do; five queries, however many."""
    left = owing_on(orders & unsettled())
    return [*deposits_on(orders & awaited_of()), *before_on(orders & lettered(), left), *left]


def unsettled() -> OrderQuerySet:
    """Orders with more billed than was paid."""
    return Order.objects.filter(billed__gt=F("received") + F("written_off"))


def awaited_of() -> OrderQuerySet:
    """Approved orders whose deposit has not come in."""
    return Order.objects.filter(state=State.APPROVED, received__lt=F("revision__deposit_due"))


def lettered() -> OrderQuerySet:
    """Orders whose last 余款催收通知书 is not paid."""
    return Order.objects.filter(LETTER_UNPAID, state__in=RELEASED)


def collectable() -> OrderQuerySet:
    """Orders with any part that is open."""
    return Order.objects.filter(
        Q(pk__in=unsettled().values("pk")) | Q(pk__in=awaited_of().values("pk")) | Q(pk__in=lettered().values("pk"))
    )


def deposits_on(awaited: OrderQuerySet) -> list[Owing]:
    """The deposits of these orders, due at approval; one query."""
    found = []
    for order in awaited.select_related("revision", "customer").order_by("pk"):
        assert order.revision is not None  # noqa: S101 (approved)
        day = timezone.localtime(order.revision.approved_at or order.created_at).date()
        part = Part(day, DEPOSIT, order.revision.deposit_due)
        found.append(Owing(order, part, order.revision.deposit_due - order.received))
    return found


def deposits_by_day(awaited: OrderQuerySet) -> list[dict[str, Any]]:
    """The same, added up by the database: `open` of each customer and `day`."""
    day = TruncDate(Coalesce("revision__approved_at", "created_at"), tzinfo=timezone.get_current_timezone())
    rows = awaited.order_by().annotate(day=day).values("customer", "day")
    return [{**row} for row in rows.annotate(open=Sum(F("revision__deposit_due") - F("received")))]


def before_on(lettered: OrderQuerySet, left: Sequence[Owing]) -> list[Owing]:
    """What letters ask for of goods that have not left; one query. What `left` unpaid stands there already."""
    stands: dict[int, Decimal] = defaultdict(Decimal)
    for each in left:
        if each.part.stage == BEFORE:
            stands[each.order.pk] += each.open
    rows = lettered.annotate(asked=ASKED_LEVEL, pay_by=ASKED_BY, lacking=BALANCE)
    found = []
    for order in rows.select_related("revision", "customer").order_by("pk"):
        asked = min(order.asked - order.received - order.written_off, order.lacking) - stands[order.pk]
        if asked > 0:
            found.append(Owing(order, Part(order.pay_by, BEFORE, asked), asked))
    return found


def owing_on(unsettled: OrderQuerySet) -> list[Owing]:
    """Every open part of these orders; three queries, however many."""
    orders = list(unsettled.select_related("revision", "customer").order_by("pk"))
    shipped = shipped_of(orders)
    found = []
    for order in orders:
        parts = parts_on(order, shipped[order.pk])
        found += [Owing(order, part, left) for part, left in unpaid(parts, order.received + order.written_off)]
    return found


MOMENTS = ("shipment__dispatched_at", "shipment__arrived_at", "shipment__expected_at")


def shipped_of(orders: Sequence[Order]) -> dict[int, list[Left]]:
    """By order: the day each of its shipments left and what it added to the order's worth, oldest first."""
    rows = (
        ShipmentLine.objects.filter(line__order__in=orders, shipment__dispatched_at__isnull=False)
        .order_by("shipment__dispatched_at", "shipment_id", "line_id")
        .values("line__order_id", "shipment_id", *MOMENTS, "line_id")
        .annotate(quantity=Sum("quantity"), pay_by=special_pay_by("shipment"))
    )
    left: dict[int, dict[int, Sent]] = defaultdict(dict)
    for row in rows:
        day, arrived, expected = (row[moment] and timezone.localtime(row[moment]).date() for moment in MOMENTS)
        sent = left[row["line__order_id"]].setdefault(
            row["shipment_id"], Sent(day, arrived, expected=expected, pay_by=row["pay_by"])
        )
        sent.carried[row["line_id"]] = row["quantity"]
    terms = terms_of_all(orders)
    return defaultdict(list, {pk: worths(terms[pk], list(each.values())) for pk, each in left.items()})


def worths(terms: Mapping[int, RevisionLine], shipments: Iterable[Sent]) -> list[Left]:
    """Shipments that followed each other, their worth rounded as they were billed."""
    found = []
    out: dict[int, Decimal] = defaultdict(Decimal)
    for sent in shipments:
        worth = step_worth(terms, out, sent.carried)
        found.append(Left(sent.day, worth, sent.arrived, sent.expected, sent.pay_by))
        for line, quantity in sent.carried.items():
            out[line] += quantity
    return found


def accounts(user: "User", today: date, customer: Customer | None = None) -> list[Account]:
    """Every customer who owes or has money unallocated; those most overdue first."""
    seen = Order.objects.visible_to(user)
    orders = seen if customer is None else seen.filter(customer=customer)
    left = owing_on(orders & unsettled())
    parts = [*left, *before_on(orders & lettered(), left)]
    deposits, spares = deposits_by_day(orders & awaited_of()), spare_of(user, customer)
    ids = {*(row.order.customer_id for row in parts), *(row["customer"] for row in deposits), *spares}
    found = {one.pk: Account(one) for one in Customer.objects.filter(pk__in=ids).only("code", "name", "grade")}
    for row in parts:
        found[row.order.customer_id].ages[bucket(row.part.due_on, today)] += row.open
    for each in deposits:
        found[each["customer"]].ages[bucket(each["day"], today)] += each["open"]
        found[each["customer"]].deposits += each["open"]
    for pk, amount in spares.items():
        found[pk].unallocated += amount
    return sorted(found.values(), key=lambda each: (-each.overdue, -each.total, each.customer.code))


def awaited(user: "User", customer: Customer | None = None) -> QuerySet[Order]:
    """Approved orders whose deposit has not come in."""
    found = Order.objects.visible_to(user) & awaited_of()
    found = found.filter(customer=customer) if customer else found
    return found.select_related("revision", "customer").order_by("pk")


def spare_of(user: "User", customer: Customer | None = None) -> dict[int, Decimal]:
    """The same by customer, added up by the database."""
    rows = spare(user, customer).order_by().values("customer").annotate(left=Sum("balance__left"))
    return dict(rows.values_list("customer", "left"))


def spare(user: "User", customer: Customer | None = None) -> QuerySet[Payment]:
    """Money that no order has yet."""
    found = Payment.objects.visible_to(user).filter(balance__left__gt=0)
    found = found.filter(customer=customer) if customer else found
    return found.select_related("customer", "balance").order_by("received_at", "pk")
