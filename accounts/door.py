"""What every request passes: who is not logged in is led to the log-in, and who has something to do before all else is
led there; what a signed-in person sees is kept by no browser; a session that is used lives on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

# Of a page that loads itself again, and of a part that does.
PAGE_RELOADS, PART_RELOADS = b'http-equiv="refresh"', b'hx-trigger="every '
BEGINNING = 4000

# What is to be done before anything else, and the pages that are open meanwhile.
OPEN = {
    "password_change": {"password_change"},
    "factors": {"factors", "factor-authenticator", "factor-passkey", "factor-codes"},
}


def unattended(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a view that pages ask by themselves: it keeps nobody logged in."""
    view.unattended = True  # type: ignore[attr-defined]
    return view


class Door(LoginRequiredMiddleware):
    """Closed by default; stands behind AuthenticationMiddleware."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        request.unattended = getattr(view_func, "unattended", False)  # type: ignore[attr-defined]
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused or not getattr(view_func, "login_required", True):
            return refused
        first = first_of(request.user)
        if first and request.resolver_match.view_name not in {*OPEN[first], "logout"}:  # type: ignore[union-attr]
            return lead(request, redirect_to_login(page_of(request), reverse(first)))
        return None

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """To the log-in, and from there back to where the person is."""
        return lead(request, redirect_to_login(page_of(request), self.get_login_url(view_func)))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "no-store, private")
            if not getattr(request, "unattended", True) and not reloads_itself(request, response):
                request.session.note_use(timezone.now())  # type: ignore[attr-defined]
        return response


def first_of(user: Any) -> str:
    """The page of what a person has to do before anything else is open to them; "" for nothing."""
    if user.must_change_password:
        return "password_change"
    return "factors" if user.must_add_factor else ""


def lead(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect of the whole page, also where only a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response["Location"])
    return response


def page_of(request: HttpRequest) -> str:
    """The page that was asked for, or that the form or the part was sent from: the one to come back to."""
    is_part = "HX-Request" in request.headers
    if request.method in ("GET", "HEAD") and not is_part:
        return request.get_full_path()
    return came_from(request, "" if is_part else request.get_full_path()) or "/"


def came_from(request: HttpRequest, default: str = "/") -> str:
    """The page before this one, if it is one of ours."""
    page = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return default
    parts = urlsplit(page)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def reloads_itself(request: HttpRequest, response: HttpResponseBase) -> bool:
    mark = PART_RELOADS if "HX-Request" in request.headers else PAGE_RELOADS
    return not response.streaming and mark in response.content[:BEGINNING]  # type: ignore[attr-defined]
