"""The archive in the browser: finding papers, printing several at once, a month as a ZIP."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may, sees_prices
from accounts.web import needs, perform, press, refused
from documents import access, actions, bundles, files, kinds, outbox, queries
from documents.find import ExportForm, FindForm, PrintForm
from documents.models import Bundle, Document, OutboxRow
from documents.views import me, shielded

ENDINGS = {Bundle.Kind.PRINT: ("pdf", "application/pdf"), Bundle.Kind.MONTH: ("zip", "application/zip")}


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Every paper one may see, newest first; found by number, order, customer, kind and month."""
    user = me(request)
    find = FindForm(request.GET, prices=sees_prices(user), auto_id="find_%s")
    asked = find.asked()
    found = queries.archive(user, **asked)
    page, titles = page_of(found, request.GET, ("made_at", "id"), descending=True), kinds.titles(prices=True)
    context = {
        "find": find,
        "narrowed": any(asked.values()),
        "page": page,
        "rows": [(row, titles[row.kind]) for row in page.rows],
        "count": queries.count_up_to(found, queries.MOST_COUNTED),
        "month": find.month_words(),
        "export": find.fields_of_export() if asked["month"] and may(user, "export_papers") else None,
        "may_print": may(user, "print_papers"),
    }
    return render(request, "documents/archive.html", context)


@require_POST
@needs("print_papers")
def print_selected(request: HttpRequest) -> HttpResponse:
    form = PrintForm(request.POST, papers=access.documents_seen_by(me(request)).defer("data", "letterhead"))
    return perform(request, form, actions.print_papers, said="已登记打印。") or refused(request, form)


@require_POST
@needs("export_papers")
def export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST, prices=sees_prices(me(request)))
    return press(request, actions.export_papers, None, form=form, said="正在导出。")


def own_bundle(request: HttpRequest, pk: int) -> Bundle:
    """One's own, and only while every paper in it is still one's to see (B7, B8)."""
    bundle = get_object_or_404(Bundle.objects.select_related("file"), pk=pk, by=me(request))
    papers = [document for document, _ in bundle.items]
    seen = access.documents_seen_by(me(request), Document.objects.filter(pk__in=papers)).count()
    return bundle if seen == len(papers) else get_object_or_404(Bundle, pk=0)


@never_cache
@require_safe
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Waits while the file is being made, refreshing itself, then gives it."""
    found = own_bundle(request, pk)
    context: dict[str, Any] = {"bundle": found, "state": bundles.state_of(found), "kept": bundles.KEPT.days}
    return render(request, "documents/bundle.html", context)


@never_cache
@require_safe
def bundle_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = own_bundle(request, pk)
    if bundles.state_of(found) != "ready":
        return redirect(found)
    ending, content_type = ENDINGS[Bundle.Kind(found.kind)]
    file = files.path_of("bundles", found.file.stored).open("rb")
    return shielded(
        FileResponse(
            file,
            as_attachment=ending == "zip",
            filename=f"{found.title}.{ending}",
            content_type=content_type,
        )
    )


@require_POST
def bundle_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more for a file that could not be made."""
    found = own_bundle(request, pk)
    row = OutboxRow.objects.filter(channel="bundle", key=bundles.KEY.format(found.pk)).first()
    if row:
        outbox.send_again(row)
    return redirect(found)
