"""The monthly hand-over list of 销售发货单 to customer service, with a tick for each received (R32)."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import open_to, perform_ticked
from documents.find import MonthForm
from orders.models import Shipment
from shipping import queries
from shipping.actions.handing import receive_delivery_note
from shipping.views.pages import CONCERNED, person

MOST_LISTED = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(CONCERNED)
def handover(request: HttpRequest) -> HttpResponse:
    """A month's delivery notes by the day they left; `?all` is the whole list to print, on as few pages as may be."""
    month = month_of(request)
    found = queries.delivery_notes(person(request), month)
    if request.method == "POST":
        return receive(request, found)
    whole = "all" in request.GET
    asked = request.GET.copy()
    if whole:
        asked["all"] = "1"
    page: Any = page_of(found, asked, ("dispatched_at", "id"), size=MOST_LISTED if whole else 50)
    context = {
        "find": MonthForm({"month": f"{month:%Y-%m}"}, auto_id="find_%s"),
        "month": month,
        "page": page,
        "whole": whole,
        "counts": queries.handed_over(found),
        "may_receive": may(request.user, "receive_delivery_note"),
    }
    return render(request, "shipping/handover.html", context)


@require_safe
@open_to(CONCERNED)
def of_shipment(request: HttpRequest, number: str) -> HttpResponse:
    """The list of the month in which this shipment left: where its note is ticked."""
    shipment = get_object_or_404(Shipment.objects.visible_to(person(request)), number=number)
    left = timezone.localtime(shipment.dispatched_at) if shipment.dispatched_at else timezone.localtime()
    return redirect(f"{reverse('shipping:handover')}?month={left:%Y-%m}")


def month_of(request: HttpRequest) -> date:
    """The month asked for; this one where that makes no sense (B16)."""
    form = MonthForm(request.GET)
    return form.cleaned_data["month"] if form.is_valid() else timezone.localdate().replace(day=1)


def receive(request: HttpRequest, found: Any) -> HttpResponse:
    return perform_ticked(
        request,
        found,
        receive_delivery_note,
        box="shipment",
        most=MOST_LISTED,
        said="已登记收到 {} 张销售发货单。",
        none="请先勾选收到的销售发货单。",
    )
