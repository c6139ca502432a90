"""A shortage from its statement over the arrival to the approval, and work moved on the board (issue 9)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from catalog.materials import Use, change_needs
from documents import tasks as _notices  # noqa: F401 (it registers there)
from documents.models import OutboxRow
from documents.outbox import work_off
from orders.models import Order, State
from production import tasks as _channels  # noqa: F401 (it registers there)
from production.models import WorkSlot
from tests.browser.floor import Screens
from tests.production.test_scheduling import DAY, Plant
from tests.shop import today
from tests.stock.test_materials import lot, paper

pytestmark = pytest.mark.django_db(transaction=True)


class House(Screens):
    """A plant whose product takes a kilogram of paper a roll, of which 40 lie there."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.plant = Plant()
        super().__init__(browser, url, self.plant.who)
        self.paper = paper()
        change_needs(self.plant.product, by=self.who["technical"], uses=[Use(self.paper, Decimal(1))])
        lot(self.paper, "40")


@pytest.fixture
def house(browser: Browser, live_server: Any) -> Iterator[House]:
    found = House(browser, live_server.url)
    yield found
    found.close()


def test_a_shortage_goes_from_statement_to_arrival_to_approval(house: House) -> None:
    order = house.plant.submitted()
    here = f"/production/{order.number}"
    comes = today() + timedelta(days=5)

    # Technical: the line can be made, but 60 kg are missing and nothing is on its way yet.
    page = house.of("technical", "/production/technical/")
    page.get_by_role("link", name="去签署").click()
    page.get_by_role("button", name="签字", exact=True).click()
    expect(page.locator("main")).to_contain_text("可以生产")
    page = house.of("technical", f"{here}/material/")
    expect(page.locator("main")).to_contain_text("没有足够的到料计划")
    page = house.of("technical", house.paper.get_absolute_url())
    page.get_by_role("link", name="登记预计到料").click()
    page.get_by_label("数量").fill("80")
    page.get_by_label("预计到料").fill(comes.isoformat())
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text(comes.isoformat())
    page = house.of("technical", f"{here}/material/")
    expect(page.get_by_label("第 1 行 缺口")).to_have_value("60")
    expect(page.get_by_label("第 1 行 预计到料")).to_have_value(comes.isoformat())
    page.get_by_role("button", name="签字", exact=True).click()
    expect(page.locator("main")).to_contain_text("缺 60")

    # Production: not before it is there; a date is signed on that statement.
    page = house.of("production", f"{here}/dates/")
    expect(page.get_by_role("table", name="最早可完成")).to_contain_text(comes.isoformat())
    sign_dates(page, comes, comes + 2 * DAY)

    # It comes; those who waited hear of it, state anew what there is, and sign an earlier date on it.
    page = house.of("warehouse", house.paper.get_absolute_url())
    page.get_by_role("link", name="到料入库").click()
    page.get_by_label("对应的预计到料").select_option(index=1)
    page.get_by_label("批号").fill("L-77")
    page.get_by_label("数量").fill("80")
    page.get_by_label("到料日期").fill(today().isoformat())
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("L-77")
    for channel in ("material_changed", "notice"):
        for row in OutboxRow.objects.filter(channel=channel, state="waiting"):
            work_off(row.pk)
    expect(house.of("production", "/notices/").locator("main")).to_contain_text("所缺的原材料已到")
    page = house.of("technical", f"{here}/material/")
    page.get_by_label("第 1 行 原材料状况").fill("已到料，齐全")
    page.get_by_role("button", name="签字", exact=True).click()
    expect(page.locator("main")).to_contain_text("已到料，齐全")
    sign_dates(house.of("production", f"{here}/dates/"), today() + DAY, today() + 3 * DAY)

    # Customer service checks, the supervisor approves.
    page = house.of("customer_service", f"{order.get_absolute_url()}check/")
    page.get_by_role("button", name="签字：核对无误").click()
    page.wait_for_load_state()
    page = house.of("supervisor", "/approvals/")
    page.get_by_role("link", name=order.number).first.click()
    page.get_by_role("main").get_by_role("button", name="批准", exact=True).click()
    page.wait_for_load_state()
    assert Order.objects.get(pk=order.pk).state == State.APPROVED


def sign_dates(page: Any, start: Any, finish: Any) -> None:
    page.get_by_label("第 1 行 生产日").fill(start.isoformat())
    page.get_by_label("第 1 行 完成日（复卷后）").fill(finish.isoformat())
    page.get_by_label("第 1 行 说明").fill("按到料排")
    page.get_by_role("button", name="签字", exact=True).click()
    expect(page.locator("main")).to_contain_text(f"{finish.isoformat()} 完成")


def test_work_is_moved_by_the_keyboard_and_by_dragging(house: House) -> None:
    lot(house.paper, "900")
    house.plant.released()
    cut = WorkSlot.objects.select_related("machine").get(work__step="slitting")
    page = house.of("production", "/production/schedule/")
    moved = page.locator(f"[data-slot='{cut.pk}']")
    moved.focus()
    # What was moved stays in focus, so that the next key moves it on.
    for days in (4, 5):
        page.keyboard.press("Alt+ArrowRight")
        expect(page.locator(f"td[data-day='{today() + days * DAY}'] [data-slot='{cut.pk}']")).to_be_focused()
    cut.refresh_from_db()
    assert (cut.day - today()).days == 5
    page.locator(f"[data-slot='{cut.pk}']").drag_to(
        page.locator(f"td[data-machine='{house.plant.other.pk}'][data-day='{today() + 6 * DAY}']")
    )
    expect(page.locator(f"td[data-machine='{house.plant.other.pk}'] [data-slot='{cut.pk}']")).to_be_visible()
    cut.refresh_from_db()
    assert (cut.machine_id, (cut.day - today()).days) == (house.plant.other.pk, 6)
    # Before the step before it: the board says why not, and nothing moves.
    moved.focus()
    for days in (5, 4, 3):
        page.keyboard.press("Alt+ArrowLeft")
        expect(page.locator(f"td[data-day='{today() + days * DAY}'] [data-slot='{cut.pk}']")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("main")).to_contain_text("前道工序「印刷」排在")
    expect(moved).to_be_focused()
