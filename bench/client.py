"""Clients as browsers are: logged in, one connection kept open, the next request when the last one is answered."""

import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlencode

from bench.company import PASSWORD
from bench.forms import CSRF, form_of
from bench.meter import MILLISECONDS, PROCESSOR, STATEMENTS

BOUNDARY = "of-the-bench"


class Unexpected(Exception):
    """An answer that a bench must not time: an error page, a refusal, the log-in."""


@dataclass
class Answer:
    status: int
    body: str
    size: int
    location: str
    statements: int
    sql_ms: float
    cpu_ms: float


class Client:
    def __init__(self, port: int, username: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.username = username
        self.cookies: dict[str, str] = {}
        self.get("/login/")
        self.post("/login/", {"username": username, "password": PASSWORD})
        if "sessionid" not in self.cookies:
            raise Unexpected(f"{username} could not log in")

    def get(self, path: str, *, metered: bool = False) -> Answer:
        return self.send("GET", path, None, metered)

    def post(self, path: str, fields: dict[str, str], *, metered: bool = False) -> Answer:
        body = urlencode(fields | {CSRF: self.token}).encode()
        return self.send("POST", path, body, metered, "application/x-www-form-urlencoded")

    def upload(self, path: str, fields: dict[str, str], name: str, filename: str, content: bytes) -> Answer:
        """A form with one file."""
        parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in (fields | {CSRF: self.token}).items()]
        parts.append(f'name="{name}"; filename="{filename}"\r\n\r\n'.encode() + content)
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
        body = b"".join(head + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
        return self.send("POST", path, body, False, f"multipart/form-data; boundary={BOUNDARY}")

    @property
    def token(self) -> str:
        return self.cookies.get("csrftoken", "")

    def send(self, method: str, path: str, body: bytes | None, metered: bool, kind: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        if metered:
            headers["X-Bench"] = "1"
        response = self.answered(method, path, body, headers)
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(
            response.status,
            content.decode(),
            len(content),
            response.getheader("Location") or "",
            int(response.getheader(STATEMENTS) or 0),
            float(response.getheader(MILLISECONDS) or 0),
            float(response.getheader(PROCESSOR) or 0),
        )

    def answered(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """On a new connection where the server closed the idle one meanwhile, as browsers do."""
        try:
            self.line.request(method, path, body, headers)
            return self.line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.line.close()
            self.line.request(method, path, body, headers)
            return self.line.getresponse()

    def form(self, path: str, action: str = "") -> dict[str, str]:
        """What the page's form holds (the one sent to `action` where given), ready to be sent back."""
        page = self.get(path)
        if page.status != 200:
            raise Unexpected(f"GET {path}: {page.status} {page.location}")
        try:
            return form_of(page.body, action)
        except LookupError as problem:
            raise Unexpected(f"GET {path}: {problem}") from problem


@dataclass
class Timed:
    """What a closed loop of `clients` measured, in milliseconds."""

    times: list[float]
    seconds: float
    size: int = 0
    statements: int = 0
    sql_ms: float = 0.0
    cpu_ms: float = 0.0  # at first sight
    cpu_again_ms: float = 0.0  # of the same address once more
    failures: list[str] = field(default_factory=list)

    def quantile(self, percent: int) -> float:
        return quantiles(self.times, n=100, method="inclusive")[percent - 1] if len(self.times) > 1 else self.times[0]

    @property
    def p50(self) -> float:
        return self.quantile(50)

    @property
    def p95(self) -> float:
        return self.quantile(95)

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds


Step = Callable[[Client], Answer]


def closed_loop(work: list[tuple[Client, list[Step]]]) -> Timed:
    """Each client does its own steps one after the other, all clients at once."""
    times: list[list[float]] = [[] for _ in work]
    failures: list[str] = []
    start = threading.Barrier(len(work) + 1)

    def drive(place: int, client: Client, steps: list[Step]) -> None:
        start.wait()
        for step in steps:
            began = time.perf_counter()
            try:
                answer = step(client)
            except (http.client.HTTPException, OSError, Unexpected) as problem:
                failures.append(repr(problem)[:3000])
                return
            times[place].append((time.perf_counter() - began) * 1000)
            if answer.status >= 400:
                failures.append(f"{answer.status} {re.sub('<[^>]+>', ' ', answer.body)[:3000]}")

    threads = [threading.Thread(target=drive, args=(place, *one)) for place, one in enumerate(work)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Timed([each for own in times for each in own], time.perf_counter() - began, failures=failures)
