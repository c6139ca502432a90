"""Several papers in one file, made by the worker: a PDF to print at one go, or a month as a ZIP with an index."""

import csv
import hashlib
import io
import secrets
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import IO

from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from documents import bounded, files, jobs, outbox, rendering, serving
from documents.models import Bundle, BundleFile, Document, Printing

MOST_PRINTED = 50
MOST_EXPORTED = 2_000
KEPT = timedelta(days=7)
LEASE = 120  # seconds for one paper of it
KEY = "bundle:{}"
CHUNK = 1024 * 1024
INDEX = "目录.csv"
HEADS = ["序号", "文件", "单据", "单号", "版本", "订单", "客户", "制单", "时间", "状态", "sha256"]


def ensure_made(bundle_id: int) -> BundleFile:
    """The bundle's file, made now if there is none. Raises outbox.GiveUp where a paper of a print-out can't be had."""
    bundle = Bundle.objects.select_related("file").get(pk=bundle_id)
    if hasattr(bundle, "file"):
        return bundle.file
    with tempfile.TemporaryFile() as target:
        MAKERS[Bundle.Kind(bundle.kind)](bundle, target)
        return keep(bundle, target)


def keep(bundle: Bundle, target: IO[bytes]) -> BundleFile:
    name, digest, size = secrets.token_hex(16), hashlib.sha256(), target.tell()
    target.seek(0)

    def chunks() -> Iterator[bytes]:
        while chunk := target.read(CHUNK):
            digest.update(chunk)
            yield chunk

    files.write("bundles", name, chunks())
    # The file is on the disk; only now may a row name it (B14).
    row, _ = BundleFile.objects.get_or_create(
        bundle=bundle,
        defaults={"stored": name, "sha256": digest.hexdigest(), "size": size, "made_at": timezone.now()},
    )
    return row


def papers_of(bundle: Bundle) -> Iterator[tuple[Document, int | None]]:
    """Its papers in their order with the print-out each one is, rendered where they were not yet."""
    for document_id, count in bundle.items:
        outbox.keep_lease()
        yield document_with_all(document_id), count


def document_with_all(document_id: int) -> Document:
    rows = Document.objects.select_related("rendering", "superseded_by", "withdrawal").defer("data", "letterhead")
    document = rows.get(pk=document_id)
    if not hasattr(document, "rendering"):
        rendering.ensure_rendered(document_id)
        document = rows.get(pk=document_id)
    return document


# --- a PDF to print -----------------------------------------------------------------------------------------------


def make_pdf(bundle: Bundle, target: IO[bytes]) -> None:
    writer = PdfWriter()
    for document, count in papers_of(bundle):
        printings = Printing.objects.select_related("by").filter(document=document)
        printing = printings.filter(count=count).first() if count else None
        try:
            writer.append(PdfReader(io.BytesIO(serving.copy_of(document, printing))), import_outline=False)
        except files.Damaged as error:
            raise outbox.GiveUp(f"{document} 的文件缺失或已损坏") from error
    writer.write(target)
    target.seek(0, io.SEEK_END)


# --- a month as a ZIP ---------------------------------------------------------------------------------------------


def make_zip(bundle: Bundle, target: IO[bytes]) -> None:
    """One paper that can't be had doesn't keep back the rest: the index says so."""
    rows: list[list[str]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (document_id, _) in enumerate(bundle.items, 1):
            outbox.keep_lease()
            rows.append(add(archive, number, document_id))
        archive.writestr(INDEX, as_csv(rows))
    target.seek(0, io.SEEK_END)


def add(archive: zipfile.ZipFile, number: int, document_id: int) -> list[str]:
    name = sha256 = ""
    try:
        document = document_with_all(document_id)
        content = serving.copy_of(document)
    except (outbox.GiveUp, files.Damaged, bounded.Failed):
        document = Document.objects.get(pk=document_id)
        state = "文件未能取得，请联系管理员"
    else:
        name, state = f"{number:04d}_{safe(rendering.file_name(document))}", serving.standing_of(document)
        sha256 = document.rendering.sha256
        archive.writestr(name, content)
    made_at = f"{timezone.localtime(document.made_at):%Y-%m-%d %H:%M}"
    facts = [document.title, document.number, f"第{document.version}版", document.orders, document.customer]
    return [str(number), name, *facts, document.maker, made_at, state, sha256]


def safe(name: str) -> str:
    """A file's name without what a file system or an unpacker would take for a folder."""
    return "".join("_" if char in '\\/:*?"<>|' or ord(char) < 32 else char for char in name)


def as_csv(rows: Iterable[list[str]], heads: Sequence[str] = HEADS) -> bytes:
    """For a spreadsheet: UTF-8 with its mark, and no cell that it would take for a formula (B15)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *([literal(cell) for cell in row] for row in rows)])
    return text.getvalue().encode("utf-8-sig")


def literal(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r＝" and cell else cell


MAKERS = {Bundle.Kind.PRINT: make_pdf, Bundle.Kind.MONTH: make_zip}


# --- for the page that waits --------------------------------------------------------------------------------------


def ask_for(bundle: Bundle) -> None:
    told = {"minder": bundle.by_id, "page": bundle.get_absolute_url(), "subject": bundle.title}
    outbox.post("bundle", KEY.format(bundle.pk), {"bundle": bundle.pk, **told})


def state_of(bundle: Bundle) -> str:
    """ready, working, late, failed, or gone after some days."""
    if hasattr(bundle, "file"):
        return "ready" if files.path_of("bundles", bundle.file.stored).is_file() else "gone"
    return jobs.standing("bundle", [KEY.format(bundle.pk)], timezone.now())
