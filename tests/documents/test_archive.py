"""The archive: what is found, by whom, and at what cost; several papers printed at once; a month as a ZIP."""

import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from documents import actions, bundles, files, finding, freeze, queries, rendering
from documents.models import Bundle, Document, OutboxRow, Printing
from documents.tasks import deliver
from tests.documents import papers, samples
from tests.people import person

pytestmark = pytest.mark.django_db
URL = "/documents/"


def logged_in(role: str) -> Client:
    client = Client()
    client.user = person(role)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def desk() -> Client:
    return logged_in("customer_service")


def note(number: str = "FH-20261202-0004", **changed: Any) -> Document:
    return papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE | changed, number=number)


def found(desk: Client, **asked: str) -> list[str]:
    return [row.number for row in desk.get(URL, asked).context["page"].rows]


def test_a_paper_is_found_by_number_order_customer_kind_and_month(desk: Client) -> None:
    note()
    papers.frozen(number="BW-20261118-0001", data=samples.MEMO | {"customer_name": "苏州华印", "order": ""})
    for words in ("FH-20261202-0004", "fh-20261202", "SO-20261118-0007", "FT-20261202-0004", "昆山", "kss", "K0312"):
        assert found(desk, q=words) == ["FH-20261202-0004"], words
    assert found(desk, q="华印") == ["BW-20261118-0001"]
    assert found(desk, kind="test_memo") == ["BW-20261118-0001"]
    now = timezone.localtime()
    assert len(found(desk, month=f"{now:%Y-%m}")) == 2
    assert found(desk, month=f"{now.year - 1}-01") == []


def test_a_number_finds_itself_and_not_what_shares_its_pieces(desk: Client) -> None:
    note("FH-20261202-0001", orders=["SO-20261118-0004"])
    note("FH-20261202-0004", orders=["SO-20261118-0001"])
    assert found(desk, q="FH-20261202-0001") == ["FH-20261202-0001"]


def test_rare_characters_find_their_customer(desk: Client) -> None:
    note(customer=samples.CUSTOMER | samples.RARE)
    assert found(desk, q="𠮷林") == found(desk, q="㛃龘") == ["FH-20261202-0004"]


def test_papers_with_prices_are_in_nobodys_list_who_may_not_see_prices() -> None:
    papers.frozen(papers.CONFIRMATION, samples.CONFIRMATION, number="QR-1")
    note("FH-1")
    assert found(logged_in("customer_service")) == ["FH-1", "QR-1"]
    warehouse = logged_in("warehouse")
    assert found(warehouse) == ["FH-1"]
    assert "test_confirmation" not in warehouse.get(URL).content.decode()
    assert found(warehouse, kind="test_confirmation") == ["FH-1"]  # B16: a kind that is not theirs is no question


def test_b7_the_list_shows_what_its_pages_show() -> None:
    note("FH-1")
    papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE, subject=2, number="FH-2")
    desk = logged_in("customer_service")
    assert found(desk) == ["FH-1"]
    for document in Document.objects.all():
        seen = desk.get(document.get_absolute_url()).status_code == 200
        assert seen is (document.number in found(desk))


def test_b16_a_question_without_sense_is_none(desk: Client) -> None:
    note()
    for asked in ({"month": "2026-13"}, {"kind": "x"}, {"after": "[1]"}, {"q": "\x00"}, {"q": "，。"}):
        assert desk.get(URL, asked).status_code == 200


def test_the_list_takes_the_same_statements_for_one_and_for_many(desk: Client) -> None:
    note()
    few = statements(desk)
    for number in range(12):
        papers.rendered(papers.MEMO, subject=1, number=f"BW-{number}")
    assert (statements(desk), few <= 8) == (few, True)


def statements(desk: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as taken:
        desk.get(URL)
    return len(taken)


def test_the_count_stops_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        note(f"FH-{number}")
    assert queries.count_up_to(Document.objects.all(), 3) == "3"
    assert queries.count_up_to(Document.objects.all(), 2) == "2+"


def test_what_a_paper_is_found_by_follows_from_its_snapshot() -> None:
    document = note()
    again = finding.found_by(document.number, document.data)
    assert (document.customer, document.orders) == (samples.CUSTOMER["name"], "SO-20261118-0007、SO-20261119-0002")
    assert document.search == again["search"]


# --- several at once ----------------------------------------------------------------------------------------------


def print_all(desk: Client, *chosen: Document, key: str = "k") -> Any:
    return desk.post("/documents/print/", {"papers": [each.public_id for each in chosen], "key": key})


def work_off(channel: str) -> None:
    for row in OutboxRow.objects.filter(channel=channel, state="waiting"):
        deliver(row.pk)


def content_of(desk: Client, bundle: Bundle) -> bytes:
    return b"".join(desk.get(reverse("bundle-file", args=[bundle.public_id])).streaming_content)


def test_a_selection_is_printed_as_one_pdf_each_paper_counted(desk: Client) -> None:
    first, second = papers.frozen(number="BW-1"), papers.frozen(number="BW-2", subject=1)
    bundle_url = print_all(desk, first, second).url
    waiting = desk.get(bundle_url).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert list(Printing.objects.values_list("document", "count")) == [(first.pk, 1), (second.pk, 1)]
    work_off("bundle")
    shown = desk.get(bundle_url).content.decode()
    assert ('http-equiv="refresh"' in shown, "打开打印" in shown) == (False, True)
    pages = PdfReader(io.BytesIO(content_of(desk, Bundle.objects.get()))).pages
    assert len(pages) == 2
    assert ["BW-1" in pages[0].extract_text(), "BW-2" in pages[1].extract_text()] == [True, True]


def test_the_second_print_out_and_a_void_one_are_marked_in_it(desk: Client) -> None:
    old = papers.rendered()
    new = papers.rendered()
    print_all(desk, old, new, key="one")
    print_all(desk, new, key="two")
    work_off("bundle")
    first, second = Bundle.objects.order_by("pk")
    marks = [b"/Light gs" in page.get_contents().get_data() for page in pages_of(desk, first)]
    assert marks == [True, False]
    assert b"0.7 w" in pages_of(desk, second)[0].get_contents().get_data()


def pages_of(desk: Client, bundle: Bundle) -> list[Any]:
    return list(PdfReader(io.BytesIO(content_of(desk, bundle))).pages)


def test_b1_the_same_form_twice_prints_once(desk: Client) -> None:
    document = papers.frozen()
    assert print_all(desk, document).url == print_all(desk, document).url
    assert (Bundle.objects.count(), Printing.objects.count()) == (1, 1)


def test_none_too_many_or_a_foreign_paper_prints_nothing(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = papers.frozen(), papers.frozen(subject=2)
    assert print_all(desk).status_code in (409, 422)
    assert print_all(desk, mine, other).status_code in (409, 422)
    monkeypatch.setattr(bundles, "MOST_PRINTED", 0)
    assert print_all(desk, mine).status_code == 409
    assert not Printing.objects.exists() and not Bundle.objects.exists()


def test_b7_a_bundle_is_its_makers_alone(desk: Client) -> None:
    url = print_all(desk, papers.rendered()).url
    work_off("bundle")
    assert logged_in("customer_service").get(url).status_code == 404
    assert desk.get(url).status_code == 200


def test_b8_who_lost_the_right_to_a_paper_loses_the_bundle_with_it(desk: Client) -> None:
    document = papers.rendered(papers.CONFIRMATION, samples.CONFIRMATION)
    url = print_all(desk, document).url
    work_off("bundle")
    user: User = desk.user  # type: ignore[attr-defined]
    user.groups.clear()
    assert desk.get(url).status_code == 404
    assert desk.get(f"{url}file").status_code == 404


def test_b20_two_workers_leave_one_file(desk: Client) -> None:
    print_all(desk, papers.frozen())
    bundle = Bundle.objects.get()
    assert bundles.ensure_made(bundle.pk) == bundles.ensure_made(bundle.pk)


def test_a_failed_print_out_can_be_asked_for_again(desk: Client) -> None:
    document = papers.rendered()
    content = files.read("renderings", document.rendering.sha256)
    url = print_all(desk, document).url
    files.remove("renderings", document.rendering.sha256)
    work_off("bundle")
    assert "生成失败" in desk.get(url).content.decode()
    files.write("renderings", document.rendering.sha256, [content])
    desk.post(f"{url}again/")
    work_off("bundle")
    assert "打开打印" in desk.get(url).content.decode()


# --- a month ------------------------------------------------------------------------------------------------------


def export(desk: Client, **more: str) -> Any:
    return desk.post("/documents/export/", {"month": f"{timezone.localtime():%Y-%m}", "key": "k", **more})


def exported(desk: Client) -> zipfile.ZipFile:
    work_off("bundle")
    return zipfile.ZipFile(io.BytesIO(content_of(desk, Bundle.objects.get())))


def index_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(bundles.INDEX).decode("utf-8-sig"))))


def test_a_month_is_exported_with_an_index(desk: Client) -> None:
    note("FH-1")
    papers.frozen(number="BW-1", subject=1)
    export(desk)
    archive = exported(desk)
    rows = index_of(archive)
    assert [row["单号"] for row in rows] == ["FH-1", "BW-1"]
    assert sorted(archive.namelist()) == sorted([bundles.INDEX, *(row["文件"] for row in rows)])
    assert all(archive.read(row["文件"]).startswith(b"%PDF-") for row in rows)
    assert rows[0]["sha256"] == Document.objects.get(number="FH-1").rendering.sha256
    assert archive.read(bundles.INDEX).startswith(b"\xef\xbb\xbf")


def test_only_what_was_asked_for_and_may_be_seen_is_exported() -> None:
    note("FH-1")
    papers.frozen(papers.CONFIRMATION, samples.CONFIRMATION, number="QR-1")
    papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE, subject=2, number="FH-2")
    warehouse = logged_in("warehouse")
    export(warehouse)
    assert [row["单号"] for row in index_of(exported(warehouse))] == ["FH-1"]


def test_b15_no_cell_of_the_index_is_a_formula(desk: Client) -> None:
    note("FH-1", customer=samples.CUSTOMER | {"name": "=HYPERLINK(1)"})
    export(desk)
    assert index_of(exported(desk))[0]["客户"] == "'=HYPERLINK(1)"


def test_no_name_in_the_zip_leads_out_of_its_folder(desk: Client) -> None:
    note("../../FH-1")
    export(desk)
    names = exported(desk).namelist()
    assert not any("/" in name or "\\" in name for name in names)


def test_a_paper_that_cannot_be_had_is_named_and_the_rest_exported(desk: Client) -> None:
    lost = papers.rendered(number="BW-1")
    note("FH-1")
    files.remove("renderings", lost.rendering.sha256)
    export(desk)
    states = {row["单号"]: row["状态"] for row in index_of(exported(desk))}
    assert states == {"BW-1": "文件未能取得，请联系管理员", "FH-1": "有效"}


def test_a_month_too_large_or_empty_is_refused(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有可导出" in export(desk).content.decode()
    note()
    monkeypatch.setattr(bundles, "MOST_EXPORTED", 0)
    assert "一次最多导出" in export(desk).content.decode()
    assert not Bundle.objects.exists()


def test_who_may_not_export_does_not(desk: Client) -> None:
    note()
    assert export(logged_in("production")).status_code == 403
    month = f"{timezone.localtime():%Y-%m}"
    assert "导出本月" in desk.get(URL, {"month": month}).content.decode()
    assert "导出本月" not in logged_in("production").get(URL, {"month": month}).content.decode()


def test_files_are_swept_after_their_days_and_the_page_says_so(desk: Client) -> None:
    from django.core.management import call_command

    url = print_all(desk, papers.rendered()).url
    work_off("bundle")
    call_command("sweep_files", hours=0)
    assert "打开打印" in desk.get(url).content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "KEPT", timedelta(0))
        call_command("sweep_files", hours=0)
    assert "文件已过期" in desk.get(url).content.decode()


def test_the_month_is_the_house_s_month() -> None:
    """Half past midnight on the first in Shanghai is still the month before in UTC (B22)."""
    first = datetime.fromisoformat("2026-12-01T00:30:00+08:00")
    from django.db import transaction

    with transaction.atomic():
        freeze.freeze(
            "test_memo", subject_kind="test_subject", subject_id=1, number="BW-1", data=samples.MEMO, by=None, at=first
        )
    user = person("customer_service")
    asked = [queries.archive(user, month=first.date().replace(month=month)).count() for month in (11, 12)]
    assert asked == [0, 1]


def test_printing_many_makes_what_was_not_made_yet(desk: Client) -> None:
    document = papers.frozen()
    actions.print_papers(None, by=desk.user, papers=[document])  # type: ignore[attr-defined]
    work_off("bundle")
    assert rendering.state_of(Document.objects.get(pk=document.pk)) == "ready"


def test_the_note_with_prices_is_told_from_the_one_without() -> None:
    papers.frozen(papers.NOTE_WITH_FORM, samples.DELIVERY_NOTE, number="FH-1")
    note("FH-1")
    shown = logged_in("customer_service").get(URL).content.decode()
    assert "销售发货单（含价）" in shown
    assert "（含价）" not in logged_in("warehouse").get(URL).content.decode()
