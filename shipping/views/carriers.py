"""The carriers of the house, and where their systems report from the road."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from shipping import actions, carriers
from shipping.actions.carrying import take_reports
from shipping.adapters import ADAPTERS, Forged, Unreadable
from shipping.forms import CarrierForm
from shipping.models import Carrier
from shipping.views.pages import CONCERNED

MOST_BYTES = 256 * 1024
KNOWN_TO = CONCERNED | {"admin"}


@require_safe
@open_to(KNOWN_TO)
def index(request: HttpRequest) -> HttpResponse:
    context = {
        "page": page_of(Carrier.objects.prefetch_related("leads"), request.GET, ("name",)),
        "may_change": may(request.user, "change_carrier"),
    }
    return render(request, "shipping/carriers.html", context)


@require_safe
@never_cache
@open_to(KNOWN_TO)
def carrier(request: HttpRequest, carrier: str) -> HttpResponse:
    """What is known of one; its key only for those who set it up."""
    shown = get_object_or_404(Carrier.objects.prefetch_related("leads"), code=carrier)
    renews = may(request.user, "renew_carrier_key")
    context: dict[str, Any] = {"carrier": shown, "may_change": may(request.user, "change_carrier")}
    if shown.adapter and renews:
        context |= {
            "address": request.build_absolute_uri(reverse("shipping:carrier_reports", args=[shown.code])),
            "secret": carriers.key_of(shown),
            "way": ADAPTERS[shown.adapter].label,
            "renew": ActionForm(subject=shown),
        }
    return render(request, "shipping/carrier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_carrier")
def change(request: HttpRequest, carrier: str | None = None) -> HttpResponse:
    shown = None if carrier is None else get_object_or_404(Carrier, code=carrier)
    form = CarrierForm(request.POST or None, instance=shown)
    done = perform(request, form, actions.change_carrier, shown, said="已保存。")
    context = {"form": form, "carrier": shown, "title": f"修改{shown.name}" if shown else "新增承运人"}
    return done or render(request, "shipping/carrier_form.html", context, status=form.status)


@require_POST
@needs("renew_carrier_key")
def renew(request: HttpRequest, carrier: str) -> HttpResponse:
    shown = get_object_or_404(Carrier, code=carrier)
    form = ActionForm(request.POST, subject=shown)
    return press(request, actions.renew_carrier_key, shown, form=form, said="已换新密钥，请告知承运人；旧的即刻失效。")


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def reports(request: HttpRequest, carrier: str) -> JsonResponse:
    """A carrier's own system reports from the road. Whatever is wrong with its proof, the answer is the same."""
    known = Carrier.objects.filter(code=carrier, is_active=True).exclude(adapter="").first()
    adapter = ADAPTERS.get(known.adapter) if known else None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return JsonResponse({"error": "too large"}, status=413)
    try:
        if known is None or adapter is None:
            raise Forged
        now = timezone.now()
        adapter.verify(carriers.key_of(known), request.headers, request.body, now)
        found = adapter.read(request.body, now)
    except Forged:
        return JsonResponse({"error": "refused"}, status=403)
    except Unreadable as problem:
        return JsonResponse({"error": str(problem)}, status=400)
    return JsonResponse(take_reports(known, found))
