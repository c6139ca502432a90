"""A page that is only read takes nothing that is sent, and what is only sent to shows nothing: for every address."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from accounts.models import User
from tests.roles.table import NOBODY, PUBLIC, TABLE
from tests.roles.test_matrix import ROUTES, Route

# Open without log-in: what may be sent to them.
SENT_TO = {"login", "second-step", "shipping:carrier_reports"} | {
    f"portal:{name}" for name in ("confirm", "ask", "received", "trouble")
}
SHOWN = PUBLIC - SENT_TO | {"login", "second-step"}
VALUES = {"pk": 1, "position": 1, "public_id": "00000000-0000-0000-0000-000000000000"}


def status(route: Route, method: str) -> int:
    """The view's own answer, before it asks who is there: the first thing it looks at is how it was called."""
    url = reverse(route.name, args=[VALUES.get(name, "x") for name in route.params])
    found = get_resolver().resolve(url)
    request = RequestFactory().generic(method, url)
    request.user = AnonymousUser() if route.name in PUBLIC else User()
    request._dont_enforce_csrf_checks = True
    try:
        return found.func(request, *found.args, **found.kwargs).status_code
    except (PermissionDenied, Http404):
        return 200
    except Exception:  # noqa: BLE001 (it went on to its work: the database is not here)
        return 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_address_takes_any_other_method_than_those_of_a_browser(method: str) -> None:
    assert [route.name for route in ROUTES if status(route, method) != 405] == []


def test_what_is_only_read_takes_nothing_sent() -> None:
    only_read = [r for r in ROUTES if (r.name in PUBLIC - SENT_TO or (r.name in TABLE and TABLE[r.name].post is None))]
    assert [route.name for route in only_read if status(route, "POST") != 405] == []
    assert [route.name for route in only_read if status(route, "HEAD") == 405] == []


def test_what_is_only_sent_to_shows_nothing() -> None:
    only_sent = [r for r in ROUTES if r.name in PUBLIC - SHOWN or (r.name in TABLE and TABLE[r.name].get is NOBODY)]
    assert [route.name for route in only_sent if status(route, "GET") != 405] == []
