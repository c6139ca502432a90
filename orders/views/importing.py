"""Importing orders in the browser: the template, handing in, and what became of each row."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web import needs, perform, press
from orders.actions.importing import import_orders, retry_import, standings
from orders.forms.importing import ImportForm
from orders.importing import template
from orders.models import ImportRun

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import_orders")
def index(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    done = perform(request, form, import_orders, said="文件已收下，正在导入。")
    runs = list(ImportRun.objects.visible_to(request.user).select_related("file")[:10])  # type: ignore[arg-type]
    stand = standings(runs, timezone.now())
    context = {"form": form, "runs": [(run, stand.get(run.pk)) for run in runs], "columns": template.COLUMNS}
    return done or render(request, "orders/import.html", context, status=form.status)


@require_safe
@needs("import_orders")
def blank(request: HttpRequest) -> HttpResponse:
    """The empty template."""
    response = HttpResponse(template.workbook(), content_type=XLSX)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E8%AE%A2%E5%8D%95%E5%AF%BC%E5%85%A5.xlsx"
    return response


@require_safe
@needs("import_orders")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The outcome; while the worker is at it the page refreshes itself, and says where it is not."""
    found = own_run(request, pk)
    stand = standings([found], timezone.now()).get(found.pk)
    return render(request, "orders/import_run.html", {"run": found, "report": found.report, "standing": stand})


@require_POST
@needs("retry_import")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    return press(request, retry_import, own_run(request, pk), said="已重新排入导入，已建的订单不会重复。")


def own_run(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("file"), pk=pk)  # type: ignore[arg-type]
