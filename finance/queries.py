"""What is read of money: one order's sums, the desk's lists, payments."""

from dataclasses import dataclass
from decimal import Decimal

from orders.models import Order, RevisionLine
from orders.papers import EARNEST_LIMIT
from orders.shares import ZERO, amount_of, percent_of


@dataclass(frozen=True)
class Deposit:
    """What of a deposit has the force of 定金 (at most 20 %, 民法典 586), and what is 预付款."""

    due: Decimal
    earnest: Decimal
    prepaid: Decimal
    missing: Decimal


def split_deposit(order: Order) -> Deposit:
    """The deposit due on an order as shown, split, and what of it has not come in."""
    due = order.revision.deposit_due if order.revision else ZERO
    earnest = min(due, percent_of(EARNEST_LIMIT, order.revision.total)) if order.revision else ZERO
    return Deposit(due, earnest, due - earnest, max(due - order.received, ZERO))


@dataclass(frozen=True)
class AskedLine:
    terms: RevisionLine
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Asked:
    """What a 余款催收通知书 asks for: the share due before shipping of what is in stock or has left, less received."""

    lines: list[AskedLine]
    covers: Decimal
    share: Decimal
    due: Decimal
    received: Decimal

    @property
    def balance(self) -> Decimal:
        return self.due - self.received


def letter_figures(order: Order) -> Asked:
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    rows = order.revision.lines.select_related("product", "line").order_by("position")
    lines = [asked_line(row) for row in rows]
    lines = [line for line in lines if line.quantity]
    covers = sum((line.amount for line in lines), ZERO)
    share = order.revision.share_before_shipping
    received = order.received + order.written_off
    return Asked(lines, covers, share, percent_of(share, covers), received)


def asked_line(row: RevisionLine) -> AskedLine:
    quantity = row.line.reserved + row.line.stocked - row.line.freed - row.line.lost
    return AskedLine(row, quantity, amount_of(row, quantity))
