"""Pages that belong to no single department."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import roles_of
from home.demo import progress
from home.samples import styleguide_samples


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The band that tells how much of the demo company is in; empty once all of it is."""
    return render(request, "components/demo_band.html", {"percent": progress.percent()})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with believable data; for those who build and look after the pages."""
    if "admin" not in roles_of(request.user) and not settings.DEBUG:
        raise PermissionDenied
    return render(request, "styleguide.html", styleguide_samples())
