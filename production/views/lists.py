"""What waits for technical, production and quality, tab by tab."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import roles_of
from accounts.web import open_to
from production import daily, queries
from production.views.shared import WORKING

FIRST = {
    "technical": ("technical", "material"),
    "production": ("dates", "order", "making"),
    "customer_service": ("order", "making"),
    "cs_supervisor": ("anomalies",),
    "marketing_director": ("anomalies",),
}


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    counts = queries.counts(request.user)  # type: ignore[arg-type]
    shelf = chosen(request, queries.SHELVES, FIRST, counts, "making")
    page = page_of(queries.orders_on(shelf, request.user), request.GET, ("id",))  # type: ignore[arg-type]
    labels = {code: one.label for code, one in queries.SHELVES.items()}
    context = {
        "tabs": tabs(labels, counts, shelf),
        "page": page,
        "rows": queries.rows_of(page.rows, timezone.localdate()),
        "target": queries.SHELVES[shelf].page,
        "may_see_days": not roles_of(request.user).isdisjoint(daily.ROLES),
    }
    return render(request, "production/index.html", context)


def chosen(
    request: HttpRequest, known: Any, first: dict[str, tuple[str, ...]], counts: dict[str, int], otherwise: str
) -> str:
    """The tab asked for; else the first of the person's roles on which something waits."""
    asked = request.GET.get("shelf", "")
    if asked in known:
        return asked
    roles = roles_of(request.user)
    mine = [code for role, codes in first.items() if role in roles for code in codes]
    return next((code for code in mine if counts.get(code)), mine[0] if mine else otherwise)


def tabs(labels: dict[str, str], counts: dict[str, int], here: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?shelf={code}", "active": code == here, "count": counts.get(code)}
        for code, label in labels.items()
    ]
