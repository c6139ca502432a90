"""Papers, files and notices in the browser. What one may not see answers like what is not there (B7)."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from documents import access, files, queries, rendering, serving
from documents.models import Document, Notice, Printing


def me(request: HttpRequest) -> User:
    """The person: LoginRequiredMiddleware lets nobody else through."""
    return cast(User, request.user)


def seen_document(request: HttpRequest, public_id: UUID) -> Document:
    rows = Document.objects.select_related("rendering", "continuous", "superseded_by", "withdrawal")
    return get_object_or_404(access.documents_seen_by(me(request), rows), public_id=public_id)


@require_safe
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A paper's page: waits while it is being made, then shows, prints and downloads it."""
    document = seen_document(request, public_id)
    context = {
        "document": document,
        "state": rendering.state_of(document),
        "standing": serving.standing_of(document),
        "versions": versions_of(document),
        "continuous": {"continuous": "1"},
        "printings": document.printings.select_related("by").order_by("-count")[:20],
    }
    return render(request, "documents/document.html", context)


def versions_of(document: Document) -> QuerySet[Document]:
    same = queries.documents_of(document.subject_kind, document.subject_id)
    return same.filter(kind=document.kind).order_by("-version")


@never_cache
@require_safe
def document_pdf(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The copy, stamped with what has become of it: `?print=n` is the n-th print-out, `?download` a file,
    `?continuous` the 241 × 140 mm form."""
    document = seen_document(request, public_id)
    shape = "continuous" if "continuous" in request.GET else "rendering"
    if not hasattr(document, shape):
        return redirect(document)
    try:
        content = serving.copy_of(document, printing_asked_for(request, document), shape)
    except files.Damaged:
        return render(request, "documents/damaged.html", {"document": document}, status=500)
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header("download" in request.GET, rendering.file_name(document))
    response["Content-Disposition"] = disposition or "attachment"
    return shielded(response)


def printing_asked_for(request: HttpRequest, document: Document) -> Printing | None:
    count = request.GET.get("print", "")
    if not count.isdecimal() or len(count) > 6:
        return None
    return document.printings.select_related("by").filter(count=int(count)).first()


@require_POST
def document_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Count a print-out and open its copy; from the second on it bears 补打."""
    document = seen_document(request, public_id)
    printing = serving.count_printing(document, me(request), timezone.now())
    shape = "&continuous" if "continuous" in request.POST else ""
    return redirect(f"{reverse('document-pdf', args=[public_id])}?print={printing.count}{shape}")


@require_POST
def document_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once more for a paper whose rendering failed."""
    document = seen_document(request, public_id)
    rendering.render_again(document)
    return redirect(document)


@never_cache
@require_safe
def attachment(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A file as someone brought it: always a download, never a page of ours (B13)."""
    row = get_object_or_404(access.attachments_seen_by(me(request)), public_id=public_id)
    path = files.path_of("attachments", row.stored)
    if not path.is_file():
        return render(request, "documents/damaged.html", {"attachment": row}, status=500)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type)
    return shielded(response)


def shielded(response: HttpResponseBase) -> HttpResponseBase:
    """Whatever a file contains, it can do nothing in the browser."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


@login_not_required
@never_cache
@require_safe
def standing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the QR leads to: whether that paper still counts. Nothing of what it says, no log-in."""
    document = get_object_or_404(
        Document.objects.select_related("superseded_by", "withdrawal").defer("data", "letterhead"), public_id=public_id
    )
    context = {"document": document, "standing": serving.standing_of(document)}
    return render(request, "documents/standing.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(Notice, pk=pk, recipient=me(request))
    Notice.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(local(notice.url))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    queries.notices_of(me(request)).filter(read_at=None).update(read_at=timezone.now())
    return redirect("notices")


def local(url: str) -> str:
    """`url` if it stays in this house (B17)."""
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else reverse("notices")
