import io
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from documents import bounded, checks, files, outbox, pdf, rendering, serving
from documents.models import Document, OutboxRow, Rendering
from documents.stamp import Stamp, stamped
from documents.tasks import deliver
from tests.documents import papers, samples
from tests.people import person

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    """What is printed, without the spaces and line ends that layout makes."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def bytes_of(document: Document) -> bytes:
    return files.read("renderings", document.rendering.sha256)


def test_a_paper_shows_letterhead_number_version_page_and_words() -> None:
    papers.letterhead()
    text = text_of(bytes_of(papers.rendered(papers.CONFIRMATION, samples.CONFIRMATION)))
    expected = ["苏州恒纸源", "QR-20261123-0001", "第1版", "第1页/共", "人民币肆拾贰万伍仟柒佰元整", "业务专用章"]
    assert [shown for shown in expected if shown not in text] == []


def test_rare_characters_are_printed() -> None:
    assert "昆山市䶮𠮷印刷包装" in text_of(bytes_of(papers.rendered()))


def test_the_file_is_named_by_what_it_holds() -> None:
    document = papers.rendered()
    assert (document.rendering.size, document.rendering.pages) == (len(bytes_of(document)), 1)


def test_a_delivery_note_has_three_named_copies_each_with_its_own_page_count() -> None:
    text = text_of(bytes_of(papers.rendered(papers.DELIVERY, samples.DELIVERY_NOTE)))
    assert [name in text for name in ("第一联存根", "第二联客户", "第三联财务")] == [True] * 3
    assert text.count("第1页/共1页") == 3


def test_lines_are_carried_over_from_sheet_to_sheet() -> None:
    lines = samples.lines(9, prices=False)
    document = papers.rendered(papers.DELIVERY, samples.DELIVERY_NOTE | {"lines": lines})
    text = text_of(bytes_of(document))
    assert (document.rendering.pages, text.count("过次页"), text.count("承前页")) == (6, 3, 3)


def test_two_workers_leave_one_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    document = papers.frozen()
    made = rendering.render_bounded(document)

    def other_was_faster(asked: Document, shape: str) -> pdf.Pdf:
        monkeypatch.undo()
        rendering.ensure_rendered(asked.pk)
        return made

    monkeypatch.setattr(rendering, "render_bounded", other_was_faster)
    rendering.ensure_rendered(document.pk)
    assert Rendering.objects.filter(document=document).count() == 1


NASTY = [
    '<img src="http://127.0.0.1:9/x.png">',
    "<style>@import url(http://127.0.0.1:9/x.css);</style>",
    '<a href="file:///etc/passwd">x</a><object data="file:///etc/passwd">',
    '<svg><image href="file:///etc/passwd"/></svg>',
    "{{ firm.account }}{% include 'x' %}",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_b11_markup_in_any_text_is_printed_and_nothing_fetched(nasty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = pdf.OnlyInline.fetch
    monkeypatch.setattr(
        pdf.OnlyInline, "fetch", lambda self, url, headers=None: (asked.append(url), original(self, url, headers))[1]
    )
    document = papers.frozen(data=samples.MEMO | {"words": nasty, "customer_name": nasty, "missing": nasty})
    made = pdf.make(rendering.papers.sheets_of(document))
    assert "".join(nasty.split()) in text_of(made.content)
    assert [url for url in asked if not url.startswith("data:")] == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "ftp://x/y", "//x/y", "x.png"])
def test_b11_whatever_is_not_inline_stops_the_rendering(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        pdf.make([f'<img src="{url}">'])


def test_b12_a_megabyte_of_remark_is_cut_on_paper_and_kept_whole() -> None:
    remark = "很长的备注" * 70_000
    started = time.monotonic()
    document = papers.rendered(data=samples.MEMO | {"words": remark})
    assert time.monotonic() - started < rendering.SECONDS
    assert document.data["words"] == remark
    assert "内容过长，全文见系统" in text_of(bytes_of(document))


def test_b12_five_thousand_lines_end_in_time_and_the_queue_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SECONDS", 5)
    big = papers.frozen(papers.CONFIRMATION, samples.CONFIRMATION | {"lines": samples.lines(5_000, prices=True)})
    small = papers.frozen()
    started = time.monotonic()
    for row in OutboxRow.objects.filter(channel="render").order_by("pk"):
        deliver(row.pk)
    assert time.monotonic() - started < 15
    assert rendering.state_of(big) == "failed"
    assert OutboxRow.objects.get(key=f"render:{big.pk}").get_state_display() == "失败，可重试"
    assert rendering.state_of(Document.objects.get(pk=small.pk)) == "ready"


def test_b12_a_failed_rendering_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    document = papers.frozen()
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "LIGHT", 0)
        patch.setattr(rendering, "SECONDS", 0)
        deliver(OutboxRow.objects.get().pk)
    assert rendering.state_of(document) == "failed"
    rendering.render_again(document)
    deliver(OutboxRow.objects.get().pk)
    assert rendering.state_of(Document.objects.get(pk=document.pk)) == "ready"


def test_b12_too_much_memory_ends_the_child_not_the_worker() -> None:
    with pytest.raises(bounded.TooMuch):
        bounded.run(lambda: b"x" * (400 * 1024 * 1024), seconds=20, megabytes=100)


def test_b12_too_much_time_ends_the_child_not_the_worker() -> None:
    started = time.monotonic()
    with pytest.raises(bounded.TooMuch):
        bounded.run(lambda: time.sleep(60) or b"", seconds=0.3, megabytes=100)
    assert time.monotonic() - started < 2


def test_a_heavy_paper_is_made_in_a_child_like_a_light_one(monkeypatch: pytest.MonkeyPatch) -> None:
    light = rendering.render_bounded(papers.frozen())
    monkeypatch.setattr(rendering, "LIGHT", 0)
    heavy = rendering.render_bounded(papers.frozen(number="BW-20261123-0001"))
    assert (heavy.pages, heavy.content[:5]) == (light.pages, b"%PDF-")


def test_an_error_in_the_child_is_told() -> None:
    def fail() -> bytes:
        raise KeyError("缺少的字段")

    with pytest.raises(bounded.Failed, match="缺少的字段"):
        bounded.run(fail, seconds=5, megabytes=100)


@pytest.mark.usefixtures("own_files")
def test_b14_a_crash_between_file_and_row_leaves_no_row_and_the_orphan_is_swept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = papers.frozen()

    def crash(**given: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Rendering.objects, "get_or_create", crash)
        with pytest.raises(SystemExit):
            rendering.ensure_rendered(document.pk)
    assert not Rendering.objects.exists()
    kept = rendering.ensure_rendered(document.pk)
    call_command("sweep_files", hours=0)
    assert stored_renderings() >= {kept.sha256}
    assert files.read("renderings", kept.sha256)


@pytest.mark.usefixtures("own_files")
def test_b14_sweeping_spares_what_is_named_and_what_is_young() -> None:
    kept = papers.rendered().rendering.sha256
    orphan = files.write_by_hash("renderings", b"orphan")
    call_command("sweep_files")
    assert {kept, orphan} <= stored_renderings()
    call_command("sweep_files", hours=0)
    assert kept in stored_renderings()
    assert orphan not in stored_renderings()


def stored_renderings() -> set[str]:
    folder = files.path_of("renderings", "00").parent.parent
    return {path.name for path in folder.glob("*/*")}


def test_b14_a_full_disk_leaves_neither_file_nor_row(monkeypatch: pytest.MonkeyPatch) -> None:
    document = papers.frozen()
    before = stored_renderings()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            rendering.ensure_rendered(document.pk)
    assert stored_renderings() == before
    assert not Rendering.objects.exists()


def test_a_changed_file_is_not_served() -> None:
    document = papers.rendered()
    path: Path = files.path_of("renderings", document.rendering.sha256)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(files.Damaged):
        serving.copy_of(document)


def test_a_void_paper_is_stamped_on_each_page_and_its_bytes_stay() -> None:
    document = papers.rendered(papers.DELIVERY, samples.DELIVERY_NOTE)
    papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE)
    document = Document.objects.get(pk=document.pk)
    copy = PdfReader(io.BytesIO(serving.copy_of(document)))
    assert [b"/Light gs" in page.get_contents().get_data() for page in copy.pages] == [True] * 3
    assert b"/Light gs" not in PdfReader(io.BytesIO(bytes_of(document))).pages[0].get_contents().get_data()


def test_only_from_the_second_print_out_on_a_copy_bears_the_mark() -> None:
    document, by = papers.rendered(), person()
    first = serving.count_printing(document, by, document.made_at)
    second = serving.count_printing(document, by, document.made_at)
    assert serving.copy_of(document, first) == bytes_of(document)
    assert serving.copy_of(document, second) != bytes_of(document)
    assert "补打 第 2 次" in serving.reprint_mark(second)


def test_without_marks_the_very_bytes_are_served() -> None:
    assert stamped(b"%PDF", Stamp()) == b"%PDF"


def test_start_up_fails_without_the_font_subsetter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.font_subsetting(None) == []
    monkeypatch.setattr(checks, "SUBSETTER", ("no-such-library.so",))
    assert checks.font_subsetting(None)[0].id == "documents.E001"


def test_a_kind_nobody_knows_gives_up_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    document = papers.frozen(data={})
    monkeypatch.setattr(rendering.papers, "sheets_of", lambda document: 1 / 0)
    row = OutboxRow.objects.get(key=f"render:{document.pk}")
    for _ in range(outbox.ATTEMPTS):
        OutboxRow.objects.filter(pk=row.pk).update(not_before=row.created_at)
        deliver(row.pk)
    assert rendering.state_of(document) == "failed"
