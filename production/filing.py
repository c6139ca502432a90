"""Production's and quality's papers in an order's file: 生产指令单, 产品检验报告 (R18, R23)."""

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from orders.filing import Item, newest
from orders.models import Order
from production.models import Batch


def of_making(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """Where something was made: the order to production, and a report of every batch."""
    batches = list(Batch.objects.filter(line__order__in=orders).select_related("line").order_by("pk"))
    reports = newest("inspection_report", "batch", [batch.pk for batch in batches])
    made: dict[int, list[Batch]] = defaultdict(list)
    for batch in batches:
        made[batch.line.order_id].append(batch)
    issued = newest("production_order", "order", made)
    found: dict[int, list[Item]] = defaultdict(list)
    for order in orders:
        if order.pk not in made:
            continue
        page = reverse("production:order", args=[order.number])
        found[order.pk].append(Item("生产指令单", order.pk in issued, issued.get(order.pk, page)))
        for batch in made[order.pk]:
            where = reports.get(batch.pk) or reverse("production:batches", args=[order.number])
            found[order.pk].append(Item(f"产品检验报告 {batch.number}", batch.pk in reports, where))
    return found
