"""Batches of an order: inspection, countersignature, stock receipt; 出库复检 of a shipment."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from documents.queries import documents_of
from flow.gates import registry
from orders.models import Order, ShipmentState, State
from orders.models.order import RELEASED
from production.models import Batch
from production.views.shared import WORKING, an_order, page_context
from quality import forms, measuring, queries
from quality.actions import conceding, inspection, stock
from quality.actions.rework import report_reworked
from quality.measures import measures_of
from quality.views.shared import BATCH_CODES, a_batch, a_shipment, url


@require_safe
@open_to(WORKING)
def batches(request: HttpRequest, number: str) -> HttpResponse:
    return batches_page(request, an_order(request, number))


def batches_page(
    request: HttpRequest, order: Order, *, back: forms.Reason | None = None, scrap: forms.ScrapForm | None = None
) -> HttpResponse:
    """Every batch with where it stands, 质检合格 with what holds it, goods in stock."""
    user = request.user
    passing = order.state == State.QUALITY
    gates = registry.explain(["pass_quality"], order) if passing else []
    lying = queries.lying(order)
    if back is None and order.state in (State.QUALITY, State.SHIPPING) and may(user, "rework"):
        back = forms.Reason(subject=order, auto_id="back_%s")
    if scrap is None and lying and order.state in RELEASED and may(user, "scrap_goods"):
        scrap = forms.ScrapForm(subject=order, lying=lying, auto_id="scrap_%s")
    context = page_context(order, "batches") | {
        "rows": queries.with_terms(queries.batches_of(order)),
        "gates": gates,
        "may_pass": passing and may(user, "pass_quality") and all(gate.is_open for gate in gates),
        "back": back,
        "scrap": scrap,
        "lying": lying,
        "may": {code: may(user, code) for code in BATCH_CODES},
        "going": order.state in RELEASED,
    }
    status = next((one.status for one in (back, scrap) if one is not None and one.status != 200), 200)
    return render(request, "quality/batches.html", context, status=status)


@require_POST
@needs("pass_quality")
def pass_quality(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    return press(request, inspection.pass_quality, order, to=url("batches", number), said="质检合格，可以发货。")


@require_POST
@needs("rework")
def rework(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = forms.Reason(request.POST, subject=order, auto_id="back_%s")
    done = perform(request, form, inspection.rework, order, to=url("batches", number), said="已退回生产返工。")
    return done or batches_page(request, order, back=form)


@require_POST
@needs("scrap_goods")
def scrap(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = forms.ScrapForm(request.POST, subject=order, lying=queries.lying(order), auto_id="scrap_%s")
    done = perform(request, form, stock.scrap_goods, order, to=url("batches", number), said="已报废。")
    return done or batches_page(request, order, scrap=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("inspect_batch")
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    sent = request.method == "POST"
    form = forms.InspectForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        subject=batch.line.order,
        ask=measuring.ask_of(batch),
    )
    return batch_page(request, batch, form, inspection.inspect_batch, "检验", "检验结论已签字，待客服会签。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("report_reworked")
def reworked(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.ReworkForm(request.POST if request.method == "POST" else None, subject=batch.line.order)
    return batch_page(request, batch, form, report_reworked, "返工登记", "返工已登记，此批待检。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("countersign_batch")
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.CountersignForm(request.POST if request.method == "POST" else None, subject=batch.line.order)
    return batch_page(request, batch, form, inspection.countersign_batch, "会签", "已会签。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("refuse_countersign")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return refusal_page(request, pk, conceding.refuse_countersign, "退回质检")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("approve_concession")
def concede(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    sent = request.method == "POST"
    order = batch.line.order
    form = forms.ConcedeForm(request.POST if sent else None, request.FILES if sent else None, subject=order)
    return batch_page(request, batch, form, conceding.approve_concession, "批准让步接收", "已批准，待客服会签。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("refuse_concession")
def refuse_concession(request: HttpRequest, pk: int) -> HttpResponse:
    return refusal_page(request, pk, conceding.refuse_concession, "不同意让步")


def refusal_page(request: HttpRequest, pk: int, action: Callable[..., Any], title: str) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.Reason(request.POST if request.method == "POST" else None, subject=batch.line.order)
    return batch_page(request, batch, form, action, title, "已退回，此批待重新检验。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("receive_into_stock")
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.ReceiveForm(request.POST if request.method == "POST" else None, batch=batch)
    return batch_page(request, batch, form, stock.receive_into_stock, "入库", "已入库。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("withdraw_inspection")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.Reason(request.POST if request.method == "POST" else None, subject=batch.line.order)
    return batch_page(request, batch, form, inspection.withdraw_inspection, "撤回检验", "检验已撤回，此批待重新检验。")


def batch_page(
    request: HttpRequest, batch: Batch, form: Any, action: Callable[..., Any], title: str, said: str
) -> HttpResponse:
    """One form on one batch, with what is known of it beside."""
    order = batch.line.order
    done = perform(request, form, action, batch, to=url("batches", order.number), said=said)
    if done:
        return done
    ((_, terms),) = queries.with_terms([batch])
    context = page_context(order, "batches") | {"batch": batch, "terms": terms, "form": form, "title": title}
    context["measures"] = measures_of(terms.product, batch.quantity, terms.unit) if terms else []
    context["papers"] = documents_of("batch", batch.pk)[:10]
    if batch.inspection:
        context["findings"] = measuring.findings_of(batch.inspection)
        context["photos"] = list(batch.inspection.photos.all())
    return render(request, "quality/batch.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def outgoing(request: HttpRequest, number: str) -> HttpResponse:
    """出库复检 of what is taken from stock."""
    shipment = a_shipment(request, number)
    lines = list(queries.outgoing_lines(shipment))
    signed = queries.checked_for_leaving(shipment)
    here = shipment.state in (ShipmentState.DRAFT, ShipmentState.NOTICED)
    form = None
    if here and signed is None and may(request.user, "sign_outgoing"):
        form = forms.OutgoingForm(request.POST if request.method == "POST" else None, subject=shipment)
        done = perform(
            request, form, inspection.sign_outgoing, shipment, to=url("outgoing", number), said="出库复检已签字。"
        )
        if done:
            return done
    gates = [gate for gate in registry.explain(["issue_notice"], shipment) if gate.code == "lots_released"]
    context = {"shipment": shipment, "lines": lines, "signed": signed, "form": form, "gates": gates}
    return render(request, "quality/outgoing.html", context, status=form.status if form else 200)
