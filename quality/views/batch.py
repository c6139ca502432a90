"""A batch by itself: every inspection of it, what was found, who signed, what is on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import may
from accounts.web import open_to
from documents.queries import documents_of
from orders.models.order import RELEASED
from production.views.shared import WORKING, page_context
from quality import queries
from quality.measures import measures_of
from quality.views.shared import BATCH_CODES, a_batch

MOST_PAPERS = 50


@require_safe
@open_to(WORKING)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    rows = queries.with_terms([batch])
    terms = rows[0][1]
    context = page_context(batch.line.order, "batches") | {
        "batch": batch,
        "rows": rows,
        "terms": terms,
        "inspections": queries.inspections_of(batch),
        "receipts": queries.receipts_of(batch),
        "reports": queries.reports_in(batch),
        "measures": measures_of(terms.product, batch.quantity, terms.unit) if terms else [],
        "papers": documents_of("batch", batch.pk)[:MOST_PAPERS],
        "may": {code: may(request.user, code) for code in BATCH_CODES},
        "going": batch.line.order.state in RELEASED,
    }
    return render(request, "quality/batch_detail.html", context)
