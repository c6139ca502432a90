"""款项落实: everything needed to decide about one shipment's money, on one screen (R26, R27)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from finance import clearing, exposure, queries, receivables
from finance.actions import clearance
from finance.forms.money import ClearForm, ReasonForm, SpecialForm
from finance.views.person import person
from orders.models import Shipment, Signed, SignOff
from orders.shares import STILL_HERE

WORDS = (
    Signed.CLEARANCE,
    Signed.TERMS_CHECK,
    Signed.SPECIAL_MD,
    Signed.SPECIAL_FIN,
)


def one(request: HttpRequest, number: str) -> Shipment:
    return get_object_or_404(Shipment.objects.visible_to(person(request)).select_related("customer"), number=number)


def page_of_shipment(shipment: Shipment) -> str:
    return reverse("finance:clear", args=[shipment.number])


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, one(request, number))


def page(request: HttpRequest, shipment: Shipment, **bound: ActionForm) -> HttpResponse:
    rows = clearing.figures(shipment)
    signed = SignOff.objects.filter(shipment=shipment, kind__in=WORDS).select_related("by", "superseded_by")
    here = shipment.state in STILL_HERE
    due = shipment.due_before > 0
    cleared = any(is_standing(word, shipment) for word in signed if word.kind == Signed.CLEARANCE)
    forms = {
        "clear": ClearForm(subject=shipment, auto_id="clear_%s"),
        "terms": ClearForm(subject=shipment, auto_id="terms_%s"),
        "refuse": ReasonForm(subject=shipment, auto_id="refuse_%s"),
        "withdraw": ReasonForm(subject=shipment, auto_id="withdraw_%s"),
        "special": SpecialForm(subject=shipment, auto_id="special_%s"),
        **bound,
    }
    special_allowed = here and due and all(row.order.revision.special_release for row in rows if row.order.revision)
    user = person(request)
    context = {
        "shipment": shipment,
        "lines": shipment.lines.select_related("line__order", "pallet__lot__product").order_by("id"),
        "rows": rows,
        "missing": sum(row.missing for row in rows),
        "signed": [(word, is_standing(word, shipment)) for word in signed.order_by("-id")],
        "exposure": exposure.of_customer(shipment.customer_id),
        "payments": list(receivables.spare(user, shipment.customer)) if here else [],
        "bank_lines": queries.open_bank_lines(shipment.customer) if here else [],
        "may_book": may(user, "book_bank_line"),
        "cleared": cleared,
        "forms": forms,
        "may_clear": here and due and (not cleared or "clear" in bound) and may(user, "clear_shipment"),
        "may_withdraw": here and cleared and may(user, "withdraw_clearance"),
        "may_check": here and not due and may(user, "check_terms"),
        "special_md": special_allowed and may(user, "special_release_md"),
        "special_fin": special_allowed and may(user, "special_release_fin"),
    }
    status = next((form.status for form in bound.values()), 200)
    return render(request, "finance/clear.html", context, status=status)


def is_standing(word: SignOff, shipment: Shipment) -> bool:
    """Whether a signature counts: nothing came after it, and it saw what is there now."""
    return word.verdict == "ok" and not hasattr(word, "superseded_by") and word.digest == shipment.digest


def carry_out(
    request: HttpRequest, number: str, name: str, form_class: type[ActionForm], action: Any, said: str
) -> HttpResponse:
    shipment = one(request, number)
    form = form_class(request.POST, subject=shipment, auto_id=f"{name}_%s")
    done = perform(request, form, action, shipment, to=page_of_shipment(shipment), said=said)
    return done or page(request, one(request, number), **{name: form})


@require_POST
@needs("clear_shipment")
def clear(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "clear", ClearForm, clearance.clear_shipment, "款项落实已签署。")


@require_POST
@needs("refuse_clearance")
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "refuse", ReasonForm, clearance.refuse_clearance, "已注明款项未落实。")


@require_POST
@needs("withdraw_clearance")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "withdraw", ReasonForm, clearance.withdraw_clearance, "款项落实已撤回。")


@require_POST
@needs("check_terms")
def terms(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "terms", ClearForm, clearance.check_terms, "交货与付款条件已核对。")


@require_POST
@needs("special_release_md")
def special_md(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "special", SpecialForm, clearance.special_release_md, "特批发货已签署。")


@require_POST
@needs("special_release_fin")
def special_fin(request: HttpRequest, number: str) -> HttpResponse:
    return carry_out(request, number, "special", SpecialForm, clearance.special_release_fin, "特批发货已签署。")
