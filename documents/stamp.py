"""Marks on the copy that is served: 作废 across each page, 补打 in its corner. The kept bytes stay as they were.

The letters are drawn as outlines taken from a font, so that serving needs neither layout nor embedded fonts.
"""

import functools
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTCollection, TTFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, FloatObject, NameObject

FONTS = [
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
]
RED = "0.76 0.14 0.17"
POINTS_PER_MM = 72 / 25.4
LOW = 150 * POINTS_PER_MM


class OutlinePen(BasePen):
    """Writes a glyph as PDF path operators."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.path: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.path.append(f"{pt[0]:.0f} {pt[1]:.0f} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.path.append(f"{pt[0]:.0f} {pt[1]:.0f} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:
        self.path.append(" ".join(f"{x:.0f} {y:.0f}" for x, y in (pt1, pt2, pt3)) + " c")

    def _closePath(self) -> None:
        self.path.append("h")

    def _endPath(self) -> None:
        self.path.append("h")


@functools.cache
def font() -> TTFont:
    path = next(path for path in FONTS if Path(path).exists())
    return TTCollection(path, lazy=True).fonts[0]


@functools.cache
def outline(char: str) -> tuple[str, float]:
    """The character's path and advance, both in thousandths of its size."""
    glyphs, per_em = font().getGlyphSet(), font()["head"].unitsPerEm
    name = font().getBestCmap().get(ord(char), ".notdef")
    pen = OutlinePen(glyphs)
    glyphs[name].draw(pen)
    return "\n".join(pen.path), glyphs[name].width / per_em


def text_at(text: str, size: float, x: float, y: float) -> tuple[str, float]:
    """Operators that draw `text` from (x, y), and its width."""
    scale = size / font()["head"].unitsPerEm
    parts, start = [], x
    for char in text:
        path, advance = outline(char)
        parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm\n{path}\nf Q")
        x += advance * size
    return "\n".join(parts), x - start


@dataclass(frozen=True)
class Stamp:
    """What the served copy has to say: whether it no longer counts, and which print-out it is."""

    void: str = ""
    reprint: str = ""

    def __bool__(self) -> bool:
        return bool(self.void or self.reprint)


def void_mark(text: str, width: float, height: float) -> str:
    """Large and slanted across the page, in a frame, light enough to read what is under it."""
    size = min(width, height) * 0.26
    letters, long = text_at(text, size, 0, 0)
    angle = math.radians(30)
    cos, sin = math.cos(angle), math.sin(angle)
    pad = size * 0.22
    x = width / 2 - (long / 2) * cos + (size * 0.38) * sin
    y = height / 2 - (long / 2) * sin - (size * 0.38) * cos
    frame = f"{-pad:.1f} {-pad - size * 0.12:.1f} {long + 2 * pad:.1f} {size + 2 * pad:.1f} re S"
    return (
        f"q /Light gs {RED} rg {RED} RG {size * 0.045:.1f} w "
        f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.2f} {y:.2f} cm\n{frame}\n{letters}\nQ"
    )


def reprint_mark(text: str, width: float, height: float) -> str:
    """A small framed line outside what the paper prints: top right, on the low continuous form at its foot."""
    size, pad = 7.5, 3.0
    _, long = text_at(text, size, 0, 0)
    if height < LOW:
        x, y = (width - long) / 2, 3 * POINTS_PER_MM
    else:
        x, y = width - 13 * POINTS_PER_MM - long - pad, height - 8 * POINTS_PER_MM
    letters, _ = text_at(text, size, x, y)
    frame = f"{x - pad:.1f} {y - pad:.1f} {long + 2 * pad:.1f} {size + 1.4 * pad:.1f} re S"
    return f"q {RED} rg {RED} RG 0.7 w\n{frame}\n{letters}\nQ"


def stamped(content: bytes, stamp: Stamp) -> bytes:
    """A copy of the PDF with the marks on each page; the very bytes where there is nothing to mark."""
    if not stamp:
        return content
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        marks = []
        if stamp.void:
            marks.append(void_mark(stamp.void, width, height))
        if stamp.reprint:
            marks.append(reprint_mark(stamp.reprint, width, height))
        draw_over(writer, page, "\n".join(marks))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def draw_over(writer: PdfWriter, page: Any, operators: str) -> None:
    """Append operators to a page, its own drawing closed in q … Q so that nothing of it leaks into the marks."""
    resources = page["/Resources"].get_object()
    states = resources.setdefault(NameObject("/ExtGState"), DictionaryObject()).get_object()
    states[NameObject("/Light")] = DictionaryObject(
        {NameObject("/ca"): FloatObject(0.3), NameObject("/CA"): FloatObject(0.3)}
    )
    own = page.get_contents().get_data()
    stream = DecodedStreamObject()
    stream.set_data(b"q\n" + own + b"\nQ\n" + operators.encode())
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
