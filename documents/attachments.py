"""Files that people bring: judged by what they are, not by what they are called (B13)."""

import csv
import hashlib
import io
import re
import secrets
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from PIL import Image

from audit.history import running
from documents import files, reading
from documents.audience import Audience
from documents.models import Attachment

if TYPE_CHECKING:
    from accounts.models import User

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_MEMBERS = 5_000
LONGEST_NAME = 120


def is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def is_image(content: bytes, kind: str) -> bool:
    """Decodes the header only, then refuses what would unpack to a pixel bomb."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValidationError("图片尺寸过大（超过 6000 万像素），请缩小后再上传。")
                image.verify()
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 (a broken image fails in a dozen ways; each means: not an image)
        return False
    return True


def is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and is_image(content, "JPEG")


def is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and is_image(content, "PNG")


def is_xlsx(content: bytes) -> bool:
    """A zip with a workbook in it, that unpacks to a sane size and has no macros."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        names = reading.entries(content, MOST_UNPACKED, MOST_MEMBERS)
    except reading.TooLarge as error:
        raise ValidationError(str(error)) from error
    except reading.Unreadable:
        return False
    if any("vbaProject" in name for name in names):
        raise ValidationError("表格含有宏，请另存为不含宏的 .xlsx 再上传。")
    return names >= reading.NEEDED


def is_csv(content: bytes) -> bool:
    """Text without control characters that reads as rows, and is no markup."""
    text = reading.text_of(content)
    if (
        text is None
        or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
        or text.lstrip("\ufeff \r\n\t").startswith("<")
    ):
        return False
    try:
        return any(len(row) > 1 for row in csv.reader(io.StringIO(text), delimiter=reading.delimiter_of(text)))
    except csv.Error:
        return False


@dataclass(frozen=True)
class Type:
    extensions: tuple[str, ...]
    content_type: str
    holds: Callable[[bytes], bool]


# What may come in. Anything else, scripts and documents with macros first of all, is refused by name.
TYPES = [
    Type(("pdf",), "application/pdf", is_pdf),
    Type(("jpg", "jpeg"), "image/jpeg", is_jpeg),
    Type(("png",), "image/png", is_png),
    Type(("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", is_xlsx),
    Type(("csv",), "text/csv", is_csv),
]
ACCEPT = ",".join(f".{extension}" for kind in TYPES for extension in kind.extensions)


def shown_name(name: str) -> str:
    """The name as it may be shown and sent in a header: no path, no control or direction characters, not endless."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(name) > LONGEST_NAME:
        name = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return name[:LONGEST_NAME] or "未命名"


def judge(name: str, content: bytes) -> Type:
    """The type of `content`, which must be what its name says. Raises ValidationError in Chinese."""
    if not content:
        raise ValidationError("文件是空的，请检查后重新上传。")
    extension = name.rpartition(".")[2].lower()
    kind = next((kind for kind in TYPES if extension in kind.extensions), None)
    if kind is None:
        raise ValidationError("只能上传 PDF、JPG、PNG、XLSX 或 CSV 文件。")
    if not kind.holds(content):
        raise ValidationError(f"文件内容与扩展名 .{extension} 不符，或文件已损坏，请检查后重新上传。")
    return kind


def validate(uploaded: UploadedFile) -> Type:
    """For forms: judge without keeping, and leave the file where it was."""
    if (uploaded.size or 0) > LARGEST:
        raise ValidationError("文件超过 20 MB，请压缩后再上传。")
    content = uploaded.read(LARGEST + 1)
    uploaded.seek(0)
    return judge(shown_name(uploaded.name or ""), content)


def store(
    uploaded: UploadedFile,
    by: "User | None",
    subject_kind: str,
    subject_id: int,
    audience: Audience = Audience.PRICES,
) -> Attachment:
    """Keep an uploaded file for a subject. Raises ValidationError in Chinese; nothing is kept then (B13, B14).

    `audience`: whatever a customer or a bank wrote may name a price; only what cannot is for every department (B7).
    """
    kind = validate(uploaded)
    content = uploaded.read()
    uploaded.seek(0)
    stored = secrets.token_hex(20)
    try:
        files.write("attachments", stored, [content])
    except OSError as error:
        raise ValidationError("文件未能保存，请稍后重试；如仍不成功请联系管理员。") from error
    return Attachment.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        audience=audience,
        name=shown_name(uploaded.name or ""),
        stored=stored,
        content_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        at=act.at if (act := running.get()) else timezone.now(),
    )
