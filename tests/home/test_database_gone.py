"""A database that goes away under a request, wherever in it (B24)."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests import people

pytestmark = pytest.mark.django_db


class Shutdown(Exception):
    pgcode = "57P01"


def gone(*_: Any) -> None:
    raise OperationalError from Shutdown()


def test_b24_a_database_that_went_away_before_the_action_began_is_said_in_words_and_is_no_crash() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people.person("sales"))
    with connection.execute_wrapper(gone):
        answer = client.post("/orders/new/", {"customer": "K"})
    assert answer.status_code == 503
    assert "重试" in answer.content.decode() and "Traceback" not in answer.content.decode()
