"""One view for every deed on a shipment: show its form, carry it out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.web import needs, perform
from flow.gates import Unmet, registry
from orders.models import Shipment
from shipping import panels, queries
from shipping.deeds import Deed
from shipping.views.pages import one, person


def page_of(deed: Deed) -> Callable[..., HttpResponse]:
    """The view of `deed`, closed to those who may not do it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @needs(deed.code)
    def page(request: HttpRequest, number: str) -> HttpResponse:
        shipment = one(request, number)
        posted = request.method == "POST"
        form = deed.form(request.POST if posted else None, request.FILES if posted else None, shipment=shipment)
        done = perform(request, form, deed.action, shipment, said=deed.said)
        if done:
            return done
        context = panels.facts_of(shipment, person(request)) | {
            "form": form,
            "deed": deed,
            "title": deed.label,
            "submit": deed.label,
            "carried": queries.carried(shipment),
            "gates": gates_of(deed, shipment),
            **(deed.facts(shipment) if deed.facts else {}),
        }
        return render(request, "shipping/act.html", context, status=form.status)

    return page


def gates_of(deed: Deed, shipment: Shipment) -> list[Unmet]:
    if not deed.bolt or shipment.state not in registry.bolts[deed.bolt].states:
        return []
    return registry.explain([deed.bolt], shipment)
