"""Raw materials in the browser: what lies there, what comes, what a product is made of."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import ROLES
from accounts.web import needs, open_to, perform
from catalog.materials import change_material, change_needs
from catalog.models import Material, Need, Product
from stock.materials import actions, queries
from stock.materials.arrivals import import_arrivals
from stock.materials.forms import (
    CancelForm,
    CountForm,
    ExpectForm,
    FindForm,
    ImportArrivalsForm,
    MaterialForm,
    NeedsForm,
    PutOffForm,
    ReceiveForm,
    WriteOffForm,
)
from stock.models import ExpectedArrival, MaterialLot

WORKING = set(ROLES) - {"admin"}
KNOWN_TO = set(ROLES)
MOST_OVERDUE = 50


@require_safe
@open_to(KNOWN_TO)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    today = timezone.localdate()
    found = queries.materials(day=today, **find.asked())
    late = list(queries.overdue(today)[: MOST_OVERDUE + 1])
    context = {
        "find": find,
        "late": late[:MOST_OVERDUE],
        "more_late": len(late) > MOST_OVERDUE,
        "today": today,
        "may_expect": may(request.user, "expect_arrival"),
        "page": page_of(found, request.GET, ("code",)),
        "may_change": may(request.user, "change_material"),
        "may_import": may(request.user, "import_arrivals"),
    }
    return render(request, "stock/materials.html", context)


@require_safe
@open_to(KNOWN_TO)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One material: its lots, what is expected, the products it goes into, and every move."""
    material = get_object_or_404(Material, pk=pk)
    today = timezone.localdate()
    lots = list(queries.lots_of(material)[:200])
    context = {
        "material": material,
        "lots": lots,
        "today": today,
        "free": queries.free_of([material.pk], today).get(material.pk, 0),
        "arrivals": list(material.arrivals.filter(state=ExpectedArrival.State.OPEN).select_related("created_by")),
        "needs": list(Need.objects.filter(material=material).select_related("product")[:100]),
        "moves": list(queries.moves_of(material)[:60]),
        "may_change": may(request.user, "change_material"),
        "may_receive": may(request.user, "receive_material"),
        "may_expect": may(request.user, "expect_arrival"),
        "may_count": may(request.user, "count_material"),
    }
    return render(request, "stock/material.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_material")
def change(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    material = None if pk is None else get_object_or_404(Material, pk=pk)
    form = MaterialForm(request.POST or None, instance=material)
    title = "新增原材料" if material is None else f"修改 {material.code}"
    return perform(request, form, change_material, material) or shown(request, form, title, material)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_needs")
def product_needs(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = NeedsForm(request.POST or None, product=product)
    done = perform(request, form, change_needs, product, to=product.get_absolute_url(), said="材料用量已保存。")
    return done or render(request, "stock/product_needs.html", {"form": form, "product": product}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("receive_material")
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    material = get_object_or_404(Material, pk=pk)
    asked = request.GET.get("arrival", "")
    initial = {}
    if asked.isascii() and asked.isdigit() and len(asked) < 18:
        expected = material.arrivals.filter(pk=int(asked), state=ExpectedArrival.State.OPEN).first()
        if expected:
            initial = {"arrival": expected.pk, "quantity": f"{expected.rest.normalize():f}"}
    form = ReceiveForm(request.POST or None, material=material, initial=initial)
    done = perform(request, form, actions.receive_material, to=material.get_absolute_url(), said="已入库。")
    return done or shown(request, form, f"{material.name}到料入库", material)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("expect_arrival")
def expect(request: HttpRequest, pk: int) -> HttpResponse:
    material = get_object_or_404(Material, pk=pk)
    form = ExpectForm(request.POST or None, material=material)
    done = perform(request, form, actions.expect_arrival, to=material.get_absolute_url(), said="已登记预计到料。")
    return done or shown(request, form, f"登记{material.name}预计到料", material)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import_arrivals")
def import_file(request: HttpRequest) -> HttpResponse:
    form = ImportArrivalsForm(request.POST or None, request.FILES or None)
    done = perform(request, form, import_arrivals, to=reverse("stock:materials"), said="采购到料表已导入。")
    return done or shown(request, form, "导入预计到料", None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("put_off_arrival")
def put_off(request: HttpRequest, pk: int) -> HttpResponse:
    arrival = get_object_or_404(ExpectedArrival.objects.select_related("material"), pk=pk)
    form = PutOffForm(request.POST or None, subject=arrival, initial={"due_on": arrival.due_on})
    to = arrival.material.get_absolute_url()
    done = perform(request, form, actions.put_off_arrival, arrival, to=to, said="到料日期已改。")
    return done or shown(request, form, f"{arrival.material.name}到料改期", arrival.material)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("cancel_arrival")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    arrival = get_object_or_404(ExpectedArrival.objects.select_related("material"), pk=pk)
    form = CancelForm(request.POST or None, subject=arrival)
    to = arrival.material.get_absolute_url()
    done = perform(request, form, actions.cancel_arrival, arrival, to=to, said="预计到料已取消。")
    return done or shown(request, form, f"取消{arrival.material.name}预计到料", arrival.material, "取消到料", "danger")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("count_material")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(MaterialLot.objects.select_related("material"), pk=pk)
    form = CountForm(request.POST or None, initial={"counted": lot.on_hand, "there": lot.on_hand})
    to = lot.material.get_absolute_url()
    done = perform(request, form, actions.count_material, lot, to=to, said="盘点已登记。")
    return done or shown(request, form, f"盘点 {lot.number}", lot.material)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_off_material")
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(MaterialLot.objects.select_related("material"), pk=pk)
    form = WriteOffForm(request.POST or None)
    to = lot.material.get_absolute_url()
    done = perform(request, form, actions.write_off_material, lot, to=to, said="已报废。")
    return done or shown(request, form, f"报废 {lot.number}", lot.material, "报废", "danger")


def shown(
    request: HttpRequest,
    form: ActionForm,
    title: str,
    material: Material | None,
    label: str = "保存",
    tone: str = "primary",
) -> HttpResponse:
    """One form of one thing about a material."""
    back = material.get_absolute_url() if material else reverse("stock:materials")
    context: dict[str, Any] = {"form": form, "title": title, "material": material, "back": back}
    context |= {"label": label, "tone": tone}
    return render(request, "stock/material_form.html", context, status=form.status)
