"""归档: an order's file as a check list, and a month's completed orders with what their files lack (R32, R40)."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.roles import PRICE_ROLES
from accounts.web import may_open, open_to
from documents.find import MonthField
from documents.queries import next_month
from orders import filing
from orders.models import Order, State
from orders.views.shared import an_order


@require_safe
@open_to(PRICE_ROLES)
def file(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    items = [led(item, request.user) for item in filing.files_of([order])[order.pk]]
    context = {"order": order, "items": items, "missing": filing.missing(items)}
    return render(request, "orders/file.html", context)


def led(item: filing.Item, user: Any) -> filing.Item:
    """Without its link where that page is closed to this person."""
    return item if not item.url or may_open(user, item.url) else replace(item, url="")


@require_safe
@open_to(PRICE_ROLES)
def files(request: HttpRequest) -> HttpResponse:
    """The orders completed in a month, oldest first, each with what is missing."""
    month = month_asked_for(request.GET.get("month", ""))
    begins = timezone.make_aware(datetime.combine(month, time.min))
    ends = timezone.make_aware(datetime.combine(next_month(month), time.min))
    found = Order.objects.visible_to(request.user).filter(  # type: ignore[arg-type]
        state=State.COMPLETED, ended_at__gte=begins, ended_at__lt=ends
    )
    page = page_of(found.select_related("customer", "revision__contract__scan"), request.GET, ("ended_at", "id"))
    items = filing.files_of(page.rows)
    rows = [(order, len(items[order.pk]), filing.missing(items[order.pk])) for order in page.rows]
    return render(request, "orders/files.html", {"page": page, "rows": rows, "month": f"{month:%Y-%m}"})


def month_asked_for(text: str) -> date:
    """The first day of «2026-11»; of this month where nothing sensible was asked for (B16)."""
    try:
        return MonthField().clean(text) or timezone.localdate().replace(day=1)
    except (ValidationError, ValueError):
        return timezone.localdate().replace(day=1)
