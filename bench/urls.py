"""The program's addresses, and the empty views that its pages are compared with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as of_program

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """Signed in, through every middleware, and then nothing. Reading the person is what signed in means."""
    return HttpResponse(f"{request.user.pk}")


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bench/empty", empty), path("bench/bare", bare), *of_program]
