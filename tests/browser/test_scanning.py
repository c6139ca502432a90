"""Pallets scanned in the browser: by keyboard-wedge, by photo, and by a camera that stays open (R29)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from orders.models import Shipment
from shipping.models import Pick
from tests.browser.floor import Screens
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}

# What headless Chromium lacks: a camera, and the reading of codes. `seen` is what is held before it.
CAMERA = """
window.seen = []; window.open_tracks = 0;
const stream = () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  const real = canvas.captureStream(5);
  window.open_tracks += 1;
  const [one] = real.getTracks();
  const stop = one.stop.bind(one);
  one.stop = () => { if (one.readyState === "live") window.open_tracks -= 1; stop(); };
  return real;
};
Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => stream() } });
Object.defineProperty(navigator, "vibrate", { value: (how) => { window.felt = [...(window.felt ?? []), how]; } });
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() {
    if (window.seen === "broken") throw new Error("no picture");
    return window.seen.map((rawValue) => ({ rawValue }));
  }
};
"""


class Bay:
    """A shipment of two pallets, and the warehouse's phone on its pick page."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.yard = Yard()
        order = self.yard.released(self.yard.line("100"), self.yard.line("50"))
        self.shipment = self.yard.drafted(
            (*self.yard.stocked(order), "100"), (*self.yard.stocked(order, "50", place=1), "50")
        )
        self.codes = [row.pallet.number for row in self.shipment.lines.select_related("pallet")]
        self.screens = Screens(browser, url, self.yard.who)
        self.path = f"{self.shipment.get_absolute_url()}pick/"

    def phone(self) -> Page:
        page = self.screens.of("warehouse", self.path)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        return page


@pytest.fixture
def bay(browser: Browser, live_server: Any) -> Iterator[Bay]:
    found = Bay(browser, live_server.url)
    yield found
    found.screens.close()


def test_a_wedge_scans_on_after_a_refused_code_without_anyone_clearing_the_field(bay: Bay) -> None:
    page, (first, second) = bay.phone(), bay.codes
    page.keyboard.type("P-0000")
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan-said]")).to_contain_text("「P-0000」没有扫入；托盘号：没有托盘「P-0000」")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    page.keyboard.type(second)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("全部扫齐")
    expect(page.locator("[data-scan-said]")).to_have_text(f"✓ {second}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Pick.objects.count() == 2


def test_a_wedge_scans_on_where_no_script_runs(bay: Bay, browser: Browser) -> None:
    cookies = bay.phone().context.cookies()
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(bay.screens.url + bay.path)
    page.keyboard.type("P-0000")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("「P-0000」没有扫入")
    page.keyboard.type(bay.codes[0])
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("已扫 1 / 2 托")
    context.close()


def test_a_label_is_photographed(bay: Bay, tmp_path: Path) -> None:
    drawn = io.BytesIO()
    segno.make(bay.codes[0], error="m").save(drawn, kind="png", scale=8, border=4)
    photo = tmp_path / "image.png"
    photo.write_bytes(drawn.getvalue())
    page = bay.phone()
    page.set_input_files("[name=photo]", photo)
    expect(page.locator("[data-scan-said]")).to_have_text(f"✓ {bay.codes[0]}")
    expect(page.locator("main")).to_contain_text("已扫 1 / 2 托")


def test_the_camera_stays_open_from_pallet_to_pallet_and_is_closed_by_its_button_and_by_trouble(bay: Bay) -> None:
    page, (first, second) = bay.phone(), bay.codes
    page.add_init_script(CAMERA)
    page.reload()
    page.get_by_role("button", name="用摄像头连续扫").click()
    page.evaluate("code => window.seen = [code]", first)
    expect(page.locator("[data-scan-said]")).to_have_text(f"✓ {first}")
    page.evaluate("window.seen = ['P-0000']")
    expect(page.locator("[data-scan-said]")).to_contain_text("「P-0000」没有扫入")
    assert page.evaluate("window.felt") == [80, [200, 100, 200]]
    page.evaluate("code => window.seen = [code]", second)
    expect(page.locator("main")).to_contain_text("全部扫齐")
    assert page.evaluate("window.open_tracks") == 1
    page.get_by_role("button", name="停止摄像头").click()
    assert page.evaluate("window.open_tracks") == 0
    page.evaluate("window.seen = 'broken'")
    page.get_by_role("button", name="用摄像头连续扫").click()
    expect(page.locator("[data-scan-said]")).to_contain_text("摄像头不可用")
    assert page.evaluate("window.open_tracks") == 0
    assert Pick.objects.count() == 2


def test_a_browser_that_reads_no_codes_offers_no_camera(bay: Bay) -> None:
    page = bay.phone()
    page.add_init_script("delete window.BarcodeDetector")
    page.reload()
    expect(page.locator("[name=photo]")).to_be_visible()
    expect(page.get_by_role("button", name="用摄像头连续扫")).to_be_hidden()
    assert Shipment.objects.count() == 1
