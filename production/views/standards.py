"""The 产品出厂标准: the list, one version, writing it, putting it in force, and how strictly it is sampled."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from production import forms, measuring
from production.actions import standards
from production.models import ProductStandard, StandardStatus
from production.sampling import Severity
from production.views.shared import WORKING, url

SHELVES = (("in_force", "现行"), ("draft", "草稿"), ("replaced", "已替代"))


@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "in_force")
    shelf = shelf if shelf in StandardStatus.values else "in_force"
    words = request.GET.get("q", "").strip()
    found = ProductStandard.objects.filter(status=shelf).select_related("product__sampling", "put_by", "written_by")
    if words:
        found = found.filter(product__search__matches=words)
    page = page_of(found, request.GET, ("id",))
    tabs = [
        {"label": label, "url": f"{url('standards')}?shelf={code}", "active": code == shelf} for code, label in SHELVES
    ]
    context = {"page": page, "tabs": tabs, "words": words, "shelf": shelf}
    return render(request, "production/standards.html", context | {"may_write": may(request.user, "write_standard")})


@open_to(WORKING)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return detail_page(request, a_standard(pk))


def detail_page(request: HttpRequest, shown: ProductStandard, steer: forms.SteerForm | None = None) -> HttpResponse:
    draft = shown.status == StandardStatus.DRAFT
    if steer is None and shown.status == StandardStatus.IN_FORCE and may(request.user, "steer_sampling"):
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
    return render(request, "production/standard.html", context, status=steer.status if steer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_standard")
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new draft, from an earlier version where `?from=` names one; or the draft itself."""
    standard = a_standard(pk) if pk else None
    source = request.GET.get("from", "")
    copied = a_standard(int(source)) if source.isdecimal() and len(source) < 10 and not pk else None
    form = forms.StandardForm(request.POST if request.method == "POST" else None, standard=standard, copied=copied)
    done = perform(request, form, standards.write_standard, standard, said="标准草稿已保存，待质检部批准生效。")
    title = f"修改 {standard}" if standard else "编写产品出厂标准"
    context = {"form": form, "title": title, "standard": standard}
    return done or render(request, "production/standard_form.html", context, status=form.status)


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
