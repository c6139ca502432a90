"""The pick list on a phone: scan by camera, photo or keyboard-wedge, see what is still to come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import may
from accounts.web import needs, perform, press
from orders.models import ShipmentState
from shipping import actions, queries
from shipping.forms import ScanForm
from shipping.views.pages import one


@require_http_methods(["GET", "HEAD", "POST"])
@needs("scan_pallet")
def pick(request: HttpRequest, number: str) -> HttpResponse:
    shipment = one(request, number)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    here = reverse("shipping:pick", args=[number])
    said = f"✓ {form.read}" if form.is_bound and form.is_valid() else ""
    done = perform(request, form, actions.scan_pallet, shipment, to=here, said=said)
    if form.is_bound and not done:
        form.forget()
    rows = queries.to_pick(shipment)
    context = {
        "shipment": shipment,
        "form": form,
        "rows": rows,
        "picked": sum(row.is_picked for row in rows),
        "is_here": shipment.state in (ShipmentState.DRAFT, ShipmentState.NOTICED),
        "may_dispatch": may(request.user, "dispatch"),
    }
    return done or render(request, "shipping/pick.html", context, status=form.status)


@require_POST
@needs("unpick")
def back(request: HttpRequest, number: str) -> HttpResponse:
    """One pallet's scan is taken back."""
    shipment = one(request, number)
    here = reverse("shipping:pick", args=[number])
    return press(request, actions.unpick, shipment, form=ScanForm(request.POST), to=here, said="已撤回，请重扫这一托。")


@require_POST
@needs("unpick")
def anew(request: HttpRequest, number: str) -> HttpResponse:
    shipment = one(request, number)
    return press(request, actions.unpick, shipment, to=reverse("shipping:pick", args=[number]), said="已清空，请重扫。")
