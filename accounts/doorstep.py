"""What is looked at before any page: characters that no browser sends, and values that no column holds.

A page's form tells a person what is wrong beside its field. What is refused here nobody types: it is answered by the
page of a bad request, in words, and no page below has to think of it.
"""

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

log = logging.getLogger(__name__)
NUL = "\x00"


class Doorstep:
    """Stands before the session: its cookie is looked for in the database as it came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refuse(request.path_info, *request.COOKIES.values())
        # What is looked for without sense is ignored (B16).
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("errors/405.html").encode()
            response["Content-Length"] = str(len(response.content))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A value that its column cannot hold came by a form: a gap to be closed there, but no fault of the person's,
        and nothing was saved."""
        if not isinstance(error, DataError) and not (isinstance(error, ValueError) and "NUL (0x00)" in str(error)):
            return None
        log.error("no column holds what was given at %s", request.path, exc_info=error)
        return HttpResponse(render_to_string("errors/400.html"), status=400)


def refuse(*texts: str) -> None:
    if any(NUL in text for text in texts):
        raise BadRequest("a NUL among the characters")
