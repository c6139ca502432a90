"""Quality's papers in an order's file: 产品检验报告 (R23)."""

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from orders.filing import Item, newest
from orders.models import Order
from production.models import Batch


def of_batches(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """A report of every batch; nothing is left of one whose report of work was taken back."""
    batches = Batch.objects.filter(line__order__in=orders, quantity__gt=0).select_related("line__order").order_by("pk")
    reports = newest("inspection_report", "batch", [batch.pk for batch in batches])
    found: dict[int, list[Item]] = defaultdict(list)
    for batch in batches:
        where = reports.get(batch.pk) or reverse("quality:batches", args=[batch.line.order.number])
        found[batch.line.order_id].append(Item(f"产品检验报告 {batch.number}", batch.pk in reports, where))
    return found
