"""Reporting output, finishing, stopped work."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from flow.gates import registry
from orders.changes import held_lines
from orders.models import Order, State
from orders.models.order import RELEASED
from production import daily, forms, queries
from production.actions import excess as beyond
from production.actions import making
from production.models import DailyReport
from production.views.shared import WORKING, an_order, page_context, url


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def report(request: HttpRequest, number: str) -> HttpResponse:
    """How far each line is, the day's report, and 完工报检 with what holds it."""
    order = an_order(request, number)
    lines = queries.measured_lines(order)
    form = None
    if lines and order.state == State.PRODUCTION and may(request.user, "report_made"):
        form = forms.ReportForm(request.POST if request.method == "POST" else None, subject=order, lines=lines)
        done = perform(request, form, making.report_made, order, to=url("report", number), said="已报工。")
        if done:
            return done
    return report_page(request, order, lines, form=form)


def report_page(
    request: HttpRequest,
    order: Order,
    lines: list[Any],
    *,
    form: forms.ReportForm | None = None,
    excess: forms.ExcessForm | None = None,
) -> HttpResponse:
    user = request.user
    finishing = order.state == State.PRODUCTION
    gates = registry.explain(["finish"], order) if finishing else []
    over = [row for row in lines if row.over > 0]
    if over and excess is None and order.state in RELEASED and may(user, "free_excess"):
        excess = forms.ExcessForm(subject=order, lines=over, auto_id="excess_%s")
    context = page_context(order, "report") | {
        "lines": [(row, row.short / 100, row.over / 100, queries.percent_made(row)) for row in lines],
        "held": held_lines(order),
        "form": form,
        "excess": excess,
        "gates": gates,
        "may_finish": finishing and may(user, "finish") and all(gate.is_open for gate in gates),
        "reports": queries.reports_of(order),
        "may_take_back": finishing and may(user, "take_back_report"),
        "outside": [row for row in lines if row.over > 0 or row.short > 0],
        "may_short_close": order.state in RELEASED and may(user, "short_close"),
        "may_accept_excess": bool(over) and order.state in RELEASED and may(user, "accept_excess"),
    }
    status = next((one.status for one in (form, excess) if one is not None and one.status != 200), 200)
    return render(request, "production/report.html", context, status=status)


@require_POST
@needs("free_excess")
def excess(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    lines = queries.measured_lines(order)
    form = forms.ExcessForm(request.POST, subject=order, lines=lines, auto_id="excess_%s")
    done = perform(request, form, beyond.free_excess, order, to=url("report", number), said="已转为自由库存。")
    return done or report_page(request, order, lines, excess=form)


@require_POST
@needs("finish")
def finish(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    return press(request, making.finish, order, to=url("report", number), said="已完工报检。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("take_back_report")
def take_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    order = an_order(request, number)
    row = get_object_or_404(DailyReport.objects.select_related("line", "batch"), pk=pk, order=order)
    form = forms.Reason(request.POST if request.method == "POST" else None, subject=order)
    done = perform(request, form, making.take_back_report, row, to=url("report", number), said="报工已撤回。")
    place = daily.place(order, daily.terms_of([row.line_id]).get(row.line_id))
    context = page_context(order, "report") | {"report": row, "place": place, "form": form}
    return done or render(request, "production/take_back.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """停产说明, once a cancellation was asked for."""
    order = an_order(request, number)
    form = None
    if order.cancel_requested_at and order.state in RELEASED and may(request.user, "state_work_stopped"):
        typed = request.POST if request.method == "POST" else None
        form = forms.StopForm(typed, subject=order, initial=queries.stopped_figures(order))
        done = perform(request, form, making.state_work_stopped, order, to=url("stop", number), said="已签字。")
        if done:
            return done
    context = page_context(order, "") | {
        "form": form,
        "words": queries.stopped_words(order),
        "lines": queries.measured_lines(order),
    }
    return render(request, "production/stop.html", context, status=form.status if form else 200)
