"""The 产品出厂标准: the list, one version, writing it, putting it in force, and how strictly it is sampled."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from production.models import EditionStatus
from production.views.shared import WORKING, begun_from, shelves_of
from quality import forms, measuring
from quality.actions import standards
from quality.models import ProductStandard
from quality.sampling import Severity


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    found = ProductStandard.objects.select_related("product__sampling", "put_by", "written_by")
    context = shelves_of(request, found, "quality:standards") | {"may_write": may(request.user, "write_standard")}
    return render(request, "quality/standards.html", context)


@require_safe
@open_to(WORKING)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return detail_page(request, a_standard(pk))


def detail_page(request: HttpRequest, shown: ProductStandard, steer: forms.SteerForm | None = None) -> HttpResponse:
    draft = shown.status == EditionStatus.DRAFT
    if steer is None and shown.status == EditionStatus.IN_FORCE and may(request.user, "steer_sampling"):
        steer = forms.SteerForm()
    stand = measuring.stand_of(shown.product_id)
    context = {
        "standard": shown,
        "items": shown.items.order_by("position"),
        "stand": stand,
        "severity": Severity(stand.severity).label,
        "versions": ProductStandard.objects.filter(product=shown.product_id).order_by("-number"),
        "may_write": may(request.user, "write_standard"),
        "may_put": draft and may(request.user, "put_standard_in_force"),
        "draft": draft,
        "steer": steer,
    }
    return render(request, "quality/standard.html", context, status=steer.status if steer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_standard")
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new draft, from an earlier version where `?from=` names one; or the draft itself."""
    standard = a_standard(pk) if pk else None
    source = begun_from(request)
    copied = a_standard(source) if source and not pk else None
    form = forms.StandardForm(request.POST if request.method == "POST" else None, edition=standard, copied=copied)
    done = perform(request, form, standards.write_standard, standard, said="标准草稿已保存，待质检部批准生效。")
    title = f"修改 {standard}" if standard else "编写产品出厂标准"
    context = {"form": form, "title": title, "standard": standard}
    return done or render(request, "quality/standard_form.html", context, status=form.status)


@require_POST
@needs("put_standard_in_force")
def put(request: HttpRequest, pk: int) -> HttpResponse:
    return press(request, standards.put_in_force, a_standard(pk), said="已生效，此后各批按此版检验。")


@require_POST
@needs("steer_sampling")
def steer(request: HttpRequest, pk: int) -> HttpResponse:
    shown = a_standard(pk)
    form = forms.SteerForm(request.POST)
    done = perform(request, form, standards.steer_sampling, shown.product, to=shown.get_absolute_url(), said="已登记。")
    return done or detail_page(request, shown, form)


def a_standard(pk: int) -> ProductStandard:
    return get_object_or_404(ProductStandard.objects.select_related("product", "put_by", "written_by"), pk=pk)
