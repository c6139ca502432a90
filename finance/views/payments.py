"""Payments: list, writing one down, giving it to orders, reversing it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse as url
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from documents.queries import attachments_of
from finance import queries
from finance.actions import payments as actions
from finance.forms.money import AllocateForm, FindForm, PaymentForm, ReasonForm, RefundForm
from finance.models import Payment
from finance.views.person import person
from orders.models import Order


def one(request: HttpRequest, number: str) -> Payment:
    return get_object_or_404(queries.one_payment(person(request), number))


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    found = queries.payments_for(person(request), **find.asked())
    page = page_of(found, request.GET, ("received_at", "id"), descending=True)
    context = {"find": find, "page": page, "may_add": may(request.user, "record_payment")}
    return render(request, "finance/payments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("record_payment")
def add(request: HttpRequest) -> HttpResponse:
    """`?order=` names the order the money is for."""
    order = None
    if number := request.GET.get("order", ""):
        visible = Order.objects.visible_to(person(request)).select_related("customer", "revision")
        order = get_object_or_404(visible, number=number[:24])
    form = PaymentForm(request.POST or None, request.FILES or None, user=request.user, order=order)
    to = order_page(order) if order else None
    return perform(request, form, actions.record_payment, said="到账已登记。", to=to) or render(
        request, "finance/payment_form.html", {"form": form, "order": order}, status=form.status
    )


def order_page(order: Order) -> str:
    return url("finance:order", args=[order.number])


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, one(request, number))


def page(
    request: HttpRequest,
    payment: Payment,
    allocate: ActionForm | None = None,
    reverse: ActionForm | None = None,
    refund: ActionForm | None = None,
) -> HttpResponse:
    standing = payment.reverses_id is None and not hasattr(payment, "reversed_by")
    left = payment.balance.left if standing else 0
    initial = {"amount": left}
    context = {
        "payment": payment,
        "standing": standing,
        "left": left,
        "entries": payment.entries.select_related("order", "by").order_by("-id"),
        "papers": attachments_of("payment", payment.pk),
        "allocate": allocate or AllocateForm(customer=payment.customer, initial=initial, auto_id="allocate_%s"),
        "refunds": payment.refunds.select_related("by"),
        "refund": refund or RefundForm(initial=initial, auto_id="refund_%s"),
        "may_refund": bool(left or refund) and may(request.user, "refund_payment"),
        "reverse": reverse or ReasonForm(auto_id="reverse_%s"),
        "may_allocate": bool(left or allocate) and may(request.user, "allocate_payment"),
        "may_reverse": standing and may(request.user, "reverse_payment"),
    }
    status = next((form.status for form in (allocate, reverse, refund) if form), 200)
    return render(request, "finance/payment.html", context, status=status)


@require_POST
@needs("allocate_payment")
def allocate(request: HttpRequest, number: str) -> HttpResponse:
    payment = one(request, number)
    form = AllocateForm(request.POST, customer=payment.customer, auto_id="allocate_%s")
    done = perform(request, form, actions.allocate_payment, payment, said="已分配。")
    return done or page(request, one(request, number), allocate=form)


@require_POST
@needs("reverse_payment")
def reverse(request: HttpRequest, number: str) -> HttpResponse:
    payment = one(request, number)
    form = ReasonForm(request.POST, auto_id="reverse_%s")
    done = perform(request, form, actions.reverse_payment, payment, said="收款已冲销，相关款项落实已撤回。")
    return done or page(request, one(request, number), reverse=form)


@require_POST
@needs("refund_payment")
def refund(request: HttpRequest, number: str) -> HttpResponse:
    payment = one(request, number)
    form = RefundForm(request.POST, request.FILES, auto_id="refund_%s")
    done = perform(request, form, actions.refund_payment, payment, to=payment.get_absolute_url(), said="退款已登记。")
    return done or page(request, one(request, number), refund=form)
