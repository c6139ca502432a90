"""客户销售合同: the list by standing, drafting and changing one, reviews, in force, ended; and the templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform, press
from customers import actions, queries
from customers.actions.contracts import lacking_reviews
from customers.clauses import filled
from customers.forms.contracts import ContractForm, EndForm, InForceForm, ReviewForm, TemplateForm
from customers.models import Contract, ContractTemplate, Customer
from documents.queries import current_document

SHELVES = {"review": "待评审", "signing": "待签回", "in_force": "生效", "ending": "一个月内到期", "ended": "已停用"}


def one(request: HttpRequest, pk: int) -> Contract:
    seen = Contract.objects.visible_to(request.user).select_related("customer", "scan", "quote")
    return get_object_or_404(seen, pk=pk)


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "review")
    shelf = shelf if shelf in SHELVES else "review"
    page = page_of(queries.contracts_on(request.user, shelf), request.GET, ("id",), descending=True)
    context = {
        "page": page,
        "tabs": [{"label": label, "url": f"?shelf={code}", "active": code == shelf} for code, label in SHELVES.items()],
        "may_change_template": may(request.user, "change_template"),
        "today": timezone.localdate(),
    }
    return render(request, "customers/contracts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_contract")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """A draft by hand, with the clauses of the template in use."""
    visible = Customer.objects.visible_to(request.user)
    customer = get_object_or_404(visible, code=code)
    form = ContractForm(request.POST if request.method == "POST" else None)
    template = queries.template_in_use()
    form.initial["clauses"] = template.clauses if template else ""
    done = perform(
        request, form, actions.change_contract, customer, to=lambda made: made.get_absolute_url(), said="合同已起草。"
    )
    context = {"form": form, "customer": customer}
    return done or render(request, "customers/contract_form.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_contract")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    contract = one(request, pk)
    form = ContractForm(request.POST if request.method == "POST" else None, instance=contract)
    done = perform(
        request, form, actions.change_contract, contract.customer, to=contract.get_absolute_url(), part=contract
    )
    context = {"form": form, "customer": contract.customer, "contract": contract}
    return done or render(request, "customers/contract_form.html", context, status=form.status)


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, one(request, pk))


FORMS: dict[str, Any] = {
    "review_contract_fin": ReviewForm,
    "review_contract_legal": ReviewForm,
    "put_contract_in_force": InForceForm,
    "end_contract": EndForm,
}


def page(request: HttpRequest, contract: Contract, refused: ActionForm | None = None, code: str = "") -> HttpResponse:
    user = request.user
    lacking = lacking_reviews(contract) if contract.is_draft else []
    ended = not contract.is_active and not contract.is_draft
    offered = {
        "review_contract_fin": contract.is_draft,
        "review_contract_legal": contract.is_draft,
        "put_contract_in_force": contract.is_draft and not lacking,
        "end_contract": not ended,
    }
    context = {
        "contract": contract,
        "lacking": lacking,
        "clauses": filled(contract),
        "prices": contract.prices.select_related("product").order_by("product__code", "from_quantity"),  # type: ignore[attr-defined]
        "stages": contract.stages.order_by("position"),  # type: ignore[attr-defined]
        "reviews": contract.reviews.select_related("by").order_by("-pk"),  # type: ignore[attr-defined]
        "paper": current_document("contract", "contract", contract.pk),
        "forms": {
            deed: refused if deed == code else FORMS[deed](subject=contract, auto_id=f"{deed}_%s") for deed in FORMS
        },
        "offered": {deed: open_ and may(user, deed) for deed, open_ in offered.items()},
        "may_change": contract.is_draft and may(user, "change_contract"),
        "may_ask": bool(lacking) and may(user, "ask_contract_review"),
        "refused": refused,
        "today": timezone.localdate(),
    }
    return render(request, "customers/contract.html", context, status=refused.status if refused else 200)


ACTIONS = {
    "review_contract_fin": actions.review_contract_fin,
    "review_contract_legal": actions.review_contract_legal,
    "put_contract_in_force": actions.put_contract_in_force,
    "end_contract": actions.end_contract,
}


def step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    contract = one(request, pk)
    form = FORMS[code](request.POST, request.FILES, subject=contract, auto_id=f"{code}_%s")
    here = contract.get_absolute_url()
    done = perform(request, form, ACTIONS[code], contract.customer, to=here, said="已办理。", part=contract)
    return done or page(request, contract, form, code)


@require_POST
@needs("review_contract_fin")
def review_fin(request: HttpRequest, pk: int) -> HttpResponse:
    return step(request, pk, "review_contract_fin")


@require_POST
@needs("review_contract_legal")
def review_legal(request: HttpRequest, pk: int) -> HttpResponse:
    return step(request, pk, "review_contract_legal")


@require_POST
@needs("put_contract_in_force")
def in_force(request: HttpRequest, pk: int) -> HttpResponse:
    return step(request, pk, "put_contract_in_force")


@require_POST
@needs("end_contract")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    return step(request, pk, "end_contract")


@require_POST
@needs("ask_contract_review")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    contract = one(request, pk)
    here = contract.get_absolute_url()
    return press(
        request, actions.ask_contract_review, contract.customer, to=here, said="已请财务、法务评审。", part=contract
    )


@require_safe
@open_to(PRICE_ROLES)
def templates(request: HttpRequest) -> HttpResponse:
    context = {
        "templates": ContractTemplate.objects.order_by("-is_active", "name"),
        "may_change": may(request.user, "change_template"),
    }
    return render(request, "customers/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_template")
def template(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    record = None if pk is None else get_object_or_404(ContractTemplate, pk=pk)
    form = TemplateForm(request.POST if request.method == "POST" else None, instance=record)
    done = perform(request, form, actions.change_template, record, to=reverse("customers:templates"))
    context = {"form": form, "title": "新增合同模板" if record is None else f"修改 {record.name}"}
    return done or render(request, "customers/template_form.html", context, status=form.status)
