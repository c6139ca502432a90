"""Forms, marks and layouts of the papers: what is looked at as a picture is held here by what it says."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from documents import files, freeze, kinds, pdf, rendering, serving
from documents.models import Continuous, Document, OutboxRow, Printing
from documents.papers import continuous_of, sheets_of
from documents.stamp import reprint_mark, void_mark
from documents.tasks import deliver
from tests.documents import papers, samples
from tests.documents.test_rendering import bytes_of, text_of
from tests.people import person

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


def with_form(**changed: Any) -> Document:
    document = papers.frozen(papers.NOTE_WITH_FORM, samples.DELIVERY_NOTE | changed)
    for row in OutboxRow.objects.filter(channel="render"):
        deliver(row.pk)
    return Document.objects.get(pk=document.pk)


def form_of(document: Document) -> bytes:
    return files.read("renderings", document.continuous.sha256)


def test_the_continuous_form_is_241_by_140_and_names_all_copies_once() -> None:
    content = form_of(with_form())
    pages = PdfReader(io.BytesIO(content)).pages
    sizes = [(round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) for page in pages]
    assert sizes == [(241, 140)]
    text = "".join(pages[0].extract_text().split())  # the copies' names stand one character under the other
    assert ["第一联" in text, "第二联" in text, "第三联" in text, "第1页/共1页" in text] == [True] * 4


def test_the_form_carries_lines_over_from_sheet_to_sheet() -> None:
    document = with_form(lines=samples.lines(11, prices=True), totals={"total": "681120"})
    text = text_of(form_of(document))
    assert (document.continuous.pages, text.count("过次页"), text.count("承前页")) == (3, 2, 2)
    assert "人民币陆拾捌万壹仟壹佰贰拾元整" in text


def test_each_sheet_of_the_form_is_one_page_whatever_its_lines_hold() -> None:
    wide = [line | {"spec": "很长的规格" * 40, "name": "很长的品名" * 20} for line in samples.lines(4, prices=True)]
    document = papers.frozen(papers.NOTE_WITH_FORM, samples.DELIVERY_NOTE | {"lines": wide, "totals": {"total": "1"}})
    assert pdf.make(continuous_of(document)).pages == 1


def test_a_print_out_on_the_form_counts_with_those_on_a4() -> None:
    client, document = Client(), with_form()
    client.force_login(person("customer_service"))
    url = reverse("document-print", args=[document.public_id])
    client.post(url)
    answer = client.post(url, {"continuous": "1"})
    assert answer.url.endswith("?print=2&continuous")
    assert Printing.objects.count() == 2
    copy = PdfReader(io.BytesIO(client.get(answer.url).content)).pages[0]
    assert round(float(copy.mediabox.width) / MM) == 241
    assert b"0.7 w" in copy.get_contents().get_data(), "the second print-out bears 补打"


def test_a_paper_without_the_form_offers_none() -> None:
    client, document = Client(), papers.rendered()
    client.force_login(person("warehouse"))
    assert "打印连续纸" not in client.get(document.get_absolute_url()).content.decode()
    assert client.get(reverse("document-pdf", args=[document.public_id]) + "?continuous").status_code == 302


def test_b20_the_form_too_is_made_once() -> None:
    document = with_form()
    assert rendering.ensure_rendered(document.pk, "continuous") == document.continuous
    assert Continuous.objects.count() == 1


@pytest.mark.parametrize("size", [(595, 842), (842, 595), (683, 397), (397, 683)])
def test_marks_stay_on_the_page_in_every_format(size: tuple[int, int]) -> None:
    """作废 is drawn with its frame: each corner of it lies on the page, portrait, landscape or continuous."""
    width, height = size
    first = next(line for line in void_mark("作废", width, height).splitlines() if line.startswith("q "))
    a, b, c, d, e, f = (float(number) for number in first.split(" w ")[1].split(" cm")[0].split())
    frame = next(line for line in void_mark("作废", width, height).splitlines() if line.endswith("re S"))
    x, y, w, h = (float(number) for number in frame.split()[:4])
    corners = [(x, y), (x + w, y), (x, y + h), (x + w, y + h)]
    placed = [(a * left + c * low + e, b * left + d * low + f) for left, low in corners]
    assert all(0 <= px <= width and 0 <= py <= height for px, py in placed), placed
    mark = reprint_mark("补打 第 2 次 2026-11-23 14:05 沈小曼", width, height)
    x, y, w, h = (float(number) for number in mark.splitlines()[1].split()[:4])
    assert x >= 0 and x + w <= width and y >= 0 and y + h <= height


def test_a_withdrawn_form_is_marked_too() -> None:
    document = with_form()
    freeze.withdraw(document, by=None, reason="订单取消")
    document = Document.objects.get(pk=document.pk)
    for shape in ("rendering", "continuous"):
        pages = PdfReader(io.BytesIO(serving.copy_of(document, shape=shape))).pages
        assert all(b"/Light gs" in page.get_contents().get_data() for page in pages)


@pytest.mark.parametrize("char", list("𠮷㛃龘䶮"))
def test_each_rare_character_is_in_an_embedded_face(char: str) -> None:
    document = papers.rendered(papers.MEMO, samples.MEMO | {"customer_name": f"{char}氏纸业"})
    content = bytes_of(document)
    assert f"{char}氏纸业" in text_of(content)
    fonts = [
        font.get_object()
        for page in PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    inner = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(each) for each in inner)


LONG = {
    "documents/confirmation.html": samples.CONFIRMATION | {"lines": samples.lines(200, prices=True)},
    "documents/production_order.html": samples.PRODUCTION_ORDER | {"lines": samples.lines(200, prices=False)},
    "documents/dispatch_notice.html": samples.DISPATCH_NOTICE | {"lines": samples.lines(200, prices=False)},
    "documents/arrival_receipt.html": samples.RECEIPT | {"lines": samples.lines(200, prices=False)},
}


@pytest.mark.parametrize("template", LONG)
def test_two_hundred_lines_repeat_their_heads_on_every_page_and_count_them(template: str) -> None:
    name = f"test_long_{template.split('/')[1].split('.')[0]}"
    kind = kinds.register(kinds.Kind(name, "XX", "长单", template, "prices"))
    document = papers.rendered(kind, LONG[template], number=name)
    pages = PdfReader(io.BytesIO(bytes_of(document))).pages
    assert document.rendering.pages == len(pages) > 5
    text = text_of(bytes_of(document))
    assert f"第{len(pages)}页/共{len(pages)}页" in text
    # The last page may hold the end of the terms and the signatures alone.
    assert text.count("产品/规格") >= len(pages) - 1


def test_the_signatures_never_stand_alone_on_a_page() -> None:
    papers.letterhead()
    for count in range(4, 8):
        document = papers.rendered(
            papers.CONFIRMATION,
            samples.CONFIRMATION | {"lines": samples.lines(count, prices=True)},
            number=f"QR-{count}",
        )
        last = PdfReader(io.BytesIO(bytes_of(document))).pages[-1].extract_text()
        assert "条款" in last, count


def test_the_receipt_to_be_signed_leaves_room_and_the_filed_one_says_what_came() -> None:
    blank = kinds.register(kinds.Kind("test_receipt", "HD", "到货回单", "documents/arrival_receipt.html", "plain"))
    text = text_of(bytes_of(papers.rendered(blank, samples.RECEIPT, number="HD-1")))
    assert ["实收数量" in text, "sha256" in text, "年月日时分" in text] == [True, False, True]
    filed = text_of(bytes_of(papers.rendered(blank, samples.RECEIPT_FILED, number="HD-1")))
    assert ["2026-12-0315:40" in filed, "✓" in filed, "陈建国" in filed, "sha256" in filed] == [True] * 4


SAMPLES = {
    "confirmation": samples.CONFIRMATION_INSIDE
    | {"amendment": {"number": 2, "changes": [["数量", "第 1 行", "120 卷", "240 卷"]]}},
    "production_order": samples.PRODUCTION_ORDER | {"change": "客户加量"},
    "balance_letter": samples.BALANCE_LETTER,
    "dispatch_notice": samples.DISPATCH_NOTICE | {"emergency": "紧急先发"},
    "delivery_note": samples.DELIVERY_NOTE,
    "delivery_note_continuous": samples.DELIVERY_NOTE,
    "dispatch_advice": samples.DISPATCH_ADVICE,
    "arrival_receipt": samples.RECEIPT_FILED,
    "memo": samples.MEMO,
}
NASTY = '<img src="http://127.0.0.1:9/x.png"><style>@import "http://127.0.0.1:9/";</style>'


def poisoned(value: Any) -> Any:
    """`value` with markup behind each text that no filter reads as a number or time."""
    if isinstance(value, str):
        return value if value[:2].isdigit() and value[2:3] in "0123456789.-" else value + NASTY
    if isinstance(value, dict):
        return {name: poisoned(item) for name, item in value.items()}
    return [poisoned(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", SAMPLES)
def test_b11_no_paper_lets_markup_through_in_any_of_its_texts(name: str) -> None:
    template = f"documents/{name}.html"
    kind = kinds.register(kinds.Kind(f"test_nasty_{name}", "XX", "单据", template, "prices", continuous=template))
    document = papers.frozen(kind, poisoned(SAMPLES[name]), number="XX-1")
    sheets = continuous_of(document) if name.endswith("continuous") else sheets_of(document)
    assert any("&lt;img" in sheet for sheet in sheets)
    assert not any('<img src="http' in sheet or "<style>" in sheet for sheet in sheets)
    assert pdf.make(sheets).pages, "and whatever would be fetched stops the rendering"
