"""Lots, the pallets they lie on and what moved."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import ROLES
from accounts.web import needs, open_to, perform, press
from stock import actions, queries
from stock.forms import FindForm, LotReasonForm, OpenStockForm
from stock.models import Lot

WORKING = set(ROLES) - {"admin"}


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    page = page_of(queries.lots(**find.asked()), request.GET, ("id",), descending=True)
    context = {"find": find, "page": page, "may_open": may(request.user, "open_stock"), "today": timezone.localdate()}
    return render(request, "stock/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("open_stock")
def add(request: HttpRequest) -> HttpResponse:
    form = OpenStockForm(request.POST or None)
    done = perform(request, form, actions.open_stock, said="已登记，待质检放行。")
    return done or render(request, "stock/form.html", {"form": form}, status=form.status)


@require_safe
@open_to(WORKING)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, get_object_or_404(Lot.objects.select_related("product"), pk=pk))


def page(
    request: HttpRequest, lot: Lot, hold: ActionForm | None = None, scrap: ActionForm | None = None
) -> HttpResponse:
    pallets = list(lot.pallets.order_by("id"))
    context: dict[str, Any] = {
        "lot": lot,
        "today": timezone.localdate(),
        "pallets": pallets,
        "on_hand": sum(pallet.on_hand for pallet in pallets),
        "reserved": sum(pallet.reserved for pallet in pallets),
        "moves": queries.moves_of(lot)[:100],
        "may_judge": may(request.user, "release_lot") and lot.status != Lot.Status.SCRAPPED,
        "hold_form": hold or LotReasonForm(subject=lot, auto_id="hold_%s"),
        "scrap_form": scrap or LotReasonForm(subject=lot, auto_id="scrap_%s"),
    }
    return render(request, "stock/lot.html", context, status=(hold or scrap or context["hold_form"]).status)


@require_POST
@needs("release_lot")
def release(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot, pk=pk)
    return press(request, actions.release_lot, lot, said="批次已放行。")


@require_POST
@needs("quarantine_lot")
def quarantine(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("product"), pk=pk)
    form = LotReasonForm(request.POST, subject=lot, auto_id="hold_%s")
    done = perform(request, form, actions.quarantine_lot, lot, said="批次已隔离。")
    return done or page(request, lot, hold=form)


@require_POST
@needs("scrap_lot")
def scrap(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("product"), pk=pk)
    form = LotReasonForm(request.POST, subject=lot, auto_id="scrap_%s")
    done = perform(request, form, actions.scrap_lot, lot, said="批次已报废。")
    return done or page(request, lot, scrap=form)
