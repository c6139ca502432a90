"""The shop floor in the browser: a window for each role on an order in work, in the test's own database."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from accounts.models import User
from tests.production.works import Works


class Screens:
    """A window for each role of a shop, opened when it is first looked at."""

    def __init__(self, browser: Browser, url: str, who: dict[str, User]) -> None:
        self.browser, self.url, self.who = browser, url, who
        self.screens: dict[str, Page] = {}

    def of(self, role: str, path: str) -> Page:
        if role not in self.screens:
            client = Client()
            client.force_login(self.who[role])
            name = settings.SESSION_COOKIE_NAME
            context = self.browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])
            self.screens[role] = context.new_page()
        page = self.screens[role]
        page.goto(self.url + path)
        return page

    def close(self) -> None:
        for page in self.screens.values():
            page.context.close()


class Floor(Screens):
    """Everyone at their own screen, on an order in work."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.works = Works()
        self.order = self.works.in_work(self.works.line(), self.works.line("50"))
        super().__init__(browser, url, self.works.who)

    def of(self, role: str, path: str = "") -> Page:
        return super().of(role, path or f"/production/{self.order.number}/anomalies/")
