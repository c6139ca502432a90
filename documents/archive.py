"""The archive in the browser: finding papers, printing several at once, a month as a ZIP."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may, sees_prices
from accounts.web import needs, perform, press, refused
from documents import access, actions, bundles, files, kinds, outbox, queries
from documents.find import ExportForm, FindForm, PrintForm
from documents.models import Bundle, OutboxRow
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
        "rows": [(row, titles.get(row.kind, row.title)) for row in page.rows],
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


def own_bundle(request: HttpRequest, public_id: UUID) -> Bundle:
    bundle = get_object_or_404(Bundle.objects.select_related("file"), public_id=public_id)
    if not access.is_seen(me(request), bundle):
        raise Http404
    return bundle


@never_cache
@require_safe
def bundle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Waits while the file is being made, refreshing itself, then gives it."""
    found = own_bundle(request, public_id)
    context: dict[str, Any] = {"bundle": found, "state": bundles.state_of(found), "kept": bundles.KEPT.days}
    return render(request, "documents/bundle.html", context)


@never_cache
@require_safe
def bundle_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    found = own_bundle(request, public_id)
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
def bundle_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once more for a file that could not be made."""
    found = own_bundle(request, public_id)
    row = OutboxRow.objects.filter(channel="bundle", key=bundles.KEY.format(found.pk)).first()
    if row:
        outbox.send_again(row)
    return redirect(found)
