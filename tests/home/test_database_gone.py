"""A database that goes away under a request, wherever in it (B24)."""

import contextlib
import importlib
import socket
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, close_old_connections, connection
from django.test import Client
from psycopg2 import extensions

from config import waiting
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


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the web waits, but not as long."""
    monkeypatch.setattr(waiting, "CONNECTING", 0.3)
    monkeypatch.setattr(waiting, "ANSWER", 0.5)
    waiting.bound_all()
    yield
    extensions.set_wait_callback(None)


@pytest.mark.django_db(transaction=True)
def test_b24_a_page_whose_database_says_nothing_answers_in_words_and_the_next_one_works(bound: None) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people.person("sales"))
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as held:
        held.cursor().execute("LOCK TABLE accounts_user")  # stands for whatever makes it silent
        answer = client.get("/orders/")
    close_old_connections()  # as every request begins, but for the test client's
    assert answer.status_code == 503 and "重试" in answer.content.decode()
    assert client.get("/orders/").status_code == 200


def test_b24_nobody_waits_long_for_a_database_that_accepts_and_is_silent(bound: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(host="127.0.0.1", port=silent.getsockname()[1], dbname="oms")


def test_the_web_bounds_its_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may take its time; a thread of the web that waits is missing to everybody else."""
    told: list[Any] = []
    monkeypatch.setattr(extensions, "set_wait_callback", told.append)
    importlib.reload(importlib.import_module("config.wsgi"))
    assert told[-1] is waiting.wait
