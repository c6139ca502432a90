"""Who is there."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The one signed in: the middleware lets nobody else in."""
    return cast(User, request.user)
