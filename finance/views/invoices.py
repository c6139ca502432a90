"""Invoices in the browser: what is asked for, what was issued, and each order's own page."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.search import query_of
from accounts.web import needs, open_to, perform
from customers.models import Customer
from finance.actions import invoices as actions
from finance.forms.invoices import FindForm, IssueForm, RedForm, RequestForm
from finance.forms.money import ReasonForm
from finance.invoicing import invoiced
from finance.models import Invoice, InvoiceRequest
from finance.views.orders import one as an_order
from finance.views.person import person
from orders.models import Order

OPEN = InvoiceRequest.State.OPEN


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    seen = Order.objects.visible_to(person(request))
    waiting = InvoiceRequest.objects.filter(state=OPEN, order__in=seen).select_related("order__customer", "by")
    context = {
        "find": find,
        "waiting": list(waiting.order_by("pk")[:100]),
        "page": page_of(issued(seen, find.asked()), request.GET, ("issued_on", "id"), descending=True),
        "may_issue": may(request.user, "issue_invoice"),
    }
    return render(request, "finance/invoices.html", context)


def issued(seen: QuerySet[Order], words: str) -> QuerySet[Invoice]:
    found = Invoice.objects.filter(order__in=seen).select_related("order__customer", "by", "paper", "reversed_by")
    if words := words.strip():
        said = Q(number__istartswith=words) | Q(order__number__istartswith=words)
        if query_of(words):
            said |= Q(order__customer__in=Customer.objects.filter(search__matches=words).values("pk"))
        found = found.filter(said)
    return found


@require_safe
@open_to(PRICE_ROLES)
@require_safe
def of_order(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, an_order(request, number))


def page(request: HttpRequest, order: Order, form: ActionForm | None = None) -> HttpResponse:
    sums = invoiced(order)
    requests = InvoiceRequest.objects.filter(order=order).select_related("by").order_by("-pk")
    papers = Invoice.objects.filter(order=order).select_related("by", "paper", "reversed_by", "reverses")
    context = {
        "order": order,
        "sums": sums,
        "requests": list(requests[:100]),
        "invoices": list(papers.order_by("-pk")[:100]),
        "form": form or RequestForm(subject=order, initial={"amount": sums.left or None}),
        "may_ask": sums.left > 0 and order.state in actions.INVOICEABLE and may(request.user, "request_invoice"),
        "may_issue": may(request.user, "issue_invoice"),
        "may_red": may(request.user, "red_letter_invoice"),
    }
    return render(request, "finance/order_invoices.html", context, status=form.status if form else 200)


def back_to(order: Order) -> str:
    return reverse("finance:order_invoices", args=[order.number])


@require_POST
@needs("request_invoice")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = RequestForm(request.POST, subject=order)
    done = perform(request, form, actions.request_invoice, order, to=back_to(order), said="已申请开票。")
    return done or page(request, order, form)


def a_request(request: HttpRequest, pk: int) -> InvoiceRequest:
    seen = Order.objects.visible_to(person(request))
    found = InvoiceRequest.objects.filter(order__in=seen).select_related("order__customer", "order__revision", "by")
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("issue_invoice")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    asked = a_request(request, pk)
    today = {"issued_on": timezone.localdate()}
    form = IssueForm(request.POST or None, request.FILES or None, subject=asked.order, initial=today)
    done = perform(request, form, actions.issue_invoice, asked, to=back_to(asked.order), said="发票已登记。")
    return done or issue_page(request, asked, form=form)


def issue_page(request: HttpRequest, asked: InvoiceRequest, **forms: Any) -> HttpResponse:
    context = {"asked": asked, "order": asked.order, "refuse": ReasonForm(auto_id="refuse_%s"), **forms}
    context.setdefault("form", IssueForm(subject=asked.order, initial={"issued_on": timezone.localdate()}))
    status = max(form.status for form in forms.values())
    return render(request, "finance/issue_invoice.html", context, status=status)


@require_POST
@needs("refuse_invoice")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    asked = a_request(request, pk)
    form = ReasonForm(request.POST, auto_id="refuse_%s")
    done = perform(request, form, actions.refuse_invoice, asked, to=back_to(asked.order), said="申请已退回。")
    return done or issue_page(request, asked, refuse=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("red_letter_invoice")
def red(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Order.objects.visible_to(person(request))
    invoice = get_object_or_404(Invoice.objects.filter(order__in=seen).select_related("order__customer"), pk=pk)
    today = {"issued_on": timezone.localdate()}
    form = RedForm(request.POST or None, request.FILES or None, subject=invoice.order, initial=today)
    done = perform(request, form, actions.red_letter_invoice, invoice, to=back_to(invoice.order), said="已红冲。")
    return done or render(
        request,
        "finance/red_invoice.html",
        {"invoice": invoice, "order": invoice.order, "form": form},
        status=form.status,
    )
