"""Devices on which people have logged in before: a long-lived signed cookie, and the log-ins that name it.

One device may be several people's (a terminal of the warehouse); it is known for those who logged in there.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import SignIn, User

COOKIE = "device"
SALT = "accounts.device"
# Browsers keep no cookie longer; each log-in begins it anew.
KEPT = timedelta(days=400)


def new_device() -> str:
    return secrets.token_hex(16)


def device_of(request: HttpRequest) -> str:
    """The device that the request comes from; "" where the cookie is missing, altered or too old."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT) or ""


def is_known(user: User, device: str) -> bool:
    """Whether `user` has logged in there before."""
    return bool(device) and SignIn.objects.filter(kind=SignIn.Kind.IN, user=user, device=device).exists()


class KeepDevice:
    """Gives the browser the cookie of the device after a log-in, whichever page it was made on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if device := getattr(request, "device_to_keep", ""):
            response.set_signed_cookie(
                COOKIE,
                device,
                salt=SALT,
                max_age=KEPT,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response
