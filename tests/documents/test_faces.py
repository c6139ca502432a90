"""The cut faces of the papers: used when they are there, never missed when they are not."""

import fcntl
import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from documents import faces, pdf

PAPER = "<h1>销售部客户订单确认书</h1><p>客户 龘𠮷纸业</p>"


@pytest.fixture
def engine(settings: Any, tmp_path: Path) -> Path:
    """An engine that knows only the faces of this folder."""
    settings.FACES_ROOT = tmp_path
    return tmp_path


def fonts(made: pdf.Pdf) -> str:
    page = PdfReader(io.BytesIO(made.content)).pages[0]
    return " ".join(str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values())


def test_without_them_papers_are_set_in_the_whole_fonts(engine: Path) -> None:
    assert "Noto" in fonts(pdf.make([PAPER]))


def test_with_them_only_a_rare_character_needs_the_whole_fonts(engine: Path) -> None:
    """Also in a process that has made papers before they were there."""
    pdf.make([PAPER])
    made = faces.make()
    assert [path.parent for path in made] == [engine, engine] and faces.make() == []
    assert "Noto" not in fonts(pdf.make([PAPER.replace("龘𠮷", "浅水")]))
    rare = pdf.make([PAPER])
    assert "Noto" in fonts(rare) and "Paper" in fonts(rare)
    assert "龘𠮷" in PdfReader(io.BytesIO(rare.content)).pages[0].extract_text()


def test_two_processes_do_not_cut_them_twice(engine: Path) -> None:
    with (engine / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert faces.make() == []
    assert not list(engine.glob("*.otf"))
