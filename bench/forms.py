"""The forms of a page with what stands in them, as a browser would send them back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

CSRF = "csrfmiddlewaretoken"  # each request sends its cookie's own
NOT_SENT = {"file", "submit", "button", "image", "reset"}


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Each control once: a page's forms repeat no name but of boxes, of which the last ticked one counts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.within: Form | None = None
        self.name = ""
        self.text: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.within = Form(given.get("action", ""))
            self.found.append(self.within)
        elif self.within is not None:
            self.control(self.within.fields, tag, given)

    def control(self, fields: dict[str, str], tag: str, given: dict[str, str]) -> None:
        if tag == "input" and (name := given.get("name")):
            kind = given.get("type", "text")
            if kind not in NOT_SENT and (kind not in ("checkbox", "radio") or "checked" in given):
                fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self.name = given.get("name", "")
        elif tag == "option" and self.name and ("selected" in given or self.name not in fields):
            fields[self.name] = given.get("value", "")
        elif tag == "textarea":
            self.name, self.text = given.get("name", ""), []

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.within = None
        elif tag == "select":
            self.name = ""
        elif tag == "textarea" and self.text is not None:
            if self.within is not None and self.name:
                self.within.fields[self.name] = "".join(self.text).removeprefix("\n")
            self.name, self.text = "", None


def form_of(page: str, action: str = "") -> dict[str, str]:
    """The fields of the page's first form that carries an action's key; of the one sent to `action` where given."""
    keyed = [each for each in Forms(page).found if "key" in each.fields]
    fitting = [each for each in keyed if not action or each.action == action]
    if not fitting:
        raise LookupError(f"no form for {action or 'this page'}")
    return {name: value for name, value in fitting[0].fields.items() if name != CSRF}
