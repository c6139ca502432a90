"""追溯: one number in, where its goods came from and where they went."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.web import open_to
from quality import trace

RECALL = frozenset({"quality", "technical", "production", "customer_service", "cs_supervisor", "marketing_director"})


@require_safe
@open_to(RECALL)
def index(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("q", "").strip()[:40]
    if not number:
        return render(request, "quality/trace.html", {"number": ""})
    traced = trace.traced(number, request.user)  # type: ignore[arg-type]
    gone = trace.gone_to(traced.lots, request.user)  # type: ignore[arg-type]
    if "csv" in request.GET:
        answer = StreamingHttpResponse(trace.as_csv(gone), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="trace-{timezone.localdate():%Y%m%d}.csv"'
        return answer  # type: ignore[return-value]
    context = {
        "number": number,
        "traced": traced,
        "page": page_of(gone, request.GET, ("id",)),
        "customers": trace.customers_of(gone),
    }
    return render(request, "quality/trace.html", context)
