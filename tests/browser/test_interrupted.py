"""The web or the database dies under a form that was just sent: nothing is half there, and sending it again makes
one (B23, B24). The real stack, spoken to as a browser would."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psycopg2
import pytest

from runner.home import Home
from tests.browser.conftest import answers
from tests.browser.office import Stack
from tests.foundation.processes import mentioning, until

made = count(1)


class Visitor:
    """A browser without a picture."""

    def __init__(self, stack: Stack, role: str) -> None:
        self.stack = stack
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.send("/login/", username=role, password=stack.password)

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Status and page of a form filled in on `path`, redirects followed; 0 where nobody answered to the end."""
        try:
            page = self.opener.open(self.stack.url + path, timeout=60).read().decode()
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token
            data = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
            asked = Request(self.stack.url + path, data, {"Referer": self.stack.url + path})  # noqa: S310 (our own)
            with self.opener.open(asked, timeout=60) as answer:
                return int(answer.status), answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


class Sent(threading.Thread):
    """A form on its way."""

    def __init__(self, visitor: Visitor, form: dict[str, str]) -> None:
        super().__init__()
        self.visitor, self.form = visitor, form
        self.status, self.page = 0, ""

    def run(self) -> None:
        self.status, self.page = self.visitor.send("/orders/new/", **self.form)


@pytest.fixture
def sales(stack: Stack) -> Visitor:
    return Visitor(stack, "sales")


@pytest.fixture
def form() -> dict[str, str]:
    reference = f"INT-{next(made)}"
    return {
        "key": f"key-{reference}",
        "customer": "K-B",
        "customer_reference": reference,
        "channel": "phone",
        "kind": "normal",
        "caller": "王经理",
        "words": "要一百卷",
        "lines-TOTAL_FORMS": "0",
        "lines-INITIAL_FORMS": "0",
    }


def database(stack: Stack) -> Any:
    folder = Home(Path(stack.environment["DATA_DIR"])).socket_folder("postgres")
    return psycopg2.connect(host=str(folder), user="postgres", dbname="oms")


def written(stack: Stack, form: dict[str, str]) -> tuple[int, int, int, int]:
    """Orders, revisions, memos and keys that this form has left."""
    tables = (
        "SELECT count(*) FROM orders_order WHERE customer_reference = %(customer_reference)s",
        "SELECT count(*) FROM orders_revision r JOIN orders_order o ON o.id = r.order_id"
        " WHERE customer_reference = %(customer_reference)s",
        "SELECT count(*) FROM customers_memo m JOIN orders_order o ON o.memo_id = m.id"
        " WHERE customer_reference = %(customer_reference)s",
        "SELECT count(*) FROM audit_actionkey WHERE key = %(key)s",
    )
    with database(stack) as connection, connection.cursor() as cursor:
        found = []
        for words in tables:
            cursor.execute(words, form)
            found.append(cursor.fetchone()[0])
    return tuple(found)  # type: ignore[return-value]


@contextmanager
def under_way(stack: Stack, sales: Visitor, form: dict[str, str]) -> Iterator[Sent]:
    """The form is sent, and stands still in the middle of its transaction."""
    held = database(stack)
    sent = Sent(sales, form)
    try:
        with held.cursor() as cursor, database(stack) as watch, watch.cursor() as watching:
            cursor.execute("LOCK TABLE orders_order IN EXCLUSIVE MODE")

            def waits() -> bool:
                watching.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                return bool(watching.fetchone()[0])

            sent.start()
            assert until(waits, 30), (sent.status, sent.page[-2000:])
        yield sent
    finally:
        held.close()
        sent.join(90)


def is_back(stack: Stack) -> bool:
    return until(lambda: answers(f"{stack.url}/readyz"), 120)


def sent_again(stack: Stack, sales: Visitor, form: dict[str, str]) -> None:
    """The same form again, and once more: one order stands, whole."""
    for _ in range(2):
        status, page = sales.send("/orders/new/", **form)
        assert status == 200 and form["customer_reference"] in page, (status, page[-2000:])
    assert written(stack, form) == (1, 1, 1, 1)


def test_b23_the_web_killed_under_a_form_leaves_nothing_and_the_same_form_again_makes_one(
    stack: Stack, sales: Visitor, form: dict[str, str]
) -> None:
    with under_way(stack, sales, form) as sent:
        web = [pid for pid, command in mentioning(stack.environment["DATA_DIR"]).items() if "gunicorn" in command]
        assert web
        for pid in web:
            os.kill(pid, signal.SIGKILL)
    assert is_back(stack)
    assert sent.status == 0
    assert written(stack, form) == (0, 0, 0, 0)
    sent_again(stack, sales, form)


def test_b24_the_database_restarted_under_a_form_is_ridden_out_or_said_in_words_and_never_half_done(
    stack: Stack, sales: Visitor, form: dict[str, str]
) -> None:
    with under_way(stack, sales, form) as sent, database(stack) as told, told.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('data_directory')")
        _, folder = cursor.fetchone()
        os.kill(int((Path(folder) / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    assert sent.status in (200, 503), (sent.status, sent.page[-2000:])
    assert sent.status == 200 or "重试" in sent.page
    assert is_back(stack)
    assert written(stack, form) in ((0, 0, 0, 0), (1, 1, 1, 1))
    sent_again(stack, sales, form)
