"""One mutated request after the other: the same seed and number give the same one."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from tests.fuzz import files, values
from tests.fuzz.company import NOBODY, Company
from tests.fuzz.files import Upload
from tests.fuzz.pages import Field, Form, Page, Pair

LONGEST_LINE = 4000
BOUNDARY = "fuzzBOUNDARYfuzz"
ASKED = [
    "q",
    "after",
    "before",
    "last",
    "shelf",
    "tab",
    "month",
    "from",
    "step",
    "day",
    "page",
    "order",
    "memo",
    "customer",
    "product",
    "quantity",
    "version",
    "arrival",
    "way",
    "csv",
    "all",
    "print",
    "download",
    "continuous",
    "kind",
    "state",
    "since",
    "until",
    "who",
    "mine",
    "waiting",
    "free",
    "term",
    "next",
    "_popup",
    "o",
    "p",
    "e",
]
METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FOO", "POST", "GET"]
BODIES = [
    ("application/json", b'{"a": 1e999999}'),
    ("application/json", b"[" * 5000),
    ("text/plain", b"\xff\x00"),
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=", b""),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=a\r\n\r\n@@@\r\n--x--\r\n",
    ),
    ("application/x-www-form-urlencoded; charset=utf-16", "a=1".encode("utf-16")),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("application/x-www-form-urlencoded", b"&=&a&" + b"b=%zz&" * 2000),
    ("application/x-www-form-urlencoded", b"a=1&" * 21_000),
]
HEADERS: list[tuple[str, list[str]]] = [
    ("User-Agent", ["", "A" * 5000, "\xff\xfe", "a\tb"]),
    ("Accept-Language", ["", "*", "zh;q=x", "x" * 3000, "en-US,en;q=0.5", "a-" * 300]),
    ("Accept", ["", "x", "*/*;q=9"]),
    ("Referer", ["", "http://[", "http://testserver/\xff", "//" + "x" * 4000, "http://testserver:99999/"]),
    ("Origin", ["null", "http://[", "x" * 4000]),
    ("X-Forwarded-For", ["", "unknown", "1.2.3.4, \xff", "::1" * 300, "999.1.1.1"]),
    ("X-Forwarded-Proto", ["https", "x"]),
    ("Host", ["", "a b", "testserver:99999999", "[::1", "x" * 3000, "evil.example"]),
    ("HX-Request", ["true", "x"]),
    ("HX-Target", ["x" * 3000, "\xff"]),
    ("HX-Current-URL", ["http://[", "%00", "\xff"]),
    ("HX-Current-URL-URI-AutoEncoded", ["true"]),
    ("If-None-Match", ["*", '"', 'W/"x', "x" * 3000]),
    ("If-Modified-Since", ["x", "Thu, 01 Jan 0000 00:00:00 GMT", "9" * 400]),
    ("If-Unmodified-Since", ["x", "Mon, 99 Foo 99999 99:99:99 GMT"]),
    ("If-Match", ["x", '"', "*"]),
    ("Range", ["bytes=0-0", "bytes=9-1", "bytes=-", "x" * 3000]),
    ("X-CSRFToken", ["x" * 4000, "\xff"]),
]
COOKIES = [
    "sessionid=",
    'sessionid="abcdefghij\\000"',
    "sessionid=" + "x" * 5000,
    'sessionid="\\377\\376abcdefg"',
    "csrftoken=\xff",
    "messages=x",
    'messages="\\"[[\\\\\\"__json_message\\\\\\"' + "[" * 4000,
    "messages=W1siX19qc29uX21lc3NhZ2UiXV0:1",
    "; ; =; a",
    "a=b" * 2000,
]


@dataclass
class Shot:
    """A request to be sent, as `role` (a session of theirs, or nobody's)."""

    number: int
    role: str
    method: str
    url: str
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""

    def __str__(self) -> str:
        sent = f" {self.content_type[:60]} {self.body[:3000]!r}" if self.body else ""
        more = f" {self.headers}" if self.headers else ""
        return f"#{self.number} {self.role}: {self.method} {self.url[:2000]}{sent}{more} {self.cookie[:200]}".rstrip()


class Gunner:
    """Makes shots at `company`; `look(role, url)` gives the page there, read once."""

    def __init__(self, company: Company, seed: int, look: Callable[[str, str], Page | None]) -> None:
        self.company = company
        self.seed = seed
        self.look = look
        self.aims = list(company.addresses())
        self.everyone = sorted(company.session)

    def shot(self, number: int) -> Shot:
        chance = Random(f"{self.seed}/{number}")  # noqa: S311 (what is wanted is the same again)
        for _ in range(4):
            roles, sends, urls = chance.choice(self.aims)
            url = chance.choice(urls)
            role = chance.choice(roles) if roles and chance.random() < 0.95 else chance.choice(self.everyone)
            # Most often somewhere that opens: behind a page that is not there, there is little to break.
            if self.look(role, url) is not None or chance.random() < 0.1:
                break
        shot = self.of_page(chance, number, role, url, sends)
        if chance.random() < 0.12:
            strange(chance, shot)
        # The server takes no longer line.
        shot.url = shot.url[:LONGEST_LINE]
        return shot

    def of_page(self, chance: Random, number: int, role: str, url: str, sends: bool) -> Shot:
        page = self.look(role, url)
        forms = [form for form in page.forms if form.fields or form.method == "post"] if page else []
        way = chance.random()
        if forms and way < 0.75:
            return filled(chance, number, role, url, chance.choice(forms))
        if page and page.links and way < 0.85:
            address, _, query = chance.choice(page.links).partition("?")
            pairs = mutated(chance, parse_qsl(query, keep_blank_values=True))
            return Shot(number, role, "GET", f"{address}?{encoded(chance, pairs)}")
        if sends and (page is None or way < 0.88):
            pairs = [(chance.choice(ASKED), values.value(chance)) for _ in range(chance.randint(0, 4))]
            return Shot(number, role, "POST", url, encoded(chance, pairs).encode())
        if way < 0.94:
            joint = "&" if "?" in url else "?"
            pairs = [(chance.choice(ASKED), values.value(chance)) for _ in range(chance.randint(1, 3))]
            return Shot(number, role, "GET", f"{url}{joint}{encoded(chance, pairs)}")
        return Shot(number, role, chance.choice(("GET", "POST")), elsewhere(chance, url))


def filled(chance: Random, number: int, role: str, url: str, form: Form) -> Shot:
    """The form as a person would send it, but for a few of its fields."""
    target = urljoin(url, form.action)
    parts = urlsplit(target)
    pairs = mutated(chance, [pair for each in form.fields for pair in answered(chance, each)])
    if form.method != "post":
        return Shot(number, role, "GET", f"{parts.path}?{encoded(chance, pairs)}")
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    uploads = {each.name: handed(chance) for each in form.fields if each.kind == "file"}
    if chance.random() < 0.03:
        uploads[chance.choice(form.fields).name if form.fields else "file"] = files.upload(chance)
    if not uploads:
        return Shot(number, role, "POST", target, encoded(chance, pairs).encode())
    body = multipart([pair for pair in pairs if pair[0] not in uploads], uploads)
    return Shot(number, role, "POST", target, body, f"multipart/form-data; boundary={BOUNDARY}")


def handed(chance: Random) -> Upload:
    return ("scan.png", files.picture(), "image/png") if chance.random() < 0.4 else files.upload(chance)


def answered(chance: Random, asked: Field) -> list[Pair]:
    """What somebody might well fill in."""
    if asked.kind in ("checkbox", "radio"):
        return [(asked.name, asked.value or "on")] if asked.checked or chance.random() < 0.5 else []
    if asked.kind == "select":
        given = asked.value if asked.value and chance.random() < 0.7 else chance.choice(asked.options or [""])
        return [(asked.name, given)]
    if asked.kind == "button":
        return [(asked.name, asked.value)] if chance.random() < 0.3 else []
    if asked.kind == "file":
        return []
    return [(asked.name, asked.value or blank(chance, asked.kind))]


def blank(chance: Random, kind: str) -> str:
    day = date.today() + timedelta(days=chance.randint(0, 30))  # noqa: DTZ011
    usual = {
        "hidden": "",
        "date": day.isoformat(),
        "datetime-local": f"{day.isoformat()}T09:30",
        "month": day.isoformat()[:7],
        "time": "09:30",
        "decimal": chance.choice(("1", "2.5", "100")),
        "numeric": chance.choice(("1", "10")),
        "email": "a@example.com",
        "tel": "13800000000",
    }
    return usual.get(kind, "试填")


def mutated(chance: Random, pairs: list[Pair]) -> list[Pair]:
    """As it is, one time in twelve; else with one to four of the pairs spoilt."""
    if chance.random() < 0.08:
        return pairs
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        pairs = spoilt(chance, pairs)
    return pairs


def spoilt(chance: Random, pairs: list[Pair]) -> list[Pair]:
    if not pairs:
        return [(chance.choice(ASKED), values.value(chance))]
    pairs, at, way = list(pairs), chance.randrange(len(pairs)), chance.randrange(20)
    name, value = pairs[at]
    if way in (0, 1):
        miscount(chance, pairs)
    elif way == 2:
        del pairs[at]
    elif way == 3:
        pairs.append((name, values.value(chance)))
    elif way == 4:
        pairs[at] = chance.choice(pairs)[0], value
    elif way == 5:
        pairs[at] = values.spoilt(chance, name), value
    elif way == 6:
        pairs.append((chance.choice(ASKED), values.value(chance)))
    elif way == 7:
        pairs[at] = name, chance.choice(pairs)[1]
    else:
        pairs[at] = name, retyped(chance, way, value)
    return pairs


def retyped(chance: Random, way: int, value: str) -> str:
    if way in (8, 9):
        return ""
    return values.spoilt(chance, value) if way in (10, 11, 12) else values.value(chance)


def miscount(chance: Random, pairs: list[Pair]) -> None:
    """Another number of a formset's rows than came."""
    totals = [each for each, (other, _) in enumerate(pairs) if other.endswith("_FORMS")]
    if totals:
        at = chance.choice(totals)
        pairs[at] = pairs[at][0], chance.choice(values.COUNTS)


def encoded(chance: Random, pairs: list[Pair]) -> str:
    text = urlencode(pairs, errors="surrogatepass")
    if chance.random() < 0.06:
        at = chance.randint(0, len(text))
        text = (
            text[:at] + chance.choice(("%", "%ff", "%ed%a0%80", "%00", "%c0%80", "&", "=", ";", "%u0041")) + text[at:]
        )
    return text


def elsewhere(chance: Random, url: str) -> str:
    """The address with one of its parts changed."""
    address, _, query = url.partition("?")
    parts = address.split("/")
    at = chance.randrange(1, len(parts)) if len(parts) > 1 else 0
    parts[at] = quote(values.spoilt(chance, parts[at]) if chance.random() < 0.3 else values.value(chance), safe="")
    return "/".join(parts)[:8000] + (f"?{query}" if query else "")


def strange(chance: Random, shot: Shot) -> None:
    """Other methods, headers, cookies and bodies than a browser sends."""
    way = chance.randrange(8)
    if way < 3:
        shot.method = chance.choice(METHODS)
    elif way < 5:
        for name, texts in chance.sample(HEADERS, chance.randint(1, 3)):
            shot.headers[name] = chance.choice(texts)
    elif way == 5:
        shot.cookie = chance.choice(COOKIES)
    elif way == 6:
        shot.content_type, shot.body = chance.choice(BODIES)
    else:
        shot.body = files.flipped(chance, shot.body) if shot.body else b"a" * chance.choice((10, 5_000_000))


def multipart(pairs: list[Pair], uploads: dict[str, Upload]) -> bytes:
    out = io.BytesIO()
    for name, value in pairs:
        out.write(part(f'form-data; name="{plain(name)}"') + value.encode("utf-8", "surrogatepass") + b"\r\n")
    for name, (file_name, data, kind) in uploads.items():
        head = part(f'form-data; name="{plain(name)}"; filename="{plain(file_name)}"', kind)
        out.write(head + data + b"\r\n")
    out.write(f"--{BOUNDARY}--\r\n".encode())
    return out.getvalue()


def part(disposition: str, kind: str = "") -> bytes:
    said = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{said}\r\n"
    return head.encode("utf-8", "surrogatepass")


def plain(name: str) -> str:
    return name.replace("\r", "").replace("\n", "").replace('"', "%22")


__all__ = ["NOBODY", "Gunner", "Shot"]
