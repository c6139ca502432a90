"""Staff's side of a customer's page: its links, what was said there, and the answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform, press
from orders.deeds import unanswered
from orders.views.shared import an_order
from portal import tokens
from portal.actions import links, words
from portal.forms import AnswerForm
from portal.models import CustomerLink, Word


@require_safe
@open_to(PRICE_ROLES)
def desk(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    revision = unanswered(order)
    found = CustomerLink.objects.filter(order=order).select_related("revision", "contact", "made_by", "revoked_by")
    said = Word.objects.filter(order=order).select_related("answer__by", "drawn", "paper", "shipment", "link__revision")
    manages = may(request.user, "make_customer_link")
    standing = [one for one in found if one.revoked_at is None]
    context = {
        "order": order,
        "links": found,
        # The address opens the page to whoever holds it: for those alone who send it to the customer.
        "addresses": [(one, tokens.url_of(one)) for one in standing] if manages else [],
        "manages": manages,
        "may_make": manages and revision is not None and not any(one.revision_id == revision.pk for one in standing),
        "asked": [answering(word, request) for word in said if word.kind in Word.ASKING],
        "said": [word for word in said if word.kind not in Word.ASKING],
    }
    return render(request, "portal/desk.html", context)


def answering(word: Word, request: HttpRequest) -> tuple[Word, AnswerForm | None]:
    """A question, with the form of its answer for those who may give it."""
    open_ = not hasattr(word, "answer") and may(request.user, "answer_customer")
    return word, AnswerForm(auto_id=f"answer{word.pk}_%s") if open_ else None


@require_POST
@needs("make_customer_link")
def make(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    revision = unanswered(order)
    if revision is None:
        messages.warning(request, "此单没有已批准的版本，不能生成客户链接。")
        return redirect("portal:desk", number)
    return press(request, links.make_link, revision, to=back(number), said="客户链接已生成，可复制给客户。")


@require_POST
@needs("revoke_customer_link")
def revoke(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    link = get_object_or_404(CustomerLink, pk=pk, order=an_order(request, number))
    form = ActionForm(request.POST)
    return press(request, links.revoke_link, link, form=form, to=back(number), said="客户链接已撤销。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("answer_customer")
def answer(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    order = an_order(request, number)
    word = get_object_or_404(Word, pk=pk, order=order, kind__in=Word.ASKING)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    return perform(request, form, words.answer, word, to=back(number), said="已答复客户。") or render(
        request, "portal/answer.html", {"order": order, "word": word, "form": form}, status=form.status
    )


def back(number: str) -> str:
    return reverse("portal:desk", args=[number])
