"""What waits for technical, production and quality, tab by tab."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import may, roles_of
from accounts.web import open_to
from production import daily, queries
from production.views.shared import BATCH_CODES, WORKING
from production.views.trace import RECALL

FIRST = {
    "technical": ("technical", "material"),
    "production": ("dates", "order", "making"),
    "customer_service": ("order", "making"),
    "cs_supervisor": ("anomalies",),
    "marketing_director": ("anomalies",),
}
FIRST_OF_QUALITY = {
    "quality": ("inspect", "receive", "pass", "outgoing"),
    "customer_service": ("countersign",),
    "production": ("rework",),
    "cs_supervisor": ("concede",),
    "marketing_director": ("concede",),
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


@require_safe
@open_to(WORKING)
def quality(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    labels = {code: label for code, (label, _) in queries.BATCH_SHELVES.items() if code != "all"}
    labels |= {**queries.OTHER_SHELVES, "all": "全部批次"}
    counts = queries.quality_counts(user)
    shelf = chosen(request, labels, FIRST_OF_QUALITY, counts, "inspect")
    context: dict[str, Any] = {"tabs": tabs(labels, counts, shelf), "shelf": shelf}
    context["stopped"] = queries.stopped_standards()
    context["may_trace"] = not roles_of(user).isdisjoint(RECALL)
    if shelf == "outgoing":
        context["page"] = page_of(queries.shipments_to_check(user), request.GET, ("id",))
    elif shelf == "pass":
        context["page"] = page = page_of(queries.orders_to_pass(user), request.GET, ("id",))
        context["rows"] = queries.rows_of(page.rows, timezone.localdate())
    else:
        found = queries.with_inspections(queries.batches_on(shelf, user))
        context["page"] = page = page_of(found, request.GET, ("id",), descending=shelf == "all")
        context["rows"] = queries.with_terms(page.rows)
        context["may"] = {code: may(user, code) for code in BATCH_CODES}
    return render(request, "production/quality.html", context)


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
