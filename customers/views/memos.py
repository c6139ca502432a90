"""客户信息备忘录: list, writing one, its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from customers import actions, panels, queries
from customers.forms import FindMemoForm, MemoForm, SupplementForm, ToldForm
from customers.models import Customer, Memo
from documents.queries import attachments_of, current_document


def one(request: HttpRequest, number: str) -> Memo:
    visible = Memo.objects.visible_to(request.user).select_related("customer", "taken_by", "told_by")
    return get_object_or_404(visible, number=number)


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindMemoForm(request.GET)
    page = page_of(queries.memos_for(request.user, **find.asked()), request.GET, ("id",), descending=True)
    context = {"find": find, "page": page, "may_add": may(request.user, "write_memo")}
    return render(request, "customers/memos.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_memo")
def add(request: HttpRequest) -> HttpResponse:
    form = MemoForm(request.POST or None, request.FILES or None, user=request.user)
    if code := request.GET.get("customer", ""):
        form.initial["customer"] = Customer.objects.visible_to(request.user).filter(code=code[:20]).first()
    return perform(request, form, actions.write_memo, said="备忘录已记录。") or render(
        request, "customers/memo_form.html", {"form": form}, status=form.status
    )


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, one(request, number))


def page(
    request: HttpRequest, memo: Memo, told: ActionForm | None = None, more: ActionForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "memo": memo,
        "paper": current_document("memo", "memo", memo.pk),
        "attachments": attachments_of("memo", memo.pk),
        "told_form": told or ToldForm(instance=memo, auto_id="told_%s"),
        "more_form": more or SupplementForm(subject=memo, initial={"missing": memo.missing}, auto_id="more_%s"),
        "may_tell": may(request.user, "tell_reply") and not memo.told_at,
        "may_supplement": may(request.user, "supplement_memo"),
        "may_quote": bool(memo.customer_id) and may(request.user, "write_quote"),
        "quote_url": f"{reverse('customers:add_quote')}?memo={memo.number}",
        "events": panels.memo_timeline(memo),
    }
    status = (told or more or context["told_form"]).status
    return render(request, "customers/memo.html", context, status=status)


@require_POST
@needs("tell_reply")
def tell(request: HttpRequest, number: str) -> HttpResponse:
    memo = one(request, number)
    form = ToldForm(request.POST, instance=memo, auto_id="told_%s")
    return perform(request, form, actions.tell_reply, memo, said="已登记告知。") or page(request, memo, told=form)


@require_POST
@needs("supplement_memo")
def supplement(request: HttpRequest, number: str) -> HttpResponse:
    memo = one(request, number)
    form = SupplementForm(request.POST, subject=memo, auto_id="more_%s")
    return perform(request, form, actions.supplement_memo, memo, said="已补记。") or page(request, memo, more=form)
