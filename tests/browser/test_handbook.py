"""The handbook says what the pages say: each chapter is walked, what it quotes is on the page that it speaks of.

A section names its page as `<!-- 页面：角色 /地址/ -->`, with an order's place in braces; a quotation «「…」» after it
is looked for on that page. With HANDBOOK_SHOTS=1 the pictures are taken anew.
"""

import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.office import Office

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "handbook"
WORLD = Path(__file__).with_name("handbook_world.py")
CHAPTERS = sorted(HANDBOOK.glob("[0-9]*.md"))
SEEN = re.compile(r"<!-- 页面：(\w+) (\S+) -->")
SHOT = re.compile(r"!\[[^\]]+\]\((img/[\w-]+\.png)\)")
WIDTH, HEIGHT = 1200, 800
# What a page says: its words, and those that stand in fields and on what has no words of its own.
ALL_WORDS = """() => [document.body.textContent,
    ...[...document.querySelectorAll('[aria-label],[value],[placeholder]')]
        .map(e => [e.getAttribute('aria-label'), e.value, e.placeholder].join(' '))].join(' ')"""


@dataclass(frozen=True)
class Section:
    """One page that a chapter speaks of: who looks at it, what it must say, and its pictures."""

    role: str
    path: str
    quoted: tuple[str, ...]
    shots: tuple[str, ...]


def sections(chapter: Path) -> Iterator[Section]:
    parts = SEEN.split(chapter.read_text())[1:]
    for role, path, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield Section(role, path, tuple(re.findall(r"「([^」]+)」", text)), tuple(SHOT.findall(text)))


@pytest.fixture(scope="module")
def places(office: Office) -> dict[str, str]:
    said = office.stack.manage("shell", "-c", f"exec(open({str(WORLD)!r}).read())")
    return dict(json.loads(said.partition("PLACES ")[2]))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_what_a_chapter_quotes_is_on_its_page(chapter: Path, office: Office, places: dict[str, str]) -> None:
    walked = list(sections(chapter))
    assert walked, "the chapter names no page"
    missing = []
    for section in walked:
        page = office.open(section.role, section.path.format(**places))
        words = re.sub(r"\s+", "", page.evaluate(ALL_WORDS))
        missing += [(section.path, quote) for quote in section.quoted if re.sub(r"\s+", "", quote) not in words]
        for shot in section.shots:
            if os.environ.get("HANDBOOK_SHOTS"):
                take(page, HANDBOOK / shot)
            assert (HANDBOOK / shot).exists(), f"{shot}: take it with HANDBOOK_SHOTS=1"
    assert missing == []


def take(page: Page, path: Path) -> None:
    """A picture of the page's first screen, in few colours, so that the repository stays small."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path.parent.mkdir(exist_ok=True)
    picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_every_picture_of_the_handbook_is_spoken_of() -> None:
    spoken = {shot for chapter in CHAPTERS for shot in SHOT.findall(chapter.read_text())}
    assert {f"img/{path.name}" for path in (HANDBOOK / "img").glob("*.png")} == spoken
