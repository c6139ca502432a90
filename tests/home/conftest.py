"""Browser tests of this folder: someone already logged in on the live server."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.people import person


@pytest.fixture
def admin_page(page: Any, live_server: Any) -> Any:
    """A page of someone with the admin role; what its scripts complain of is kept in `errors`."""
    client = Client()
    page.password = "Zhi-Zhang-2026"
    page.person = person("admin", name="管理员", password=page.password)
    client.force_login(page.person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    return page
