"""Finding what a page is about: what one may not see answers like what is not there (B7)."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from orders.models import Order, Shipment
from production.models import Batch
from quality import queries

BATCH_CODES = (
    *("inspect_batch", "report_reworked", "approve_concession", "countersign_batch"),
    *("receive_into_stock", "withdraw_inspection", "print_labels"),
)


def a_batch(request: HttpRequest, pk: int) -> Batch:
    seen = Order.objects.visible_to(request.user)  # type: ignore[arg-type]
    return get_object_or_404(queries.with_inspections(Batch.objects.filter(line__order__in=seen)), pk=pk)


def a_shipment(request: HttpRequest, number: str) -> Shipment:
    seen = Shipment.objects.visible_to(request.user).select_related("customer")  # type: ignore[arg-type]
    return get_object_or_404(seen, number=number)


def url(name: str, *args: Any) -> str:
    return reverse(f"quality:{name}", args=args)
