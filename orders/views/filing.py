"""归档: an order's file as a check list, and a month's ended orders with what their files lack (R32, R40)."""

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import may_open, open_to, perform_ticked
from documents.find import MonthForm
from orders import archiving, filing
from orders.actions.archiving import archive_file
from orders.models import Order
from orders.models.order import ENDED
from orders.views.shared import an_order

MOST_TICKED = 50


class FilesForm(MonthForm):
    left = forms.BooleanField(label="只看未归档", required=False)


@require_safe
@open_to(PRICE_ROLES)
def file(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    items = [led(item, request.user) for item in filing.files_of([order])[order.pk]]
    missing = filing.missing(items)
    may_archive = may(request.user, "archive_file") and order.state in ENDED and not order.archived_at
    context = {"order": order, "items": items, "missing": missing, "may_archive": may_archive and not missing}
    return render(request, "orders/file.html", context)


def led(item: filing.Item, user: Any) -> filing.Item:
    """Without its link where that page is closed to this person."""
    return item if not item.url or may_open(user, item.url) else replace(item, url="")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(PRICE_ROLES)
def files(request: HttpRequest) -> HttpResponse:
    """The orders that ended in a month, oldest first, each with what is missing; the ticked ones are put away."""
    form = FilesForm(request.GET)
    if not form.is_valid():
        form = FilesForm({"month": f"{timezone.localdate():%Y-%m}"})
        form.full_clean()
    of_month = Order.objects.visible_to(request.user).filter(archiving.ended_in(form.cleaned_data["month"]))  # type: ignore[arg-type]
    if request.method == "POST":
        return archive(request, of_month)
    found = of_month.filter(archiving.NOT_ARCHIVED) if form.cleaned_data["left"] else of_month
    page = page_of(found.select_related("customer", "revision__contract__scan"), request.GET, ("ended_at", "id"))
    items = filing.files_of(page.rows)
    context = {
        "find": form,
        "page": page,
        "rows": [(order, len(items[order.pk]), filing.missing(items[order.pk])) for order in page.rows],
        "counts": of_month.aggregate(all=Count("pk"), archived=Count("pk", filter=Q(archived_at__isnull=False))),
        "may_archive": may(request.user, "archive_file"),
    }
    return render(request, "orders/files.html", context)


def archive(request: HttpRequest, of_month: QuerySet[Order]) -> HttpResponse:
    return perform_ticked(
        request,
        of_month,
        archive_file,
        box="order",
        most=MOST_TICKED,
        said="已归档 {} 张订单的卷宗。",
        none="请先勾选要归档的订单。",
    )
