"""Wrong addresses of customers' pages: how many one visitor may try, and how their browser is kept (B9, B10)."""

import hashlib
from datetime import timedelta

from django.http import HttpRequest

from accounts import limits
from accounts.addresses import network_of


def count_wrong_try(request: HttpRequest) -> timedelta:
    """One more from there; how long it must wait for the next, if it is too many. A right address never asks here."""
    try:
        limits.take(f"link:{network_of(request)}")
    except limits.TooMany as error:
        return error.left
    return timedelta()


def agent_of(request: HttpRequest) -> str:
    return hashlib.sha256(request.META.get("HTTP_USER_AGENT", "").encode()).hexdigest()
