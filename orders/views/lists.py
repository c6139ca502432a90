"""The list of orders."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import may, sees_prices
from accounts.roles import ROLES
from accounts.web import open_to
from orders import queries
from orders.forms.lists import OrderFilter
from orders.models import State

WORKING = frozenset(ROLES) - {"admin"}
WITH_PRICES = "单号|客户|状态|确认|付款|交货|要求交期|预交日|金额:num"
WITHOUT = "单号|客户|状态|确认|交货|要求交期|预交日"


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    """Orders, newest first, fifty to a page; every page costs the same."""
    prices = sees_prices(request.user)
    find = OrderFilter(request.GET, prices=prices, auto_id="find_%s")
    today = timezone.localdate()
    found = queries.listed(request.user, find.chosen(), today)  # type: ignore[arg-type]
    page = page_of(found.values("created_at", "id"), request.GET, ("created_at", "id"), descending=True)
    rows = queries.ROWS.in_order([row["id"] for row in page.rows])
    for row in rows:
        dress(row, today)
        row["is_mine"] = row["salesperson_id"] == request.user.pk
    context = {
        "find": find,
        "narrowed": bool(find.chosen()),
        "page": page,
        "rows": rows,
        "prices": prices,
        "heads": WITH_PRICES if prices else WITHOUT,
        "may_enter": may(request.user, "create_order"),
    }
    return render(request, "orders/list.html", context)


def dress(row: dict[str, Any], today: date) -> None:
    """Words for what the columns say."""
    row["state_label"] = State(row["state"]).label
    row["is_late"] = bool(row["promised_on"]) and row["promised_on"] < today and row["state"] in queries.UNFINISHED
