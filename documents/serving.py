"""The copy that someone gets of a paper: its bytes, with what has become of it stamped on (design, idea 5)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from documents import files
from documents.models import Document, Printing
from documents.stamp import Stamp, stamped

if TYPE_CHECKING:
    from accounts.models import User

VALID, VOID = "有效", "已作废"


def standing_of(document: Document) -> str:
    """有效 for the latest version that no one has withdrawn."""
    return VOID if hasattr(document, "superseded_by") or hasattr(document, "withdrawal") else VALID


def copy_of(document: Document, printing: Printing | None = None, shape: str = "rendering") -> bytes:
    """The rendering's bytes with its marks. Raises files.Damaged where the file is gone or changed."""
    content = files.read("renderings", getattr(document, shape).sha256)
    return stamped(content, Stamp(void_mark(document), reprint_mark(printing)))


def void_mark(document: Document) -> str:
    return "作废" if standing_of(document) == VOID else ""


def reprint_mark(printing: Printing | None) -> str:
    if printing is None or printing.count < 2:
        return ""
    when = timezone.localtime(printing.at)
    return f"补打 第 {printing.count} 次 {when:%Y-%m-%d %H:%M} {printing.by}"


def count_printing(document: Document, by: "User", at: datetime) -> Printing:
    """One more print-out of this paper; two at once get numbers of their own."""
    while True:
        last = document.printings.aggregate(last=Max("count"))["last"] or 0
        try:
            with transaction.atomic():
                return Printing.objects.create(document=document, count=last + 1, by=by, at=at)
        except IntegrityError:
            continue
