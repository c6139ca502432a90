"""How a customer paid in the last year, and which grade the rules make of that."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import attrgetter

from django.db.models import Count, Q
from django.utils import timezone

from customers.models import Customer
from finance.incoming import came_in
from finance.models import GradeRule, MoneyEntry, PaymentPromise, PromiseVerdict
from finance.receivables import Part, parts_on, shipped_of, unsettled
from orders.models import Order
from orders.shares import ZERO

YEAR = timedelta(days=365)
TENTH = Decimal("0.1")


@dataclass
class Habits:
    """Of one customer: `late` days weighed by yuan, over parts that fell due."""

    turnover: Decimal = ZERO
    due: Decimal = ZERO
    late_yuan: Decimal = ZERO
    worst: int = 0
    broken: int = 0

    @property
    def average(self) -> Decimal:
        return (self.late_yuan / self.due).quantize(TENTH) if self.due else Decimal("0.0")

    def count(self, part: Part, late: int) -> None:
        self.due += part.amount
        self.late_yuan += part.amount * late
        self.worst = max(self.worst, late)


def quarter_of(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def habits(today: date) -> dict[int, Habits]:
    """By customer, of everyone whose goods left within a year or are unpaid still, and who have been graded above C for
    a year without trade; a fixed number of queries."""
    begins = today - YEAR
    since = timezone.make_aware(datetime.combine(begins, time.min))
    left = Order.objects.filter(lines__shipment_lines__shipment__dispatched_at__gte=since)
    judged = Q(pk__in=left.values("pk")) | Q(pk__in=unsettled().values("pk"))
    orders = list(Order.objects.filter(judged).select_related("revision").order_by("pk"))
    shipped, paid = shipped_of(orders), payments_of(orders)
    found: dict[int, Habits] = defaultdict(Habits)
    found.update((pk, Habits()) for pk in known_since(since))
    for order in orders:
        habit = found[order.customer_id]
        habit.turnover += sum((each.worth for each in shipped[order.pk] if each.day >= begins), ZERO)
        parts = parts_on(order, shipped[order.pk])
        for part, late in lateness(parts, paid[order.pk], today):
            habit.count(part, late)
    broken = PaymentPromise.objects.judged(PromiseVerdict.Verdict.BROKEN).filter(promised_on__gte=begins)
    for customer, count in broken.order_by().values_list("order__customer").annotate(Count("pk")):
        found[customer].broken = count
    return found


def known_since(since: datetime) -> Iterable[int]:
    """Customers above C who were customers then already: a new one has had no time to trade."""
    then = Customer.history.filter(history_date__lt=since).values("id")  # type: ignore[attr-defined]
    return Customer.objects.active().exclude(grade="C").filter(pk__in=then).values_list("pk", flat=True)


def payments_of(orders: Sequence[Order]) -> dict[int, list[tuple[date, Decimal]]]:
    """(day the money came, amount) of each order: what came and stayed, and what was let go."""
    entries: dict[int, list[MoneyEntry]] = defaultdict(list)
    for row in MoneyEntry.objects.filter(order__in=orders).select_related("payment").order_by("at", "pk"):
        entries[row.order_id].append(row)
    return defaultdict(list, {pk: [(each.day, each.amount) for each in came_in(some)] for pk, some in entries.items()})


def lateness(parts: Iterable[Part], paid: Sequence[tuple[date, Decimal]], today: date) -> Iterable[tuple[Part, int]]:
    """Each part that fell due with the days until it was covered, oldest first; unpaid ones are late until today."""
    moves = sorted(paid, key=lambda move: move[0])
    sums = list(accumulate(amount for _, amount in moves))
    needed = ZERO
    for part in sorted(parts, key=attrgetter("due_on")):
        needed += part.amount
        place = bisect_left(sums, needed)
        covered = moves[place][0] if place < len(moves) else None
        if part.due_on <= today:
            yield part, max(0, ((covered or today) - part.due_on).days)


def suggested(habit: Habits, rules: Sequence[GradeRule]) -> str:
    """The best grade whose rule is met; C where none is."""
    for rule in sorted(rules, key=attrgetter("grade")):
        if (
            habit.turnover >= rule.least_turnover
            and habit.average <= rule.most_average_late
            and habit.worst <= rule.most_worst_late
            and habit.broken <= rule.most_broken
        ):
            return rule.grade
    return "C"


def differing(today: date) -> list[tuple[Customer, Habits, str]]:
    """Customers whom the rules see in another grade than they are in."""
    known, rules = habits(today), list(GradeRule.objects.all())
    customers = Customer.objects.active().filter(pk__in=known).order_by("pk")
    pairs = [(customer, known[customer.pk], suggested(known[customer.pk], rules)) for customer in customers]
    return [(customer, habit, grade) for customer, habit, grade in pairs if grade != customer.grade]
