"""What waits for quality, tab by tab."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import may, roles_of
from accounts.web import open_to
from production.queries import rows_of
from production.views.lists import chosen, tabs
from production.views.shared import WORKING
from quality import queries
from quality.views.shared import BATCH_CODES
from quality.views.trace import RECALL

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
        context["rows"] = rows_of(page.rows, timezone.localdate())
    else:
        found = queries.with_inspections(queries.batches_on(shelf, user))
        context["page"] = page = page_of(found, request.GET, ("id",), descending=shelf == "all")
        context["rows"] = queries.with_terms(page.rows)
        context["may"] = {code: may(user, code) for code in BATCH_CODES}
    return render(request, "quality/index.html", context)
