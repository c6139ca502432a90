"""The forms and addresses of a page, as a browser would read them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

Pair = tuple[str, str]


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = True


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.form: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None
        self.templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "template":
            self.templates += 1
        elif self.templates:
            return
        elif tag == "form":
            self.form = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self.form)
        elif tag == "a" and said.get("href", "").startswith(("/", "?")):
            self.links.append(said["href"])
        elif self.form is not None:
            self.handle_field(tag, said)

    def handle_field(self, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "option" and self.select is not None:
            self.select.options.append(said.get("value", ""))
            if "selected" in said or not self.select.value:
                self.select.value = said.get("value", "")
        elif not name or name == "csrfmiddlewaretoken":
            return
        elif tag == "input":
            kind = said.get("inputmode") or said.get("type", "text")
            self.add(Field(name, kind, said.get("value", ""), checked="checked" in said))
        elif tag == "button":
            self.add(Field(name, "button", said.get("value", "")))
        elif tag == "select":
            self.select = self.add(Field(name, "select"))
        elif tag == "textarea":
            self.area = self.add(Field(name, "area"))

    def add(self, found: Field) -> Field:
        assert self.form is not None
        self.form.fields.append(found)
        return found

    def handle_data(self, data: str) -> None:
        if self.area is not None and not self.templates:
            self.area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.templates -= 1
        elif tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


@dataclass
class Page:
    url: str
    forms: list[Form]
    links: list[str]


def read(url: str, html: str) -> Page:
    reader = Reader()
    reader.feed(html)
    own = [link if link.startswith("/") else urlsplit(url).path + link for link in reader.links]
    return Page(url, reader.forms, [link for link in own if "?" in link])
