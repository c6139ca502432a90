"""Finding what a page is about: what one may not see answers like what is not there (B7)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.paging import page_of
from accounts.roles import ROLES
from orders.models import Order, Shipment
from production import queries
from production.models import Batch, EditionStatus

WORKING = frozenset(ROLES) - {"admin"}

BATCH_CODES = (
    *("inspect_batch", "report_reworked", "approve_concession", "countersign_batch"),
    *("receive_into_stock", "withdraw_inspection", "print_labels"),
)

# The pages of an order in this department: slug, label.
PAGES = (
    ("technical", "技术确认"),
    ("material", "原材料"),
    ("dates", "交期"),
    ("order", "生产指令单"),
    ("work", "排产"),
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


SHELVES = (("in_force", "现行"), ("draft", "草稿"), ("replaced", "已替代"))


def shelves_of(request: HttpRequest, found: "QuerySet[Any]", name: str) -> dict[str, Any]:
    """The list of standards or process cards: a tab for each status, found by the product's words."""
    shelf = request.GET.get("shelf", "in_force")
    shelf = shelf if shelf in EditionStatus.values else "in_force"
    words = request.GET.get("q", "").strip()
    found = found.filter(status=shelf)
    if words:
        found = found.filter(product__search__matches=words)
    tabs = [{"label": label, "url": f"{url(name)}?shelf={code}", "active": code == shelf} for code, label in SHELVES]
    return {"page": page_of(found, request.GET, ("id",)), "tabs": tabs, "words": words, "shelf": shelf}


def begun_from(request: HttpRequest) -> int | None:
    """The earlier version that `?from=` names."""
    source = request.GET.get("from", "")
    return int(source) if source.isdecimal() and len(source) < 10 else None
