"""Files as nobody should hand them in: broken, called what they are not, or far larger than they look."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

from PIL import Image

Upload = tuple[str, bytes, str]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = [
    "a.png",
    "b.jpg",
    "c.pdf",
    "d.xlsx",
    "e.csv",
    "f.xls",
    "g.svg",
    "h.html",
    "noending",
    ".png",
    "a" * 300 + ".png",
    "永" * 200 + ".pdf",
    "../../x.png",
    "a\x01b.png",
    "a\u202egnp.exe",
    'q".png',
    "CON.png",
    "a;b.png",
    "😀.png",
]
TYPES = ["image/png", "image/jpeg", "application/pdf", XLSX, "text/csv", "text/html", "", "x", "image/png; a=\x01"]


@cache
def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), "white").save(out, kind)
    return out.getvalue()


@cache
def vast_picture() -> bytes:
    """A picture of 30,000 × 30,000 points in a few hundred bytes, its data missing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(4000))) + chunk(b"IEND", b"")


@cache
def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@cache
def sheet(*rows: tuple[str, ...]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows or (("订单号", "产品编号", "数量"), ("1", "P1", "1e999999"), ("", "\U0001f600", "=1/0")):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def truncated(chance: Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(chance: Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


WHOLE: list[Callable[[], bytes]] = [
    picture,
    lambda: picture("JPEG"),
    lambda: picture("GIF"),
    lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    sheet,
    lambda: "日期,金额,付款人\n2026-11-30,1e400,某\n0000-00-00,NaN,\x00\n".encode("gb18030"),
    lambda: "\ufeff订单号,产品编号\n1,2\n".encode("utf-16"),
]
BROKEN: list[Callable[[], bytes]] = [
    bytes,
    lambda: b"\x00" * 64,
    lambda: b"PK\x03\x04" + b"\x00" * 60,
    lambda: archive(a=b"b"),
    lambda: archive(xl__workbook_xml=b"<", **{"[Content_Types].xml": b"<a"}),
    lambda: archive(big=bytes(3_000_000)),
    vast_picture,
    lambda: b"%PDF-1.4\n",
    lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    lambda: b"\xff\xfe" + b"\xd8\x00" * 40,
    lambda: b'"' + b"a," * 20_000,
    lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
]


def upload(chance: Random) -> Upload:
    name, kind = chance.choice(NAMES), chance.choice(TYPES)
    way = chance.randrange(4)
    if way == 0:
        return name, chance.choice(BROKEN)(), kind
    data = chance.choice(WHOLE)()
    if way == 1:
        return name, data, kind
    return name, (truncated if way == 2 else flipped)(chance, data), kind
