"""The list of anomalies, those of an order, and one with its story from raising to closing (R21)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform
from orders.models import Order, give_places
from orders.models.order import RELEASED
from production import anomaly_lists, forms, queries
from production.actions import anomalies as actions
from production.forms.anomalies import FindForm, standing_of
from production.models import Anomaly
from production.views.shared import WORKING, an_order, page_context, url


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    """All that one sees, the open ones first asked for."""
    find = FindForm({"standing": "open", **request.GET.dict()}, auto_id="find_%s")
    page = page_of(anomaly_lists.asked_for(request.user, **find.asked()), request.GET, ("id",), descending=True)  # type: ignore[arg-type]
    give_places(line for row in page.rows for line in row.lines.all())
    context = {
        "find": find,
        "page": page,
        "rows": [(row, standing_of(row), anomaly_lists.hours(row.minutes_to_plan)) for row in page.rows],
    }
    return render(request, "production/anomaly_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def of_order(request: HttpRequest, number: str) -> HttpResponse:
    """Raise one; and what was raised before."""
    order = an_order(request, number)
    form = None
    if order.state in RELEASED and may(request.user, "raise_anomaly"):
        posted = request.method == "POST"
        data, files = (request.POST, request.FILES) if posted else (None, None)
        form = forms.AnomalyForm(data, files, subject=order, lines=queries.measured_lines(order))
        said = "异常已报告，相关人员已收到通知。"
        done = perform(request, form, actions.raise_anomaly, order, to=raised_page(order), said=said)
        if done:
            return done
    found = list(queries.anomalies_of(order))
    give_places(line for row in found for line in row.lines.all())
    rows = [(row, standing_of(row)) for row in found]
    context = page_context(order, "anomalies") | {"rows": rows, "form": form}
    return render(request, "production/anomalies.html", context, status=form.status if form else 200)


def raised_page(order: Order) -> Callable[[Anomaly], str]:
    return lambda anomaly: url("anomaly", order.number, anomaly.pk)


@require_safe
@open_to(WORKING)
def detail(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return anomaly_page(request, *an_anomaly(request, number, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("forward_anomaly")
def forward(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return step(
        request, number, pk, forms.ForwardForm, actions.forward_anomaly, "转报", "已转报销售员、客服主管和营销总监。"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_anomaly")
def plan(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return step(
        request, number, pk, forms.PlanForm, actions.plan_anomaly, "处理方案", "方案已保存。", initial=("plan",)
    )


@require_POST
@needs("agree_anomaly_plan")
def agree(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    order, anomaly = an_anomaly(request, number, pk)
    form = forms.Plain(request.POST, subject=order)
    here = url("anomaly", number, pk)
    done = perform(request, form, actions.agree_anomaly_plan, anomaly, to=here, said="已同意方案。")
    return done or anomaly_page(request, order, anomaly, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("answer_anomaly")
def answer(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return step(request, number, pk, forms.AnswerForm, actions.answer_anomaly, "客户答复", "客户的答复已登记。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("close_anomaly")
def close(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return step(request, number, pk, forms.CloseForm, actions.close_anomaly, "关闭异常", "异常已关闭。")


def step(
    request: HttpRequest,
    number: str,
    pk: int,
    form_class: type[Any],
    action: Callable[..., Any],
    title: str,
    said: str,
    initial: tuple[str, ...] = (),
) -> HttpResponse:
    """One step of its story, on the page that shows the rest of it."""
    order, anomaly = an_anomaly(request, number, pk)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_class(data, files, subject=order, initial={name: getattr(anomaly, name) for name in initial})
    done = perform(request, form, action, anomaly, to=url("anomaly", number, pk), said=said)
    return done or anomaly_page(request, order, anomaly, form, title)


def an_anomaly(request: HttpRequest, number: str, pk: int) -> tuple[Order, Anomaly]:
    order = an_order(request, number)
    anomaly = get_object_or_404(queries.anomalies_of(order), pk=pk)
    give_places(anomaly.lines.all())
    return order, anomaly


def anomaly_page(
    request: HttpRequest, order: Order, anomaly: Anomaly, form: Any = None, title: str = ""
) -> HttpResponse:
    user = request.user
    context = page_context(order, "anomalies") | {
        "anomaly": anomaly,
        "standing": standing_of(anomaly),
        "story": anomaly_lists.story(anomaly, user),
        "took": anomaly_lists.hours(anomaly.minutes_to_plan),
        "photos": anomaly.photos.all(),
        "form": form,
        "title": title,
        "steps": [] if title else steps(anomaly, user),
        "may_agree": not title and anomaly_lists.may_agree(anomaly, user),
    }
    return render(request, "production/anomaly.html", context, status=form.status if form else 200)


def steps(anomaly: Anomaly, user: Any) -> list[tuple[str, str, str]]:
    """(label, address, tone) of what this person may do with it now."""
    if anomaly.closed_at:
        return []
    known = (
        ("forward_anomaly", "forward", "转报", anomaly.forwarded_at is None),
        ("plan_anomaly", "plan", "改方案" if anomaly.plan else "定方案", True),
        ("answer_anomaly", "answer", "登记客户答复", anomaly.agreed_at is not None),
        ("close_anomaly", "close", "关闭", anomaly.agreed_at is not None),
    )
    mine = [
        (label, url(page, anomaly.order.number, anomaly.pk))
        for code, page, label, now in known
        if now and may(user, code)
    ]
    waits = anomaly_lists.may_agree(anomaly, user)
    return [(label, address, "" if at or waits else "primary") for at, (label, address) in enumerate(mine)]
