"""Finding what a page is about: what one may not see answers like what is not there (B7)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.paging import page_of
from accounts.roles import ROLES
from orders.models import Order
from production.models import EditionStatus

WORKING = frozenset(ROLES) - {"admin"}

# The pages of an order: URL name, label. Quality, which stands above, adds its own.
PAGES = [
    ("production:technical", "技术确认"),
    ("production:material", "原材料"),
    ("production:dates", "交期"),
    ("production:order", "生产指令单"),
    ("production:work", "排产"),
    ("production:issue", "发料"),
    ("production:report", "报工与完工"),
    ("production:supervision", "监督"),
    ("production:anomalies", "异常"),
    ("production:delay", "延期"),
]


def an_order(request: HttpRequest, number: str) -> Order:
    seen = Order.objects.visible_to(request.user).select_related("customer", "revision", "salesperson", "clerk")  # type: ignore[arg-type]
    return get_object_or_404(seen, number=number)


def page_context(order: Order, here: str) -> dict[str, Any]:
    """What every page of an order shows: its head and the way to its other pages."""
    tabs = [
        {"label": label, "url": reverse(name, args=[order.number]), "active": name.partition(":")[2] == here}
        for name, label in PAGES
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
    tabs = [
        {"label": label, "url": f"{reverse(name)}?shelf={code}", "active": code == shelf} for code, label in SHELVES
    ]
    return {"page": page_of(found, request.GET, ("id",)), "tabs": tabs, "words": words, "shelf": shelf}


def begun_from(request: HttpRequest) -> int | None:
    """The earlier version that `?from=` names."""
    source = request.GET.get("from", "")
    return int(source) if source.isdecimal() and len(source) < 10 else None
