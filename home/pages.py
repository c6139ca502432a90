"""The home of the day's work, the page of one kind of it, and the search."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import roles_of
from accounts.roles import PRICE_ROLES
from catalog.queries import products
from customers.queries import customers_for
from flow import subjects
from home import todo
from orders import queries as orders
from orders.models import Order, Shipment, State

MOST_FOUND = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the person's roles owe: own orders first, then the role's rest, oldest first."""
    groups = todo.groups(request.user, timezone.now())  # type: ignore[arg-type]
    context = {
        "groups": groups,
        "count": sum(group.count for group in groups),
        "late": sum(group.late for group in groups),
        "mine": sum(group.mine for group in groups),
        "has_roles": bool(roles_of(request.user)),
    }
    return render(request, "home/home.html", context)


@require_safe
def kind(request: HttpRequest, subject: str, what: str) -> HttpResponse:
    """All of one kind of thing owed, oldest first."""
    if not subjects.known(subject) or todo.registry.step(subject, what) is None:
        raise Http404
    mine = request.GET.get("mine") == "1"
    page = page_of(todo.of_kind(request.user, subject, what, mine=mine), request.GET, ("since", "id"))  # type: ignore[arg-type]
    context = {
        "label": todo.label_of(subject, what),
        "page": page,
        "rows": todo.todos(todo.with_columns(page.rows), request.user, timezone.now()),  # type: ignore[arg-type]
        "tabs": [
            {"label": "全部", "url": request.path, "active": not mine, "count": None},
            {"label": "我的订单", "url": f"{request.path}?mine=1", "active": mine, "count": None},
        ],
    }
    return render(request, "home/kind.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """An exact number leads straight there; other words find orders, customers and products."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    user = request.user
    if found := exact(request, words.upper()):
        return redirect(found)
    held = roles_of(user)
    rows = orders.listed(user, {"q": words}, timezone.localdate()) if words else Order.objects.none()  # type: ignore[arg-type]
    light = rows.order_by("-created_at", "-id").values("number", "state", "customer__name", "created_at")
    context = {
        "q": words,
        "orders": [row | {"state_label": State(row["state"]).label} for row in light[:MOST_FOUND]],
        "customers": customers_for(user, words)[:MOST_FOUND] if words and held & PRICE_ROLES else [],
        "products": products(words)[:MOST_FOUND] if words and held else [],
    }
    return render(request, "home/search.html", context)


def exact(request: HttpRequest, number: str) -> str:
    if number.startswith("SO-"):
        return todo.find_order(request.user, number)  # type: ignore[arg-type]
    shipment = Shipment.objects.visible_to(request.user).filter(number=number).first() if "-" in number else None  # type: ignore[arg-type]
    return shipment.get_absolute_url() if shipment else ""
