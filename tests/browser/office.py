"""Everyone at their own screen: a browser window for each role, and what hands do in it."""

import io
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Response, expect
from pypdf import PdfReader

BASE = Path(__file__).resolve().parents[2]
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Stack:
    """The running system."""

    url: str
    password: str
    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        command = [sys.executable, "-m", "runner", "manage", *words]
        done = subprocess.run(command, cwd=BASE, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


@dataclass
class Office:
    stack: Stack
    browser: Browser
    screens: dict[str, Page] = field(default_factory=dict)

    def of(self, role: str) -> Page:
        """The screen of that role, logged in the first time."""
        if role not in self.screens:
            self.screens[role] = self.window(role)
        return self.screens[role]

    def window(self, role: str) -> Page:
        """A browser of its own, logged in by the log-in page."""
        context = self.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{self.stack.url}/login/")
        self.log_in(page, role)
        page.wait_for_url(f"{self.stack.url}/")
        return page

    def log_in(self, page: Page, role: str) -> None:
        page.fill("[name=username]", role)
        page.fill("[name=password]", self.stack.password)
        page.locator("main button[type=submit]").click()

    def open(self, role: str, path: str) -> Page:
        page = self.of(role)
        answer = page.goto(self.stack.url + path)
        assert answer is not None and answer.ok, f"{role} {path}: {answer and answer.status}"
        return page

    def do(self, role: str, path: str, button: str, /, **fields: Any) -> Page:
        """Open `path`, fill in the form of that button, press it: it is done, and the page that follows."""
        page = self.open(role, path)
        answer = press(page, button, **fields)
        said = page.locator("main").inner_text()[:2000]
        assert answer.ok, f"{role} {path} {button}: {answer.status} {said}"
        return page

    def refused(self, role: str, path: str, button: str, because: str, /, **fields: Any) -> Page:
        """The same, and the system refuses with these words on the page."""
        page = self.open(role, path)
        answer = press(page, button, **fields)
        said = page.locator("main").inner_text()
        assert answer.status == 409, f"{role} {path} {button}: {answer.status} {said[:2000]}"
        assert because in said, said
        return page

    def paper(self, role: str, path: str) -> str:
        """The words of the document at `path`, once the worker has really made its PDF."""
        page = self.open(role, path)
        # The page refreshes itself until the PDF is there.
        link = page.get_by_role("link", name="下载", exact=True)
        link.wait_for()
        answer = page.request.get(self.stack.url + str(link.get_attribute("href")), timeout=PATIENCE)
        content = answer.body()
        assert answer.ok and content.startswith(b"%PDF"), answer.status
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        return re.sub(r"\s+", "", words)


def press(page: Page, button: str, **fields: Any) -> Response:
    """Fill in the fields by name (or by the end of it, in rows) in the form of that button; the answer to it."""
    named = page.get_by_role("button", name=button, exact=True)
    form = page.locator("form", has=named).last
    for name, value in fields.items():
        whole = form.locator(f"[name='{name}']")
        fill((whole if whole.count() else form.locator(f"[name$='-{name}']")).first, value)
    with page.expect_event("load"), page.expect_response(is_page) as answer:
        form.get_by_role("button", name=button, exact=True).click()
    return answer.value


def is_page(answer: Response) -> bool:
    """What a navigation ends on, behind its redirects."""
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


def fill(field: Locator, value: Any) -> None:
    kind = field.evaluate("e => e.type || e.tagName")
    if kind == "checkbox":
        field.set_checked(bool(value))
    elif kind == "select-one":
        field.select_option(str(value))
    elif kind == "file":
        field.set_input_files(value)
    else:
        field.fill(str(value))
