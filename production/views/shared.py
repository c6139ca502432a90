"""Finding what a page is about: what one may not see answers like what is not there (B7)."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.roles import ROLES
from orders.models import Order, Shipment
from production import queries
from production.models import Batch

WORKING = frozenset(ROLES) - {"admin"}

BATCH_CODES = ("inspect_batch", "countersign_batch", "receive_into_stock", "withdraw_inspection", "print_labels")

# The pages of an order in this department: slug, label.
PAGES = (
    ("technical", "技术确认"),
    ("material", "原材料"),
    ("dates", "交期"),
    ("order", "生产指令单"),
    ("issue", "发料"),
    ("report", "报工与完工"),
    ("supervision", "监督"),
    ("anomalies", "异常"),
    ("delay", "延期"),
    ("batches", "检验入库"),
)


def an_order(request: HttpRequest, number: str) -> Order:
    seen = Order.objects.visible_to(request.user).select_related("customer", "revision", "salesperson", "clerk")  # type: ignore[arg-type]
    return get_object_or_404(seen, number=number)


def a_batch(request: HttpRequest, pk: int) -> Batch:
    seen = Order.objects.visible_to(request.user)  # type: ignore[arg-type]
    return get_object_or_404(queries.with_inspections(Batch.objects.filter(line__order__in=seen)), pk=pk)


def a_shipment(request: HttpRequest, number: str) -> Shipment:
    seen = Shipment.objects.visible_to(request.user).select_related("customer")  # type: ignore[arg-type]
    return get_object_or_404(seen, number=number)


def page_context(order: Order, here: str) -> dict[str, Any]:
    """What every page of an order shows: its head and the way to its other pages."""
    tabs = [
        {"label": label, "url": reverse(f"production:{slug}", args=[order.number]), "active": slug == here}
        for slug, label in PAGES
    ]
    return {"order": order, "tabs": tabs}


def url(name: str, *args: Any) -> str:
    return reverse(f"production:{name}", args=args)
