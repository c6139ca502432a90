"""Error pages. They read neither session nor database: they must appear when those are what failed."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.door import came_from
from audit.frame import is_passing


def page(status: HTTPStatus, template: str | None = None, **context: str) -> HttpResponse:
    body = render_to_string(f"errors/{template or int(status)}.html", context)
    return HttpResponse(body, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that went away, before the action began or between its parts, is no fault of anybody's (B24)."""
    error = sys.exc_info()[1]
    gone = isinstance(error, (OperationalError, InterfaceError)) and is_passing(error)
    return page(HTTPStatus.SERVICE_UNAVAILABLE if gone else HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was older than the log-in: back to it, where what was typed is restored."""
    return page(HTTPStatus.FORBIDDEN, "403_csrf", back_url=came_from(request))
