"""Whose money a bank line may be, and for which of their orders: proposed from what is known, decided by a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet
from django.utils import timezone

from customers.models import Customer
from finance.exposure import TAKES_MONEY
from finance.models import BankLine, Payment
from orders.models import Order
from orders.models.order import ENDED

ORDER_NUMBER = re.compile(r"SO-?(\d{8})-?(\d{4,6})", re.IGNORECASE)
ZERO = Decimal(0)
DAYS_APART = 3


@dataclass(frozen=True)
class Guess:
    """A customer and why they are meant."""

    customer: Customer
    why: str


def numbers_in(note: str) -> list[str]:
    return [f"SO-{day}-{count}" for day, count in ORDER_NUMBER.findall(note)]


def guesses(lines: Sequence[BankLine]) -> dict[int, Guess]:
    """By line: the customer whose order its note names, whose account paid before, or whose name it bears; three
    queries, whatever the lines."""
    named = {number for line in lines for number in numbers_in(line.note)}
    orders = Order.objects.filter(number__in=named).select_related("customer")
    by_order = {order.number: order.customer for order in orders}
    accounts = {line.account for line in lines if line.account}
    booked = BankLine.objects.filter(state=BankLine.State.BOOKED, account__in=accounts, payment__reversed_by=None)
    by_account = {
        line.account: line.payment.customer for line in booked.select_related("payment__customer") if line.payment
    }
    by_name = {customer.name: customer for customer in Customer.objects.filter(name__in={line.payer for line in lines})}
    found = {}
    for line in lines:
        if customer := next((by_order[number] for number in numbers_in(line.note) if number in by_order), None):
            found[line.pk] = Guess(customer, "摘要写明订单")
        elif customer := by_account.get(line.account):
            found[line.pk] = Guess(customer, "此账号曾付款")
        elif customer := by_name.get(line.payer):
            found[line.pk] = Guess(customer, "户名相同")
    return found


def written_down(line: BankLine) -> QuerySet[Payment]:
    """Payments written down by hand that may be this very money: the amount, within a few days, on no other line."""
    around = timedelta(days=DAYS_APART)
    noon = noon_of(line.day)
    return Payment.objects.filter(
        amount=line.amount,
        reverses=None,
        reversed_by=None,
        bank_line=None,
        received_at__range=(noon - around, noon + around),
    ).select_related("customer")


def noon_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


@dataclass(frozen=True)
class Proposal:
    """So much of the line for an order that still lacks `lacks`, as 定金 or 货款."""

    order: Order
    lacks: Decimal
    amount: Decimal
    kind: str


def lacking(order: Order) -> Decimal:
    """Of what is agreed or went out, whichever is more, what has not come in."""
    total = order.revision.total if order.revision else ZERO
    if order.state in ENDED:
        total = order.billed
    return max(ZERO, max(total, order.billed) - order.received - order.written_off)


def deposit_missing(order: Order) -> Decimal:
    if order.state in ENDED:
        return ZERO
    due = order.revision.deposit_due if order.revision else ZERO
    return max(ZERO, due - order.received)


def proposals(line: BankLine, customer: Customer, most: int = 12) -> list[Proposal]:
    """The customer's orders that lack money, with what of the line is proposed for each."""
    open_ones = Order.objects.filter(TAKES_MONEY, customer=customer).select_related("revision", "customer")
    unpaid = open_ones.filter(received__lt=F("revision__total") - F("written_off")) | open_ones.filter(
        received__lt=F("billed") - F("written_off")
    )
    orders = [order for order in unpaid.order_by("pk")[:200] if lacking(order) > 0]
    shares = share_out(
        line.amount,
        [(order.number, deposit_missing(order), lacking(order)) for order in orders],
        named=numbers_in(line.note),
    )
    found = [
        Proposal(
            order,
            lacking(order),
            shares.get(order.number, ZERO),
            "deposit" if deposit_missing(order) else "balance",
        )
        for order in orders
    ]
    return sorted(found, key=lambda each: (not each.amount, each.order.pk))[:most]


def share_out(
    amount: Decimal, lacks: Sequence[tuple[str, Decimal, Decimal]], named: Sequence[str] = ()
) -> dict[str, Decimal]:
    """What of `amount` to give to each order, of which (number, missing deposit, all that lacks) are known.

    The orders named first, as far as they lack; else the one order whose deposit or rest is this very amount; else
    nothing is guessed. Never more than came in, never more than lacks.
    """
    known = {number: lack for number, _, lack in lacks}
    if wanted := [number for number in dict.fromkeys(named) if known.get(number)]:
        found, left = {}, amount
        for number in wanted:
            found[number] = min(left, known[number])
            left -= found[number]
        return {number: part for number, part in found.items() if part}
    exact = [number for number, deposit, lack in lacks if amount in (deposit, lack)]
    return {exact[0]: amount} if len(exact) == 1 else {}
