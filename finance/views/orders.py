"""The money of one order: what is due and came in, and what may be done about it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from finance import charging, disposing, exposure, queries
from finance.actions import balances, clearance, letter
from finance.forms.money import (
    CarryForm,
    CreditForm,
    LetterForm,
    LetterHeardForm,
    LossForm,
    ReasonForm,
    RefundForm,
    SettlementForm,
    WriteOffForm,
)
from finance.views.person import person
from orders.models import Order, State, Status
from orders.models.order import ENDED


def visible(request: HttpRequest) -> QuerySet[Order]:
    return Order.objects.visible_to(person(request)).select_related("customer", "revision__contract", "salesperson")


def one(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(visible(request), number=number)


def page_of_order(order: Order) -> str:
    return reverse("finance:order", args=[order.number])


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, one(request, number))


def page(request: HttpRequest, order: Order, **bound: ActionForm) -> HttpResponse:
    money = queries.standing(order)
    user = person(request)
    forms: dict[str, ActionForm] = {
        "refund": RefundForm(subject=order, auto_id="refund_%s"),
        "carry": CarryForm(order=order, auto_id="carry_%s"),
        "write_off": WriteOffForm(subject=order, auto_id="write_off_%s", initial={"amount": max(money.unpaid, 0)}),
        "reverse_write_off": ReasonForm(subject=order, auto_id="reverse_write_off_%s"),
        **bound,
    }
    alive = order.state != State.CANCELLED
    settlement = order.settlements.select_related("by").first()
    if settlement:
        forms.setdefault("loss", LossForm(subject=order, auto_id="loss_%s", initial={"loss": settlement.loss}))
    spare = balances.spare(order)
    context = {
        "order": order,
        "money": money,
        "spare": spare,
        "entries": queries.entries_of(order),
        "letters": list(queries.letters_of(order)),
        "settlement": settlement,
        "exposure": exposure.of_customer(order.customer_id),
        "forms": forms,
        "may_record": (alive or money.unpaid > 0) and may(user, "record_payment"),
        "may_pay_back": alive and bool(spare or bound) and may(user, "refund"),
        "may_write_off": order.state in balances.MAY_LACK_A_LITTLE
        and (money.unpaid > 0 or "write_off" in bound)
        and may(user, "write_off"),
        "may_reverse_write_off": order.state in balances.MAY_LACK_A_LITTLE
        and bool(money.written_off)
        and may(user, "reverse_write_off"),
        "may_correct": not alive and charging.charged(order) is not None and may(user, "correct_loss"),
        "may_override": order.state not in ENDED and may(user, "override_credit"),
        "may_letter": order.is_released and may(user, "send_balance_letter"),
        "may_settle": order.cancel_requested_at is not None and alive and may(user, "sign_cancel_settled"),
    }
    status = next((form.status for form in bound.values()), 200)
    return render(request, "finance/order.html", context, status=status)


def carry_out(
    request: HttpRequest, number: str, name: str, make: Callable[[Order], ActionForm], action: Any, said: str
) -> HttpResponse:
    """A form that lies on the order's money page."""
    order = one(request, number)
    form = make(order)
    done = perform(request, form, action, order, to=page_of_order(order), said=said)
    return done or page(request, one(request, number), **{name: form})


@require_POST
@needs("refund")
def refund(request: HttpRequest, number: str) -> HttpResponse:
    def form(order: Order) -> ActionForm:
        return RefundForm(request.POST, request.FILES, subject=order, auto_id="refund_%s")

    return carry_out(request, number, "refund", form, balances.refund, "退款已登记。")


@require_POST
@needs("carry_over")
def carry(request: HttpRequest, number: str) -> HttpResponse:
    def form(order: Order) -> ActionForm:
        return CarryForm(request.POST, order=order, auto_id="carry_%s")

    return carry_out(request, number, "carry", form, balances.carry_over, "已转款。")


@require_POST
@needs("write_off")
def write_off(request: HttpRequest, number: str) -> HttpResponse:
    def form(order: Order) -> ActionForm:
        return WriteOffForm(request.POST, subject=order, auto_id="write_off_%s")

    return carry_out(request, number, "write_off", form, balances.write_off, "尾差已核销。")


@require_POST
@needs("reverse_write_off")
def reverse_write_off(request: HttpRequest, number: str) -> HttpResponse:
    def form(order: Order) -> ActionForm:
        return ReasonForm(request.POST, subject=order, auto_id="reverse_write_off_%s")

    return carry_out(request, number, "reverse_write_off", form, balances.reverse_write_off, "核销已撤销。")


@require_POST
@needs("correct_loss")
def correct_loss(request: HttpRequest, number: str) -> HttpResponse:
    def form(order: Order) -> ActionForm:
        return LossForm(request.POST, subject=order, auto_id="loss_%s")

    return carry_out(request, number, "loss", form, balances.correct_loss, "取消损失已更正。")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(PRICE_ROLES)
def credit(request: HttpRequest, number: str) -> HttpResponse:
    """Exposure against the limit, order by order, and the override in writing."""
    order = one(request, number)
    revision = get_object_or_404(order.revisions.exclude(status=Status.SUPERSEDED).order_by("-number")[:1])
    form = CreditForm(request.POST or None, subject=order)
    allowed = may(request.user, "override_credit") and order.state not in ENDED
    if allowed and (
        done := perform(
            request, form, clearance.override_credit, revision, to=page_of_order(order), said="信用特批已签署。"
        )
    ):
        return done
    context = {
        "order": order,
        "revision": revision,
        "form": form,
        "allowed": allowed,
        "exposure": exposure.of_customer(order.customer_id),
        "rows": exposure.order_rows(order.customer_id),
        "adds": exposure.of_revision(revision.pk),
        "word": queries.credit_words(revision),
    }
    return render(request, "finance/credit.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sign_cancel_settled")
def settlement(request: HttpRequest, number: str) -> HttpResponse:
    order = one(request, number)
    money = queries.standing(order)
    deposit = queries.split_deposit(order)
    initial = {"kept": min(order.received, deposit.earnest)}
    form = SettlementForm(request.POST or None, subject=order, initial=initial, lying=disposing.terms_lying(order))
    done = perform(request, form, balances.sign_cancel_settled, order, to=page_of_order(order), said="取消结算已签署。")
    context = {"order": order, "form": form, "money": money, "deposit": deposit}
    return done or render(request, "finance/settlement.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(PRICE_ROLES)
def letters(request: HttpRequest, number: str) -> HttpResponse:
    """余款催收通知书: what it would say now, and those sent."""
    order = one(request, number)
    form = LetterForm(request.POST or None, subject=order)
    if may_send_letter(request, order) and (
        done := perform(
            request, form, letter.send_balance_letter, order, to=request.path, said="余款催收通知书已发出。"
        )
    ):
        return done
    return letters_page(request, order, form)


def may_send_letter(request: HttpRequest, order: Order) -> bool:
    return may(request.user, "send_balance_letter") and order.is_released


def letters_page(
    request: HttpRequest, order: Order, form: ActionForm | None = None, heard: ActionForm | None = None
) -> HttpResponse:
    form = form or LetterForm(subject=order)
    sent = list(queries.letters_of(order))
    waits = bool(sent) and queries.is_unheard(sent[0]) and may(request.user, "record_letter_heard")
    context = {
        "order": order,
        "form": form,
        "allowed": may_send_letter(request, order),
        "asked": queries.letter_figures(order),
        "letters": sent,
        "may_promise": queries.owed_on(order) > 0 and may(request.user, "record_promise"),
        "heard_form": (heard or LetterHeardForm(subject=order, auto_id="heard_%s")) if waits or heard else None,
    }
    return render(request, "finance/letter.html", context, status=(heard or form).status)


@require_POST
@needs("record_letter_heard")
def letter_heard(request: HttpRequest, number: str) -> HttpResponse:
    """对方已确认清晰收到: of the latest letter."""
    order = one(request, number)
    form = LetterHeardForm(request.POST, subject=order, auto_id="heard_%s")
    last = get_object_or_404(queries.letters_of(order)[:1])
    page = reverse("finance:letter", args=[number])
    done = perform(request, form, letter.record_letter_heard, last, to=page, said="已登记对方收到。")
    return done or letters_page(request, order, heard=form)
