"""The day's look at orders in 生产, and telling a delay to the customer (R20, R25)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import open_to, perform
from orders.models import HouseRules, State
from production import delayed, queries, supervised
from production.actions.delays import tell_delay
from production.actions.supervision import check_supervision
from production.forms.watching import OK, DelayForm, SupervisionForm
from production.models import ToldBy
from production.views.shared import WORKING, an_order, page_context, url


@require_safe
@open_to(WORKING)
def supervision_list(request: HttpRequest) -> HttpResponse:
    """All orders in 生产, those not looked at today first asked for."""
    found = supervised.in_work(request.user, timezone.localdate())  # type: ignore[arg-type]
    waiting = supervised.unchecked(found)
    everything = request.GET.get("shelf") == "all"
    page = page_of(found if everything else waiting, request.GET, ("id",))
    house = HouseRules.current().supervision
    tabs = [
        {"label": "今日待检查", "url": "?shelf=waiting", "active": not everything, "count": waiting.count()},
        {"label": "全部在产", "url": "?shelf=all", "active": everything, "count": None},
    ]
    rows = [(order, items, all_fine(items)) for order in page.rows for items in [supervised.items_of(order, house)]]
    context = {"tabs": tabs, "page": page, "rows": rows, "may_check": may(request.user, "check_supervision")}
    return render(request, "production/supervision_list.html", context)


def all_fine(items: list[str]) -> dict[str, str]:
    """What the button of an order in the list sends."""
    return {"seen_items": supervised.seen(items)} | {f"{at}-found": OK for at in range(1, len(items) + 1)}


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def supervision(request: HttpRequest, number: str) -> HttpResponse:
    """Today's list to tick, and what was found on earlier days."""
    order = an_order(request, number)
    checks = list(supervised.checks_of(order))
    today = next((check for check in checks if check.day == timezone.localdate()), None)
    form = None
    if order.state == State.PRODUCTION and may(request.user, "check_supervision"):
        data = request.POST if request.method == "POST" else None
        if data is not None or today is None:
            lines = queries.measured_lines(order)
            form = SupervisionForm(data, subject=order, items=supervised.items_of(order), lines=lines)
            done = perform(
                request, form, check_supervision, order, to=url("supervision_list"), said=f"{number} 已检查。"
            )
            if done:
                return done
    context = page_context(order, "supervision") | {"form": form, "checks": checks, "today": today}
    return render(request, "production/supervision.html", context, status=form.status if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def delay(request: HttpRequest, number: str) -> HttpResponse:
    """What was told of delays; tell another."""
    order = an_order(request, number)
    form = None
    if order.state in (State.PRODUCTION, State.QUALITY) and may(request.user, "tell_delay"):
        data = request.POST if request.method == "POST" else None
        form = DelayForm(data, subject=order, anomalies=queries.anomalies_of(order), initial=first_values(order))
        to = order.get_absolute_url()
        done = perform(request, form, tell_delay, order, to=to, said="已登记告知客户延期。")
        if done:
            return done
    context = page_context(order, "delay") | {
        "form": form,
        "foreseen": delayed.foreseen(order),
        "told": delayed.told(order),
    }
    return render(request, "production/delay.html", context, status=form.status if form else 200)


def first_values(order: Any) -> dict[str, Any]:
    """Production's date and words; by mail where the customer's contact has an address."""
    contact = order.revision.contact if order.revision else None
    by_mail = bool(contact and contact.email)
    return {
        "foreseen_on": delayed.foreseen(order),
        "reason_told": delayed.why(order),
        "way": ToldBy.EMAIL if by_mail else ToldBy.PHONE,
        "told": contact.email if contact and by_mail else str(contact or ""),
    }
