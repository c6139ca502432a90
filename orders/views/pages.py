"""Pages that gather the actions of one matter: prices, the confirmation, a cancellation, the memo, a signature."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import may, sees_prices
from accounts.roles import PRICE_ROLES, ROLES
from accounts.web import needs, open_to, perform
from documents import queries as documents
from flow.gates import registry
from orders import story
from orders.actions.approval import withdraw_signoff
from orders.deeds import DEEDS, Deed, being_drawn_up, unanswered
from orders.forms.acts import Reason
from orders.models import Confirmation, Order, Signed, SignOff, give_places
from orders.models.order import RELEASED
from orders.models.returned import Verdict
from orders.signing import WITHDRAWN
from orders.views.contexts import compared
from orders.views.shared import an_order

WORKING = frozenset(ROLES) - {"admin"}


def doable(request: HttpRequest, order: Order, *codes: str) -> list[dict[str, Any]]:
    """The forms of these actions that this person may do now, each sent to its own address."""
    found = []
    for deed in (DEEDS[code] for code in codes):
        if may(request.user, deed.may) and (target := deed.subject(order)) is not None:
            found.append({"deed": deed, "url": address(deed, order), "form": form_of(deed, order, target)})
    return found


def address(deed: Deed, order: Order) -> str:
    return reverse(f"orders:{deed.code}", args=[order.number])


def form_of(deed: Deed, order: Order, target: Any) -> Any:
    return deed.form(order=order, target=target, auto_id=f"{deed.code}_%s")


@require_safe
@open_to(PRICE_ROLES)
def price(request: HttpRequest, number: str) -> HttpResponse:
    """The lines that depart from their reference, and the two signatures that clear them (R5)."""
    order = an_order(request, number)
    revision = being_drawn_up(order) or order.revision
    assert revision is not None  # noqa: S101 (an order has one)
    context = {
        "order": order,
        "revision": revision,
        "rows": compared(order, revision),
        "signoffs": signed(order, Signed.PRICE_CS, Signed.PRICE_MD),
        "doable": doable(request, order, "clear_price_cs", "clear_price_md") if revision.departs else [],
    }
    return render(request, "orders/price.html", context)


def signed(order: Order, *kinds: str) -> list[dict[str, Any]]:
    """The newest words of these kinds on the order, for a page about them."""
    found = SignOff.objects.live().filter(order=order, kind__in=kinds).select_related("by", "paper", "line")
    rows = list(found.order_by("-at", "-pk"))
    give_places(row.line for row in rows if row.line)
    return [
        {
            "row": row,
            "what": row.get_kind_display(),
            "about": row.line.place if row.line else "",
            "verdict": story.VERDICTS.get(row.verdict, row.verdict),
            "text": row.text,
            "withdrawn": row.verdict == WITHDRAWN,
        }
        for row in rows
    ]


@require_safe
@open_to(PRICE_ROLES)
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    """The 订单确认书 on its way: checked, sent, heard of, returned, verified (R13–R17)."""
    order = an_order(request, number)
    revision = unanswered(order)
    document = documents.current_document("confirmation", "order", order.pk)
    if revision is None or document is None:
        return render(request, "orders/confirmation_none.html", {"order": order})
    kinds = (Signed.PRINT_CHECK, Signed.SENT, Signed.RECEIPT_CALL)
    fitting = SignOff.objects.live().filter(revision=revision, kind__in=kinds, digest=revision.print_digest)
    standing = set(fitting.exclude(verdict=WITHDRAWN).values_list("kind", flat=True))
    context = {
        "order": order,
        "revision": revision,
        "document": document,
        "stages": stages(revision, standing),
        "returns": revision.returns.select_related("signer", "scan", "recorded_by", "judged_by"),
        "signoffs": signed(order, *kinds),
        "pushes": story.pushes(order, [revision]),
        "doable": doable(request, order, *next_of(revision, standing)),
        "later": doable(request, order, *({"send_confirmation"} if revision.sent_at else set())),
    }
    return render(request, "orders/confirmation.html", context)


def stages(revision: Any, standing: set[str]) -> list[tuple[str, bool]]:
    """The five steps of a confirmation, done or not."""
    return [
        ("逐项检查", Signed.PRINT_CHECK in standing),
        ("发出", Signed.SENT in standing),
        ("电话确认收到", Signed.RECEIPT_CALL in standing),
        ("回传", revision.confirmation in (Confirmation.RETURNED, Confirmation.VERIFIED)),
        ("核验", revision.confirmation == Confirmation.VERIFIED),
    ]


def next_of(revision: Any, standing: set[str]) -> list[str]:
    """What comes next on the confirmation, in its order."""
    if Signed.PRINT_CHECK not in standing:
        return ["check_print"]
    if Signed.SENT not in standing:
        return ["send_confirmation"]
    codes = [] if Signed.RECEIPT_CALL in standing else ["record_receipt_call"]
    pending = revision.returns.filter(verdict=Verdict.PENDING).exists()
    if pending:
        codes += ["verify_return", "refuse_return"]
    elif revision.confirmation != Confirmation.VERIFIED:
        codes.append("record_return")
    return codes


@require_safe
@open_to(WORKING)
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """What a cancellation has to settle first, and who has signed (rules.md, 取消)."""
    order = an_order(request, number)
    released = order.state in RELEASED
    codes = ["drop_cancel", "cancel"] if order.cancel_requested_at else ["request_cancel"]
    if order.cancel_requested_at and released:
        codes = ["agree_cancel_md", "agree_cancel_fin", *codes]
    elif not released and not order.cancel_requested_at:
        codes.append("cancel")
    ended = order.ended_at is not None
    context = {
        "order": order,
        "released": released,
        "gates": cancel_gates(order),
        "signoffs": signed(order, Signed.CANCEL_MD, Signed.CANCEL_FIN, Signed.WORK_STOPPED, Signed.CANCEL_SETTLED),
        "prices": sees_prices(request.user),
        "doable": [] if ended else doable(request, order, *codes),
    }
    return render(request, "orders/cancellation.html", context)


def cancel_gates(order: Order) -> list[Any]:
    if order.ended_at:
        return []
    return registry.explain(["cancel_released" if order.state in RELEASED else "cancel"], order)


@require_safe
@open_to(PRICE_ROLES)
def memo(request: HttpRequest, number: str) -> HttpResponse:
    """What was heard, and telling the customer how long the answer takes (R2, R3)."""
    order = an_order(request, number)
    told = order.memo is None or order.memo.told_at is not None
    context = {"order": order, "memo": order.memo, "doable": [] if told else doable(request, order, "tell_reply")}
    return render(request, "orders/memo.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("withdraw_signoff")
def withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take one's own signature back, with the reason (R11)."""
    order = an_order(request, number)
    signoff = get_object_or_404(SignOff.objects.select_related("by", "line"), pk=pk, order=order)
    if signoff.shipment_id:
        raise Http404
    form = Reason(request.POST if request.method == "POST" else None, order=order, target=signoff)
    return perform(
        request, form, withdraw_signoff, signoff, to=order.get_absolute_url(), said="签字已撤回。"
    ) or render(request, "orders/withdraw.html", {"order": order, "signoff": signoff, "form": form}, status=form.status)
