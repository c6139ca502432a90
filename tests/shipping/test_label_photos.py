"""A pallet's code read from a photo of its label, however it is held; what is no such photo is refused (R29, B13)."""

import io
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFilter

from documents import attachments
from documents.models import Attachment
from shipping.models import Pick
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db


def label(code: str) -> Image.Image:
    drawn = io.BytesIO()
    segno.make(code, error="m").save(drawn, kind="png", scale=10, border=4)
    return Image.open(drawn).convert("RGB")


def photographed(*codes: str, turned: float = 0, kind: str = "JPEG") -> bytes:
    """On a grey pallet, turned, a little out of focus."""
    photo = Image.new("RGB", (3000, 2000), (120, 118, 110))
    for place, code in enumerate(codes):
        photo.paste(label(code), (300 + place * 1400, 500))
    photo = photo.rotate(turned, expand=True, fillcolor=(90, 90, 90)).filter(ImageFilter.GaussianBlur(2))
    taken = io.BytesIO()
    photo.save(taken, kind)
    return taken.getvalue()


class Gate:
    """A phone on the pick page of a shipment of one pallet."""

    def __init__(self) -> None:
        self.yard = Yard()
        self.shipment = self.yard.drafted((*self.yard.stocked(self.yard.released()), "40"))
        self.code = self.shipment.lines.get().pallet.number
        self.phone = Client()
        self.phone.force_login(self.yard.who["warehouse"])

    def post(self, content: bytes, name: str = "image.jpg") -> tuple[int, str]:
        photo = SimpleUploadedFile(name, content, "image/jpeg")
        answer: Any = self.phone.post(f"{self.shipment.get_absolute_url()}pick/", {"code": "", "photo": photo})
        return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("turned", [0, 7, 90, 155])
def test_a_photographed_label_is_scanned_however_it_is_turned(turned: float) -> None:
    gate = Gate()
    assert gate.post(photographed(gate.code, turned=turned))[0] == 302
    assert Pick.objects.get().row.pallet.number == gate.code
    assert not Attachment.objects.exists()


def test_a_png_is_read_too() -> None:
    gate = Gate()
    assert gate.post(photographed(gate.code, kind="PNG"), "截图.png")[0] == 302


def test_a_photo_of_another_pallet_is_refused_by_the_action_with_its_code() -> None:
    gate = Gate()
    status, page = gate.post(photographed("T-OTHER"))
    assert (status, "「T-OTHER」没有扫入" in page, "没有托盘「T-OTHER」" in page) == (409, True, True)


def test_b13_what_is_no_photo_of_one_code_is_refused_beside_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    whole = photographed(gate.code)
    refused = {
        "照片里没有认出二维码": gate.post(photographed()),
        "照片里有多个二维码": gate.post(photographed(gate.code, "T-OTHER")),
        "文件内容与扩展名 .jpg 不符": gate.post(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "只能上传": gate.post(whole, "image.exe"),
        "请拍照或选择 JPG、PNG 照片": gate.post(b"%PDF-1.4\n%%EOF\n", "回单.pdf"),
    }
    monkeypatch.setattr(attachments, "MOST_PIXELS", 1_000_000)
    refused["图片尺寸过大"] = gate.post(whole)
    monkeypatch.setattr(attachments, "LARGEST", 1_000)
    refused["文件超过 20 MB"] = gate.post(whole)
    for words, (status, page) in refused.items():
        assert status == 422, words
        beside = page.partition('id="id_photo_error"')[2].partition("</ul>")[0]
        assert words in beside, beside
    assert not Pick.objects.exists()


def test_b13_a_photo_that_breaks_off_is_refused_beside_the_field() -> None:
    gate = Gate()
    status, page = gate.post(photographed(gate.code)[:3_000])
    beside = page.partition('id="id_photo_error"')[2].partition("</ul>")[0]
    assert (status, "照片已损坏" in beside) == (422, True)
    assert not Pick.objects.exists()
