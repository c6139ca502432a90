"""One view for every single action: the page of its form, and carrying it out."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.web import needs, perform
from orders.deeds import Deed
from orders.models import Order
from orders.views.contexts import CONTEXTS
from orders.views.shared import an_order


def view_of(deed: Deed) -> Callable[..., HttpResponse]:
    """GET shows the form (for a plain button: asks once more), POST does it; a refusal keeps what was typed."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @needs(deed.may)
    def view(request: HttpRequest, number: str) -> HttpResponse:
        order = an_order(request, number)
        target = deed.subject(order)
        if target is None:
            messages.warning(request, f"{order.number} 现在没有可以「{deed.label}」的内容，可能已由他人办理。")
            return redirect(order)
        sent = request.method == "POST"
        form = deed.form(request.POST if sent else None, request.FILES if sent else None, order=order, target=target)
        return perform(request, form, deed.action, target, to=back(deed, order), said=deed.said) or render(
            request, deed.template, context(request, deed, order, target, form), status=form.status
        )

    view.__name__ = deed.code
    return view


def back(deed: Deed, order: Order) -> str:
    if deed.then:
        return reverse(f"orders:{deed.then}", args=[order.number])
    if deed.page == "approval":
        return reverse("orders:approvals")
    return reverse(f"orders:{deed.page}", args=[order.number]) if deed.page else order.get_absolute_url()


def context(request: HttpRequest, deed: Deed, order: Order, target: Any, form: Any) -> dict[str, Any]:
    more = CONTEXTS.get(deed.code)
    page = reverse(f"orders:{deed.page}", args=[order.number]) if deed.page else order.get_absolute_url()
    return {
        "deed": deed,
        "order": order,
        "target": target,
        "form": form,
        "page": page,
        **(more(request, order, target) if more else {}),
    }
