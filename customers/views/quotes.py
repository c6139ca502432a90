"""报价单: list, writing and negotiating one, its page with the next steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may, roles_of
from accounts.roles import COST_ROLES, PRICE_ROLES
from accounts.web import needs, open_to, perform, press
from customers import actions, panels, queries
from customers.forms.quotes import AgreeForm, AnswerForm, ContractOfQuoteForm, OrderQuoteForm, QuoteForm, SendForm
from customers.models import Customer, Memo, Quote, QuoteState
from documents.models import Document

SHELVES = {
    "open": "进行中",
    "thin": "待主管同意",
    "over": "过期未答复",
    "accepted": "已接受",
    "lost": "未成交",
    "all": "全部",
}
S = QuoteState


def one(request: HttpRequest, number: str) -> Quote:
    seen = Quote.objects.visible_to(request.user).select_related("customer", "memo", "written_by", "answer_paper")
    return get_object_or_404(seen, number=number)


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "open")
    shelf = shelf if shelf in SHELVES else "open"
    page = page_of(queries.quotes_for(request.user, shelf), request.GET, ("id",), descending=True)
    context = {
        "page": page,
        "tabs": [{"label": label, "url": f"?shelf={code}", "active": code == shelf} for code, label in SHELVES.items()],
        "may_add": may(request.user, "write_quote"),
        "today": timezone.localdate(),
    }
    return render(request, "customers/quotes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_quote")
def add(request: HttpRequest) -> HttpResponse:
    """A new quote; `?customer=` and `?memo=` fill in what is known."""
    memo = memo_asked_for(request)
    form = QuoteForm(request.POST if request.method == "POST" else None, user=request.user)
    form.initial.update(first_values(request, memo))
    done = perform(request, form, actions.write_quote, said="报价单已起草。", memo=memo)
    return done or render(request, "customers/quote_form.html", {"form": form, "memo": memo}, status=form.status)


def memo_asked_for(request: HttpRequest) -> Memo | None:
    number = request.GET.get("memo", "")
    seen = Memo.objects.visible_to(request.user).exclude(customer=None).select_related("customer")
    return seen.filter(number=number).first() if number and "\0" not in number else None


def first_values(request: HttpRequest, memo: Memo | None) -> dict[str, Any]:
    if memo:
        return {"customer": memo.customer, "inquiry": memo.words[:2000]}
    code = request.GET.get("customer", "")[:20]
    visible = Customer.objects.visible_to(request.user)
    return {"customer": visible.filter(code=code).first()} if code and "\0" not in code else {}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_quote")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    quote = one(request, number)
    form = QuoteForm(request.POST if request.method == "POST" else None, user=request.user, instance=quote)
    done = perform(request, form, actions.change_quote, quote, said="报价已保存。")
    return done or render(request, "customers/quote_form.html", {"form": form, "quote": quote}, status=form.status)


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, one(request, number))


def page(request: HttpRequest, quote: Quote, refused: ActionForm | None = None, code: str = "") -> HttpResponse:
    user = request.user
    today = timezone.localdate()
    forms = {deed: refused if deed == code else FORMS[deed](subject=quote, auto_id=f"{deed}_%s") for deed in FORMS}
    wants_word = actions.wants_word(quote)
    contracts = list(quote.contracts.order_by("pk"))  # type: ignore[attr-defined]
    drafting = refused if isinstance(refused, ContractOfQuoteForm) else ContractOfQuoteForm(auto_id="draft_%s")
    offered = {
        "agree_quote": wants_word,
        "send_quote": quote.state == S.DRAFT and not wants_word and not quote.is_over(today),
        "accept_quote": quote.state == S.SENT and not quote.is_over(today),
        "lose_quote": quote.state == S.SENT,
    }
    context = {
        "quote": quote,
        "lines": quote.lines.select_related("product"),  # type: ignore[attr-defined]
        "papers": Document.objects.filter(kind="quote", subject_kind="quote", subject_id=quote.pk).order_by("-version"),
        "contracts": contracts,
        "forms": forms,
        "offered": {deed: open_ and may(user, deed) for deed, open_ in offered.items()},
        "asks_word": wants_word and may(user, "ask_quote_margin"),
        "wants_word": wants_word,
        "sees_costs": not roles_of(user).isdisjoint(COST_ROLES),
        "is_over": quote.is_over(today) and quote.state != S.ACCEPTED,
        "may_change": may(user, "change_quote") and quote.state != S.ACCEPTED,
        "may_order": may(user, "order_quote")
        and quote.state == S.ACCEPTED
        and not quote.order_number
        and not quote.is_over(today),
        "order_form": OrderQuoteForm(quote=quote, auto_id="order_%s") if quote.has_tiers else None,
        "may_draft": may(user, "draft_contract")
        and quote.state == S.ACCEPTED
        and all(row.ended_at for row in contracts),
        "draft_form": drafting if len(drafting.templates) > 1 else None,
        "refused": refused,
        "events": panels.quote_timeline(quote),
    }
    return render(request, "customers/quote.html", context, status=refused.status if refused else 200)


FORMS: dict[str, Any] = {
    "agree_quote": AgreeForm,
    "send_quote": SendForm,
    "accept_quote": AnswerForm,
    "lose_quote": AnswerForm,
}
ACTIONS = {
    "agree_quote": (actions.agree_quote, "已同意。"),
    "send_quote": (actions.send_quote, "已报出。"),
    "accept_quote": (actions.accept_quote, "已登记客户接受。"),
    "lose_quote": (actions.lose_quote, "已登记未成交。"),
}


def step(request: HttpRequest, number: str, code: str) -> HttpResponse:
    quote = one(request, number)
    form = FORMS[code](request.POST, request.FILES, subject=quote, auto_id=f"{code}_%s")
    action, said = ACTIONS[code]
    return perform(request, form, action, quote, said=said) or page(request, quote, form, code)


@require_POST
@needs("agree_quote")
def agree(request: HttpRequest, number: str) -> HttpResponse:
    return step(request, number, "agree_quote")


@require_POST
@needs("send_quote")
def send(request: HttpRequest, number: str) -> HttpResponse:
    return step(request, number, "send_quote")


@require_POST
@needs("accept_quote")
def accept(request: HttpRequest, number: str) -> HttpResponse:
    return step(request, number, "accept_quote")


@require_POST
@needs("lose_quote")
def lose(request: HttpRequest, number: str) -> HttpResponse:
    return step(request, number, "lose_quote")


@require_POST
@needs("ask_quote_margin")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    return press(request, actions.ask_quote_margin, one(request, number), said="已请主管过目。")


@require_POST
@needs("draft_contract")
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """A contract of an accepted quote, prices carried, in one click."""
    quote = one(request, number)
    form = ContractOfQuoteForm(request.POST, auto_id="draft_%s")
    done = perform(
        request,
        form,
        actions.draft_contract,
        quote.customer,
        to=lambda made: made.get_absolute_url(),
        said="合同已起草。",
        quote=quote,
    )
    return done or page(request, quote, form, "contract")
