"""Finance's papers in an order's file: the balance settled, and invoices for all that was billed (R40)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.urls import reverse

from finance.models import Invoice
from orders.filing import Item
from orders.models import Order


def of_money(orders: Sequence[Order]) -> dict[int, list[Item]]:
    sums = Invoice.objects.filter(order__in=orders).order_by().values_list("order").annotate(Sum("amount"))
    invoiced = dict(sums)
    found: dict[int, list[Item]] = defaultdict(list)
    for order in orders:
        if order.revision is None or not order.billed:
            continue
        paid = order.received + order.written_off
        money = reverse("finance:order", args=[order.number])
        found[order.pk].append(Item("货款结清", paid >= order.billed, money))
        if order.revision.invoice_kind != "none":
            is_there = invoiced.get(order.pk, Decimal(0)) >= order.billed
            found[order.pk].append(Item("发票", is_there, reverse("finance:order_invoices", args=[order.number])))
    return found
