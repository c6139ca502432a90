"""Finance's papers in an order's file: the letter that asked for the rest, the balance settled, invoices for all that
was billed (R27, R40)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.urls import reverse

from finance.models import Invoice
from finance.papers import LETTER
from orders.filing import Item, newest
from orders.models import Order, State
from orders.shares import due_before


def of_money(orders: Sequence[Order]) -> dict[int, list[Item]]:
    sums = Invoice.objects.filter(order__in=orders).order_by().values_list("order").annotate(Sum("amount"))
    invoiced = dict(sums)
    letters = newest(LETTER, "order", [order.pk for order in orders])
    found: dict[int, list[Item]] = defaultdict(list)
    for order in orders:
        # Whoever paid before being asked needs no letter.
        if order.pk in letters or is_behind(order):
            where = letters.get(order.pk) or reverse("finance:letter", args=[order.number])
            found[order.pk].append(Item("余款催收通知书", order.pk in letters, where))
        if order.revision is None or not order.billed:
            continue
        paid = order.received + order.written_off
        money = reverse("finance:order", args=[order.number])
        found[order.pk].append(Item("货款结清", paid >= order.billed, money))
        # What a cancelled order costs is for no goods: nothing is invoiced.
        if order.revision.invoice_kind != "none" and order.state != State.CANCELLED:
            is_there = invoiced.get(order.pk, Decimal(0)) >= order.billed
            found[order.pk].append(Item("发票", is_there, reverse("finance:order_invoices", args=[order.number])))
    return found


def is_behind(order: Order) -> bool:
    """A share was due before shipping, goods left, and it has not come."""
    if order.revision is None or order.state == State.CANCELLED:
        return False
    return order.received < due_before(order, order.billed)
