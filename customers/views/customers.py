"""The list of customers, a customer's page, and the forms on it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms_base import RecordForm
from accounts.paging import page_of
from accounts.permissions import may, sees_prices
from accounts.pickers import suggested
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from customers import actions, panels, queries
from customers.forms import (
    AddressForm,
    ContactForm,
    CustomerEditForm,
    CustomerForm,
    FindForm,
    GradeForm,
    LimitForm,
)
from customers.models import Customer
from customers.terms import terms_for


def one(request: HttpRequest, code: str) -> Customer:
    """The customer, if this person sees it; else as if there were none (B7)."""
    visible = Customer.objects.visible_to(request.user).select_related("salesperson", "clerk")
    return get_object_or_404(visible, code=code)


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    page = page_of(queries.customers_for(request.user, **find.asked()), request.GET, ("pinyin", "id"))
    context = {"find": find, "page": page, "may_add": may(request.user, "add_customer")}
    return render(request, "customers/list.html", context)


@require_safe
@open_to(PRICE_ROLES)
def options(request: HttpRequest) -> HttpResponse:
    """Suggestions for a customer being typed."""
    words = str(next(iter(request.GET.values()), ""))
    rows = suggested(queries.customers_for(request.user, words), words)
    return render(request, "widgets/options.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_customer")
def add(request: HttpRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, user=request.user)
    return perform(request, form, actions.add_customer, said="已建档。") or render(
        request, "customers/form.html", {"form": form, "title": "新建客户"}, status=form.status
    )


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    customer = one(request, code)
    seen = sees_prices(request.user)
    today = timezone.localdate()
    context = {
        "customer": customer,
        "contacts": queries.contacts_of(customer),
        "addresses": queries.addresses_of(customer),
        "quotes": queries.quotes_for(request.user, "all").filter(customer=customer)[:5] if seen else [],
        "memos": queries.memos_for(request.user).filter(customer=customer)[:8],
        "stand_ins": customer.stand_ins.order_by("name"),
        "terms": terms_for(customer, today) if seen else None,
        "contracts": queries.contracts_of(customer) if seen else [],
        "today": today,
        "sees_prices": seen,
        "may": {code: may(request.user, code) for code in panels.BUTTONS},
        "events": panels.timeline(customer, seen),
    }
    return render(request, "customers/detail.html", context)


def form_page(request: HttpRequest, customer: Customer, form: RecordForm, title: str) -> HttpResponse:
    return render(
        request, "customers/form.html", {"form": form, "customer": customer, "title": title}, status=form.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_customer")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    customer = one(request, code)
    form = CustomerEditForm(request.POST or None, instance=customer, user=request.user)
    return perform(request, form, actions.change_customer, customer) or form_page(
        request, one(request, code), form, "修改客户资料"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_grade")
def grade(request: HttpRequest, code: str) -> HttpResponse:
    customer = one(request, code)
    form = GradeForm(request.POST or None, instance=customer)
    return perform(request, form, actions.change_grade, customer, said="等级已调整。") or form_page(
        request, customer, form, "调整客户等级"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("set_credit_limit")
def limit(request: HttpRequest, code: str) -> HttpResponse:
    customer = one(request, code)
    form = LimitForm(request.POST or None, instance=customer)
    return perform(request, form, actions.set_credit_limit, customer, said="信用额度已更新。") or form_page(
        request, customer, form, "评定信用额度"
    )


def part_page(
    request: HttpRequest,
    code: str,
    pk: int | None,
    *,
    form_class: type[RecordForm],
    action: Callable[..., Any],
    what: str,
) -> HttpResponse:
    """Add or change a record of a customer; it is looked up among this customer's own (B7)."""
    customer = one(request, code)
    records = form_class._meta.model._default_manager.filter(customer=customer)  # type: ignore[attr-defined]
    part = None if pk is None else get_object_or_404(records, pk=pk)
    form = form_class(request.POST or None, instance=part)
    done = perform(request, form, action, customer, to=customer.get_absolute_url(), part=part)
    return done or form_page(request, customer, form, f"{'新增' if part is None else '修改'}{what}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_contact")
def contact(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    return part_page(request, code, pk, form_class=ContactForm, action=actions.change_contact, what="联系人")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_address")
def address(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    return part_page(request, code, pk, form_class=AddressForm, action=actions.change_address, what="收货地址")
