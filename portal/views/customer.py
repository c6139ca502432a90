"""The customer's page: no log-in, no session, nothing but POST changes anything (B9, B10)."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import address_of
from accounts.web import explain
from audit.errors import AlreadyDone, Refused
from documents import files, rendering, serving
from documents.views import shielded
from orders.models import Shipment, ShipmentState
from portal import queries, standing, tokens, visitors
from portal.actions import words
from portal.forms import Ask, Confirm, Received, Trouble, VisitorForm
from portal.models import CustomerLink

View = Callable[..., HttpResponseBase]
GONE = {
    standing.SUPERSEDED: "这一版订单确认书已由新版取代，不再有效。请打开我司最近发给您的链接。",
    standing.CANCELLED: "此订单已取消，确认书不再有效。如有疑问，请联系我司客服。",
}


def by_token(view: View) -> View:
    """Find the link of the address; whatever is wrong with it, the answer is the same page (B9)."""

    @wraps(view)
    def open_(request: HttpRequest, token: str, **rest: Any) -> HttpResponseBase:
        link = tokens.link_of(token, timezone.now())
        if link is None:
            return closed_to_others(wrong(request))
        if words_ := GONE.get(standing.standing_of(link)):
            return closed_to_others(gone(request, words_, status=410))
        try:
            return closed_to_others(view(request, link, **rest))
        except Http404:
            return closed_to_others(gone(request))

    return login_not_required(never_cache(open_))


def closed_to_others(response: HttpResponseBase) -> HttpResponseBase:
    """The address is a secret: kept by no cache, told to no other site, listed by no search engine.

    `same-origin`, not `no-referrer`: with the latter browsers send `Origin: null`, and no form would be taken.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def wrong(request: HttpRequest) -> HttpResponse:
    """Only wrong addresses are counted and refused: others' tries never close a right one's page."""
    left = visitors.count_wrong_try(request)
    response = gone(request, status=429 if left else 404)
    if left:
        response["Retry-After"] = str(ceil(left.total_seconds()))
    return response


def gone(request: HttpRequest, said: str = "", status: int = 404) -> HttpResponse:
    return render(request, "portal/gone.html", {"said": said}, status=status)


@require_safe
@by_token
def page(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The frozen confirmation with its answer, and how the order goes on."""
    return shown(request, link)


def shown(request: HttpRequest, link: CustomerLink, sent: VisitorForm | None = None, at: str = "") -> HttpResponse:
    """The page; `sent` is a form that came back with errors, `at` which of them it is."""
    said = queries.words_of(link)
    answer = queries.answered(link, said)
    verified = bool(answer.standing) and answer.standing.verdict == "accepted"  # type: ignore[union-attr]
    shipments = queries.shipments_of(link.order)
    context = {
        "link": link,
        "order": link.order,
        "document": link.document,
        "d": link.document.data,
        "firm": link.document.letterhead,
        "token": tokens.token_of(link),
        "answer": answer,
        "verified": verified,
        "follows": bool(answer.standing or link.order.released_at),
        "stages": queries.stages(link.order, verified),
        "promise": queries.promised(link),
        "delays": queries.delays_told(link.order),
        "said": [word for word in said if word.kind in word.ASKING],
        "confirmed": next((word for word in said if word.kind == "confirmed" and word.link_id == link.pk), None),
        "ways": [way_of(link, one, sent, at) for one in shipments],
        "papers": queries.papers_of(link, shipments),
        "money": queries.money(link.order, link.revision.total),
        "confirm": sent if at == "confirm" else Confirm(link=link, auto_id="confirm_%s"),
        "ask": sent if at == "ask" else Ask(link=link, auto_id="ask_%s"),
        "is_ended": link.order.ended_at is not None,
    }
    return render(request, "portal/page.html", context, status=sent.status if sent else 200)


def way_of(link: CustomerLink, shipment: Shipment, sent: VisitorForm | None, at: str) -> dict[str, Any]:
    """A shipment with the forms that it takes now."""
    number = shipment.number
    forms: dict[str, Any] = {}
    if shipment.state == ShipmentState.DISPATCHED:
        here = at == f"received:{number}"
        forms["received"] = sent if here else Received(link=link, auto_id=f"received_{number}_%s")
    if shipment.state in (ShipmentState.DISPATCHED, ShipmentState.ARRIVED):
        here = at == f"trouble:{number}"
        forms["trouble"] = sent if here else Trouble(link=link, auto_id=f"trouble_{number}_%s")
    return {"row": shipment, "word": queries.WAY_WORDS[ShipmentState(shipment.state)], **forms}


@require_POST
@by_token
def confirm(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    form = Confirm(request.POST, request.FILES, link=link, auto_id="confirm_%s")
    return said(request, link, form, words.confirm, link, "confirm")


@require_POST
@by_token
def ask(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    form = Ask(request.POST, link=link, auto_id="ask_%s")
    return said(request, link, form, words.ask_change, link, "ask")


@require_POST
@by_token
def received(request: HttpRequest, link: CustomerLink, number: str) -> HttpResponse:
    form = Received(request.POST, link=link, auto_id=f"received_{number}_%s")
    shipment = shipment_of(link, number)
    answer = said(request, link, form, words.confirm_receipt, shipment, f"received:{number}", link=link)
    if answer.status_code == Refused.status and shipment_of(link, number).state != ShipmentState.DISPATCHED:
        # It was said before, here or by somebody else: the page shows when.
        return redirect("portal:page", tokens.token_of(link))
    return answer


@require_POST
@by_token
def trouble(request: HttpRequest, link: CustomerLink, number: str) -> HttpResponse:
    form = Trouble(request.POST, request.FILES, link=link, auto_id=f"trouble_{number}_%s")
    return said(request, link, form, words.report_trouble, shipment_of(link, number), f"trouble:{number}", link=link)


def shipment_of(link: CustomerLink, number: str) -> Shipment:
    """One of this order's that has left; another's is not there (B7)."""
    found = next((one for one in queries.shipments_of(link.order) if one.number == number), None)
    if found is None:
        raise Http404
    return found


def said(
    request: HttpRequest,
    link: CustomerLink,
    form: VisitorForm,
    action: Callable[..., Any],
    subject: Any,
    at: str,
    /,
    **given: Any,
) -> HttpResponse:
    """Carry out what the form says; the page again, with what is now so, or with what was typed and why not."""
    back = redirect("portal:page", tokens.token_of(link))
    if not form.is_valid():
        form.status = 422
        return shown(request, link, form, at)
    try:
        action(subject, by=None, visitor=visitor(request, form), **form.said(), **given)
    except (AlreadyDone, words.Closed):
        # Done before, or no longer standing: the page says which.
        return back
    except Refused as refusal:
        explain(form, refusal)
    except ValidationError as error:
        form.add_error(None, error.messages)
        form.status = 422
    else:
        return back
    link.order.refresh_from_db()
    return shown(request, link, form, at)


def visitor(request: HttpRequest, form: VisitorForm) -> words.Visitor:
    given = form.cleaned_data
    return words.Visitor(
        name=given["name"],
        mobile=given["mobile"],
        ip=address_of(request),
        agent=visitors.agent_of(request),
        key=given["key"] or form.fields["key"].initial(),  # type: ignore[operator]
    )


@require_safe
@by_token
def paper(request: HttpRequest, link: CustomerLink, public_id: str) -> HttpResponseBase:
    """A paper meant for this customer; any other is not there."""
    meant = queries.papers_of(link, queries.shipments_of(link.order))
    document = get_object_or_404(meant, public_id=public_id)
    if not hasattr(document, "rendering"):
        return render(request, "portal/waiting.html", {"document": document, "firm": document.letterhead})
    try:
        content = serving.copy_of(document)
    except files.Damaged:
        return render(request, "portal/gone.html", {"said": "此单据暂时无法打开，请联系我司客服。"}, status=500)
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header(True, rendering.file_name(document))
    response["Content-Disposition"] = disposition or "attachment"
    return shielded(response)
