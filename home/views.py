"""Pages that belong to no single department."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import roles_of
from home.samples import styleguide_samples


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with believable data; for those who build and look after the pages."""
    if "admin" not in roles_of(request.user) and not settings.DEBUG:
        raise PermissionDenied
    return render(request, "styleguide.html", styleguide_samples())
