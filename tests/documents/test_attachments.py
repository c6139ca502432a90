import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook
from PIL import Image

from documents import attachments, files
from documents.models import Attachment
from tests.people import person

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def image(kind: str, size: tuple[int, int] = (20, 20)) -> bytes:
    target = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", size).save(target, kind)
    return target.getvalue()


def workbook() -> bytes:
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def bomb() -> bytes:
    names = ["[Content_Types].xml", "xl/workbook.xml", "xl/a.xml", "xl/b.xml"]
    return zipped(**dict.fromkeys(names, b"\x00" * 90000000))


def store(name: str, content: bytes) -> Attachment:
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # past Django's own cleaning, as another way in might bring it
    return attachments.store(upload, person(), "test_subject", 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合同.pdf", PDF),
        ("章.PNG", image("PNG")),
        ("回单.jpg", image("JPEG")),
        ("回单.jpeg", image("JPEG")),
        ("订单.xlsx", workbook()),
        ("订单.csv", "品名,数量\n标签,3\n".encode()),
        ("订单.csv", "品名,数量\n标签,3\n".encode("gb18030")),
    ],
)
def test_what_people_bring_is_taken(name: str, content: bytes) -> None:
    row = store(name, content)
    assert (row.name, row.size) == (name, len(content))
    assert files.read("attachments", row.stored, row.sha256) == content


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"", "空的"),
        ("a.pdf", HTML, "不符"),
        ("a.pdf", SVG, "不符"),
        ("a.pdf", b"<?xml version='1.0'?><a/>", "不符"),
        ("a.pdf", HTML + PDF, "不符"),
        ("a.jpg", PDF, "不符"),
        ("a.png", image("JPEG"), "不符"),
        ("a.png", image("PNG")[:40], "不符"),
        ("a.csv", HTML, "不符"),
        ("a.csv", b"a,b\0c\n", "不符"),
        ("a.xlsx", zipped(hello=b"x"), "不符"),
        ("a.xlsx", PDF, "不符"),
        ("a.xlsx", zipped(**{"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}), "宏"),
        ("a.html", HTML, "只能上传"),
        ("a.svg", SVG, "只能上传"),
        ("a.exe", b"MZ", "只能上传"),
        ("a.pdf.exe", PDF, "只能上传"),
        ("a", PDF, "只能上传"),
        ("fdp.\u202eexe", PDF, "只能上传"),
    ],
)
def test_b13_what_is_not_what_it_says_is_refused(name: str, content: bytes, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        store(name, content)
    assert not Attachment.objects.exists()


def test_b13_a_pixel_bomb_is_refused_without_unpacking_it() -> None:
    with pytest.raises(ValidationError, match="尺寸过大"):
        store("a.png", image("PNG", (8_000, 8_000)))


def test_b13_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    with pytest.raises(ValidationError, match="解压后过大"):
        store("a.xlsx", bomb())


def test_b13_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 10)
    with pytest.raises(ValidationError, match="20 MB"):
        store("a.pdf", PDF)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\合同.pdf", "合同.pdf"),
        ("合同\u202efdp.pdf", "合同fdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("长" * 255 + ".pdf", "长" * 116 + ".pdf"),
        ("...pdf", "pdf"),
    ],
)
def test_b13_a_name_is_only_shown_and_first_cleaned(name: str, shown: str) -> None:
    assert attachments.shown_name(name) == shown


def test_b13_the_stored_name_is_random() -> None:
    first, second = store("../a.pdf", PDF), store("../a.pdf", PDF)
    assert first.stored != second.stored
    assert first.stored.isalnum()


def test_b14_a_full_disk_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(ValidationError, match="稍后重试"):
        store("a.pdf", PDF)
    assert not Attachment.objects.exists()


@pytest.mark.usefixtures("own_files")
def test_b14_a_crash_between_file_and_row_leaves_an_orphan_that_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store("a.pdf", PDF)

    def crash(**given: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Attachment.objects, "create", crash)
        with pytest.raises(SystemExit):
            store("b.pdf", PDF)
    call_command("sweep_files", hours=0)
    left = {path.name for path in files.path_of("attachments", "00").parent.parent.glob("*/*")}
    assert left == {kept.stored}
