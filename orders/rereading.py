"""Re-reading what is owed outside an action: after a change of policy, contract or price list, and as time passes."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from documents import outbox
from flow import owed
from orders.frame import OrderAct, lock_orders, touched
from orders.models import Order


def affected(payload: dict[str, Any]) -> QuerySet[Order]:
    """The open orders that a change named in an outbox row's payload may concern; all of them for {}."""
    orders = Order.objects.open()
    if "customer" in payload:
        orders = orders.filter(customer=payload["customer"])
    if "grade" in payload:
        orders = orders.filter(customer__grade=payload["grade"])
    if "product" in payload:
        orders = orders.filter(revisions__lines__product=payload["product"]).distinct()
    return orders


def reread(orders: QuerySet[Order]) -> int:
    """Read the gates of these orders again, in blocks by id, each block under its locks; how many orders."""
    count = 0
    for ids in owed.blocks(orders.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            at = timezone.now()
            act = OrderAct("reread", None, at)
            act.orders = lock_orders(ids)
            owed.refresh(touched(act), at=at)
        count += len(ids)
        outbox.keep_lease()
    return count
