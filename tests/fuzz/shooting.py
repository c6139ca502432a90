"""Sending a shot and judging what came of it; nothing that it changed stays."""

import io
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.client import FakePayload, RequestFactory

from tests.fuzz import memory
from tests.fuzz.company import Company
from tests.fuzz.pages import Page, read
from tests.fuzz.shots import Shot

# More than any page of the company has; what it holds is small.
LARGEST = 1_500_000
# Pages that are remembered, so that what the program itself keeps is seen in the memory.
KEPT_PAGES = 600
REFUSALS = ("django.request", "django.security")


@dataclass
class Outcome:
    status: int
    seconds: float
    faults: list[str] = field(default_factory=list)


class Listener(logging.Handler):
    """What the program says of itself as an error; Django's words on what it refuses are none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(REFUSALS):
            self.heard.append(f"log {record.name}: {record.getMessage()[:600]}" + told(record.exc_info))


def told(problem: Any) -> str:
    if not problem or problem[1] is None:
        return ""
    lines = traceback.extract_tb(problem[2])
    own = [f"{line.filename.removeprefix(str(settings.BASE_DIR))}:{line.lineno} {line.name}" for line in lines]
    kept = [line for line in own if "site-packages" not in line][-4:] + own[-1:]
    return f"\n    {problem[0].__name__}: {str(problem[1])[:300]}\n      " + "\n      ".join(kept)


def is_foreign(response: HttpResponseBase, content: bytes) -> bool:
    """A refusal that a person is shown, and in which no Chinese word stands."""
    shown = response.status_code >= 400 and response.get("Content-Type", "").startswith("text/")
    return shown and bool(content) and not any("一" <= letter <= "龥" for letter in content.decode(errors="replace"))


class Door(WSGIHandler):
    """As a server calls the program, but for the token of a form, which a spoilt one would never have.

    Not Django's ClientHandler: it connects signals anew for each request, and something of each stays for ever.
    """

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return super().get_response(request)


class Range:
    """`fire` sends a shot at the company and tells what came of it."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.door = Door()
        self.factory = RequestFactory()
        self.seen: dict[tuple[str, str], Page | None] = {}
        self.raised: list[str] = []
        self.listener = Listener()

    @contextmanager
    def listening(self) -> Iterator[None]:
        def note(**told_of: Any) -> None:
            self.raised.append("raised" + told(sys.exc_info()))

        root = logging.getLogger()
        # Nothing else: a hundred thousand refusals are no news.
        told_before, root.handlers = root.handlers, [self.listener]
        got_request_exception.connect(note)
        # Each shot is within a transaction, which the end of a request would close.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            yield
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
            root.handlers = told_before
            got_request_exception.disconnect(note)

    def look(self, role: str, url: str) -> Page | None:
        """The page there as it is before anything is done, kept: the company stays as it was."""
        if (role, url) not in self.seen:
            if len(self.seen) >= KEPT_PAGES:
                self.seen.clear()
            found: list[bytes] = []
            outcome = self.fire(Shot(-1, role, "GET", url), found)
            is_page = outcome.status in (200, 422) and b"<html" in found[0][:400]
            self.seen[role, url] = read(url, found[0].decode()) if is_page else None
        return self.seen[role, url]

    def forget(self) -> None:
        """All that is kept in bounds, here and in the program, so that what is weighed is what has none."""
        self.seen.clear()
        memory.empty_what_is_bounded()

    def fire(self, shot: Shot, body: list[bytes] | None = None) -> Outcome:
        self.raised.clear()
        self.listener.heard.clear()
        begun = time.process_time()
        with transaction.atomic():
            response = self.door(self.environment(shot), lambda *_: None)
            content = b"".join(response)
            response.close()
            self.check_what_the_database_left_for_the_end()
            transaction.set_rollback(True)
        if body is not None:
            body.append(content)
        return self.judged(response, content, time.process_time() - begun)

    def check_what_the_database_left_for_the_end(self) -> None:
        if not connection.needs_rollback:
            try:
                connection.check_constraints()
            except Exception:  # noqa: BLE001 (told as a fault of the shot)
                self.raised.append("at commit" + told(sys.exc_info()))

    def judged(self, response: HttpResponseBase, content: bytes, seconds: float) -> Outcome:
        faults = [*self.raised, *self.listener.heard]
        if response.status_code >= 500 and not faults:
            faults.append(f"answer {response.status_code}")
        if len(content) > LARGEST:
            faults.append(f"{len(content)} bytes")
        if is_foreign(response, content):
            faults.append(f"answer {response.status_code} not in Chinese")
        return Outcome(response.status_code, seconds, faults)

    def environment(self, shot: Shot) -> dict[str, Any]:
        session = self.company.session[shot.role]
        address, _, query = shot.url.partition("?")
        headers = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in shot.headers.items()}
        return {
            **self.factory._base_environ(),
            "REQUEST_METHOD": shot.method,
            "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": shot.content_type if shot.body or shot.method == "POST" else "",
            "CONTENT_LENGTH": str(len(shot.body)),
            "wsgi.input": FakePayload(shot.body) if shot.body else io.BytesIO(),
            "HTTP_COOKIE": shot.cookie or f"sessionid={session}",
            **headers,
        }
