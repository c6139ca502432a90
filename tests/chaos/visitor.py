"""Someone at a browser who does not give up: the same form is sent again until it is answered."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.forms import CSRF, Form, Forms

BOUNDARY = "of-the-chaos"
PATIENCE = 20
PAUSE = 0.5
# The proxy, the web or its database are not there just now.
PASSING = {0, 502, 503, 504}


class Wrong(Exception):
    """An answer that no kill explains."""


class Stopped(Exception):
    """The time is over."""


@dataclass
class Answer:
    """Status 0 where nobody answered to the end."""

    status: int
    body: str = ""
    location: str = ""

    @property
    def words(self) -> str:
        return " ".join(Text(self.body.partition("<main")[2]).said.split())[:300]


class Text(Forms):
    """What a page says, and its forms with the words on their buttons."""

    def __init__(self, page: str) -> None:
        self.said, self.buttons, self.on_button = "", [], False
        super().__init__(page)

    buttons: list[tuple[str, Form, dict[str, str]]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "button" and self.within is not None:
            given = {name: value or "" for name, value in attrs}
            own = {given["name"]: given.get("value", "")} if given.get("name") else {}
            self.buttons.append(("", self.within, own))
            self.on_button = True

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        self.said += data + " "
        if self.on_button:
            words, form, own = self.buttons.pop()
            self.buttons.append((words + data.strip(), form, own))

    def handle_endtag(self, tag: str) -> None:
        self.on_button = self.on_button and tag != "button"
        super().handle_endtag(tag)


@dataclass
class Visitor:
    port: int
    name: str
    password: str
    over: Any  # when nobody goes on
    cookies: dict[str, str] = field(default_factory=dict)

    # Once

    def send(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = encoded(fields | {CSRF: self.cookies.get("csrftoken", "")})
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE + 40)
        try:
            line.request(method, path, body, headers)
            response = line.getresponse()
            content = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            line.close()
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Answer(response.status, content, response.headers.get("Location", ""))

    # Until it is answered

    def answered(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Answer:
        while True:
            answer = self.send(method, path, fields)
            if answer.status not in PASSING:
                return answer
            if self.over.wait(PAUSE):
                raise Stopped

    def log_in(self) -> None:
        for _ in range(20):
            self.answered("GET", "/login/")
            self.answered("POST", "/login/", {"username": self.name, "password": self.password})
            if "sessionid" in self.cookies:
                return
        raise Wrong(f"{self.name} cannot log in")

    def page(self, path: str) -> Text:
        answer = self.answered("GET", path)
        if answer.status != 200:
            raise Wrong(f"{self.name} GET {path}: {answer.status} {answer.location} {answer.words}")
        return Text(answer.body)

    def press(self, path: str, button: str, filled: dict[str, Any]) -> tuple[str, str]:
        """Fill in the form of that button and send it until it is answered: its key, and where it led."""
        target, fields = form_on(self.page(path), path, button)
        for name, value in filled.items():
            fields[whole_name(fields, name)] = value
        answer = self.answered("POST", target, fields)
        if answer.status != 302 or answer.location.startswith("/login"):
            raise Wrong(f"{self.name} {button} {path}: {answer.status} {answer.location} {answer.words}")
        return str(fields.get("key", "")), urlsplit(answer.location).path


def form_on(page: Text, path: str, button: str) -> tuple[str, dict[str, Any]]:
    for words, form, own in page.buttons:
        if words == button:
            fields = {name: value for name, value in form.fields.items() if name != CSRF}
            return form.action or path, fields | own
    raise Wrong(f"no button {button} on {path}, only {[words for words, _, _ in page.buttons]}: {page.said[-600:]}")


def whole_name(fields: dict[str, Any], name: str) -> str:
    """A field of that name, or of a row's (`12-good`)."""
    return next((each for each in fields if each == name or each.endswith(f"-{name}")), name)


def encoded(fields: dict[str, Any]) -> tuple[bytes, str]:
    """As a browser sends it; bytes are a scanned file."""
    if not any(isinstance(value, bytes) for value in fields.values()):
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    parts = list(parts_of(fields))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def parts_of(fields: dict[str, Any]) -> Iterator[bytes]:
    for name, value in fields.items():
        more = '; filename="scan.png"' if isinstance(value, bytes) else ""
        content = value if isinstance(value, bytes) else str(value).encode()
        yield (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        )
