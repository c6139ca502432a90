"""A broken spreadsheet is refused in words whichever way it comes in, and harms nobody (B12, B13)."""

import functools
import io
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from documents import bounded, reading, tables
from documents.models import Attachment, OutboxRow
from tests import people
from tests.documents.broken import BROKEN, GOOD, PARTS, book

# Each file is read by a process of its own once, however many tests hand it in.
once = functools.cache(bounded.run_module)


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "run_module", once)


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_in_words(read_once: None, kind: str) -> None:
    name, content, said = BROKEN[kind]
    with pytest.raises(tables.Unreadable, match=said):
        tables.rows_of(tables.lines(name, content), [tables.Column("a", "a", str)])


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_is_read_whichever_program_wrote_it(kind: str) -> None:
    name, content, rows = GOOD[kind]
    assert tables.lines(name, content) == rows


def test_a_day_that_no_calendar_has_is_wrong_in_its_cell_and_not_the_whole_file() -> None:
    made, target = Workbook(), io.BytesIO()
    sheet: Any = made.active
    for row in ([9_999_999, date(2026, 12, 20)], [-1, 46_376]):
        sheet.append(row)
    sheet["A1"].number_format = sheet["B2"].number_format = "yyyy-mm-dd"
    made.save(target)
    day = datetime(2026, 12, 20)  # noqa: DTZ001 (a sheet's day has no zone)
    assert tables.lines("a.xlsx", target.getvalue()) == [(1, ["#VALUE!", day]), (2, [-1, day])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "url"),
    [("sales", "/orders/import/"), ("finance", "/finance/bank/"), ("technical", "/stock/arrivals/import/")],
)
def test_every_page_that_takes_a_table_says_so_beside_the_file_and_keeps_nothing(
    client: Client, read_once: None, role: str, url: str
) -> None:
    client.force_login(people.person(role))
    for kind, (name, content, said) in BROKEN.items():
        answer: Any = client.post(url, {"file": SimpleUploadedFile(name, content), "submit": "on"})
        beside = " ".join(answer.context["form"].errors["file"])
        assert (answer.status_code, any(word in beside for word in said.split("|"))) == (422, True), (kind, beside)
        assert beside in answer.content.decode()
    assert not Attachment.objects.exists() and not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_what_was_ticked_beside_a_refused_file_stays_ticked(client: Client) -> None:
    client.force_login(people.person("sales"))
    answer: Any = client.post("/orders/import/", {"file": SimpleUploadedFile("a.xlsx", b"x"), "submit": "on"})
    assert answer.context["form"]["submit"].value() is True


def test_a_book_that_unpacks_to_ever_more_harms_only_the_process_that_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Let past the judgement of its outside, 300 MB of strings meet the reader's own limit."""
    content = book(sharedStrings=PARTS["xl/sharedStrings.xml"].replace("<t>s", "<t>" + "x" * 300_000_000))
    monkeypatch.setattr(reading, "entries", lambda content: reading.NEEDED)
    tracemalloc.start()
    try:
        with pytest.raises(tables.Unreadable, match="超出上限"):
            tables.lines("a.xlsx", content)
        assert tracemalloc.get_traced_memory()[1] < 10 * reading.MEGABYTE
    finally:
        tracemalloc.stop()


def test_what_judges_the_outside_unpacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    name, content, said = BROKEN["strings that unpack to 60 MB"]
    monkeypatch.setattr(bounded, "run_module", never)
    assert len(content) < 200_000
    with pytest.raises(tables.Unreadable, match=said):
        tables.lines(name, content)


def never(*given: Any, **more: Any) -> bytes:
    raise AssertionError("a process was begun")


def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(bounded.TooMuch):
        bounded.run_module("documents.reading", "csv", content=b"a\n", seconds=0.001)


def test_whoever_finds_all_readers_at_work_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "WAIT_FOR_TURN", 0)
    monkeypatch.setattr(bounded, "_turns", type(bounded._turns)(0))
    with pytest.raises(tables.Unreadable, match="稍后再试"):
        tables.lines("a.csv", b"a,b\n")


def test_the_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def looked_at(*given: Any, env: dict[str, str], **more: Any) -> Any:
        seen.update(env)
        return run(*given, env=env, **more)

    run: Callable[..., Any] = bounded.subprocess.run
    monkeypatch.setattr(bounded.subprocess, "run", looked_at)
    monkeypatch.setenv("SECRET_KEY", "s")
    tables.lines("a.csv", b"a,b\n")
    assert seen and not {"SECRET_KEY", "DATABASE_URL"} & seen.keys()
