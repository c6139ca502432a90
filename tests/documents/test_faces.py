"""The cut faces of the papers: used when they are there, never missed when they are not."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from documents import faces, pdf

PAPER = "<h1>销售部客户订单确认书</h1><p>客户 龘𠮷纸业</p>"


@pytest.fixture
def engine(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An engine that knows only the faces of this folder."""
    settings.FACES_ROOT = tmp_path
    pdf.engine.cache_clear()
    yield tmp_path
    pdf.engine.cache_clear()


def fonts(made: pdf.Pdf) -> str:
    page = PdfReader(io.BytesIO(made.content)).pages[0]
    return " ".join(str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values())


def test_without_them_papers_are_set_in_the_whole_fonts(engine: Path) -> None:
    assert "Noto" in fonts(pdf.make([PAPER]))


def test_with_them_only_a_rare_character_needs_the_whole_fonts(engine: Path) -> None:
    made = faces.make()
    assert [path.parent for path in made] == [engine, engine] and faces.make() == []
    assert "Noto" not in fonts(pdf.make([PAPER.replace("龘𠮷", "浅水")]))
    rare = pdf.make([PAPER])
    assert "Noto" in fonts(rare) and "Paper" in fonts(rare)
    assert "龘𠮷" in PdfReader(io.BytesIO(rare.content)).pages[0].extract_text()
