"""The customer's answer to the confirmation, on their own page (R15, R17; B6, B10, B13)."""

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from audit.errors import Refused
from audit.models import Event
from customers.models import Contact
from documents.models import Attachment, OutboxRow
from flow.models import Owed
from flow.owed import differences
from orders import nightly
from orders.actions import chain, confirmation
from orders.models import Confirmation, Order, State
from orders.models.returned import ConfirmationReturn, Verdict
from portal.actions import words
from portal.models import Word
from tests import people
from tests.portal.visitor import MOBILE, as_sent, confirming, link_of, page_of, says, stroke, visitor, who, words_in
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db


def pending(order: Order) -> ConfirmationReturn:
    return ConfirmationReturn.objects.get(revision__order=order, verdict=Verdict.PENDING)


def test_the_page_shows_the_confirmation_as_it_was_frozen() -> None:
    shop = Shop()
    order = shop.sent()
    url = page_of(order)
    type(shop.product).objects.update(name="改了名的产品")
    type(shop.customer).objects.filter(pk=shop.customer.pk).update(name="改了名的客户")
    said = says(url)
    assert "1,000.00" in said and "人民币壹仟元整" in said and "100卷" in said
    assert "改了名" not in said


def test_the_customer_confirms_and_customer_service_verifies_and_releases() -> None:
    shop = Shop("C")
    order = shop.sent()
    shop.pay(order, order.revision.deposit_due, "deposit")
    url = page_of(order)
    answer = Client().post(f"{url}confirm/", confirming(), REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="手机")
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert "已收到您的确认，我司正在核验" in says(url)
    order = shop.fresh(order)
    assert order.revision.confirmation == Confirmation.RETURNED
    clerk = shop.who["customer_service"]
    confirmation.verify_return(pending(order), by=clerk)
    assert "订单已确认" in says(url)
    assert chain.release(order.revision, by=clerk).state == State.PRODUCTION
    assert not list(differences())


def test_b10_name_time_address_browser_and_contents_are_kept() -> None:
    order = Shop().sent()
    Client().post(f"{page_of(order)}confirm/", confirming(), REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="手机")
    word = Word.objects.get()
    assert (word.name, word.mobile, word.ip, word.signature) == ("王经理", MOBILE, "203.0.113.9", "王经理")
    assert len(word.agent_digest) == len(word.document_digest) == 64
    assert word.returned == pending(order)
    event = Event.objects.get(action="customer_confirm")
    assert event.by is None
    assert event.data["signer"] == "王经理" and event.data["mobile"] == MOBILE and event.data["ip"] == "203.0.113.9"


def test_what_a_customer_said_is_changed_by_nobody() -> None:
    order = Shop().sent()
    word = words.confirm(link_of(order), by=None, visitor=visitor(), agreed=True, signature="王经理")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Word.objects.filter(pk=word.pk).update(name="别人")


def test_b10_a_hundred_previews_change_nothing() -> None:
    order = Shop().sent()
    url = page_of(order)
    events, rows = Event.objects.count(), OutboxRow.objects.count()
    client = Client(enforce_csrf_checks=True)
    for _ in range(50):
        client.get(url)
        client.head(url)
    assert client.get(f"{url}confirm/").status_code == 405
    assert (Event.objects.count(), OutboxRow.objects.count()) == (events, rows)
    assert not ConfirmationReturn.objects.exists()


def test_b10_without_csrf_nothing_is_taken() -> None:
    order = Shop().sent()
    url = page_of(order)
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"{url}confirm/", confirming()).status_code == 403
    client.get(url)
    token = client.cookies["csrftoken"].value
    assert client.post(f"{url}confirm/", confirming(csrfmiddlewaretoken=token)).status_code == 302
    assert pending(order)


def test_b10_a_second_confirm_shows_the_first_ones_time() -> None:
    order = Shop().sent()
    url = page_of(order)
    Client().post(f"{url}confirm/", confirming())
    again = Client().post(f"{url}confirm/", confirming())
    first = timezone.localtime(pending(order).received_at)
    assert again.status_code == 409
    assert f"{first:%Y-%m-%d%H:%M}" in words_in(again)
    assert Word.objects.count() == 1


def test_b1_the_same_form_twice_is_one_confirmation() -> None:
    order = Shop().sent()
    url, form = page_of(order), confirming()
    for _ in range(2):
        assert Client().post(f"{url}confirm/", form).status_code == 302
    assert ConfirmationReturn.objects.count() == Word.objects.count() == 1


def test_the_form_of_a_refused_return_sent_once_more_does_not_confirm_again() -> None:
    shop = Shop()
    order = shop.sent()
    url, form = page_of(order), confirming()
    Client().post(f"{url}confirm/", form)
    confirmation.refuse_return(pending(order), by=shop.who["customer_service"], refusal="seal", note="请用黑色笔")
    Client().post(f"{url}confirm/", form)
    assert not ConfirmationReturn.objects.filter(verdict=Verdict.PENDING).exists()


def test_b1_the_same_form_with_other_contents_is_refused() -> None:
    order = Shop().sent()
    url, form = page_of(order), who(text="改成 200 卷")
    Client().post(f"{url}ask/", form)
    assert Client().post(f"{url}ask/", {**form, "text": "改成 300 卷"}).status_code == 409
    assert Word.objects.get().text == "改成 200 卷"


@pytest.mark.parametrize(
    ("refusal", "said"), [("seal", "签章不清"), ("content", "内容有误"), ("remark", "备注不详"), ("signer", "未获授权")]
)
def test_a_refusal_asks_again_on_the_same_page_with_its_reason(refusal: str, said: str) -> None:
    shop = Shop()
    order = shop.sent()
    url = page_of(order)
    Client().post(f"{url}confirm/", confirming())
    confirmation.refuse_return(pending(order), by=shop.who["customer_service"], refusal=refusal, note="请重签")
    shown = says(url)
    assert "请重新确认" in shown and said in shown and "请重签" in shown
    Client().post(f"{url}confirm/", confirming())
    assert pending(order)
    assert "请重新确认" not in says(url)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"agreed": ""}, 409, "请勾选"),
        ({"signature": ""}, 409, "请手写签名，或键入"),
        ({"signature": "李四"}, 409, "应与姓名一致"),
        ({"name": "李四", "signature": "李四"}, 409, "不在贵司登记的联系人中"),
        ({"name": ""}, 422, "必填"),
        ({"mobile": "12345"}, 409, "请填写 11 位手机号码"),
        ({"mobile": "0512-65432100"}, 409, "请填写 11 位手机号码"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_and_keeps_what_was_typed(
    changed: dict[str, str], status: int, said: str
) -> None:
    order = Shop().sent()
    answer = Client().post(f"{page_of(order)}confirm/", confirming(**changed))
    assert answer.status_code == status
    assert said.replace(" ", "") in words_in(answer)
    if changed.get("name") != "":
        assert f'value="{changed.get("name", "王经理")}"' in answer.content.decode()
    assert not Word.objects.exists() and not ConfirmationReturn.objects.exists()


@pytest.mark.parametrize("typed", ["138 0000 0000", "+86 13800000000", "138-0000-0000"])
def test_a_mobile_is_taken_as_people_write_it(typed: str) -> None:
    order = Shop().sent()
    Client().post(f"{page_of(order)}confirm/", confirming(mobile=typed))
    assert Word.objects.get().mobile == MOBILE


def test_one_who_may_not_sign_is_refused_at_verification() -> None:
    shop = Shop()
    order = shop.sent()
    people.contact(shop.customer, name="李四", mobile="13900000000")
    Client().post(f"{page_of(order)}confirm/", confirming(name="李四", signature="李四", mobile="13900000000"))
    with pytest.raises(Refused, match="李四 未获授权签单"):
        confirmation.verify_return(pending(order), by=shop.who["customer_service"])


def test_another_customers_contact_is_a_stranger_here() -> None:
    shop = Shop()
    people.contact(people.customer(), name="李四", may_sign=True)
    order = shop.sent()
    answer = Client().post(f"{page_of(order)}confirm/", confirming(name="李四", signature="李四"))
    assert answer.status_code == 409
    assert Contact.objects.filter(name="李四").count() == 1


def test_b6_more_fields_than_the_form_has_change_nothing_else() -> None:
    shop = Shop()
    order = shop.sent()
    more = {"received_at": "2020-01-01T00:00", "verdict": "accepted", "signer": "1", "by": "1", "deposit_due": "0"}
    Client().post(f"{page_of(order)}confirm/", confirming(**more))
    assert pending(order).received_at > timezone.now() - timedelta(minutes=5)
    assert shop.fresh(order).revision.deposit_due == order.revision.deposit_due


def test_a_refusal_is_mailed_with_its_reason_and_the_way_back() -> None:
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}confirm/", confirming())
    confirmation.refuse_return(pending(order), by=shop.who["customer_service"], refusal="seal", note="请重签")
    (mail,) = OutboxRow.objects.filter(channel="email", payload__subject__icontains="请重新签章")
    assert mail.payload["to"] == ["buyer@example.com"]
    assert "签章不清，请重签" in mail.payload["body"] and page_of(order) in mail.payload["body"]


def test_a_push_is_shown_before_anything_is_confirmed() -> None:
    shop = Shop()
    order = shop.sent()
    nightly.run(today())
    assert f"顺延至{shop.fresh(order).promised_on}" in says(page_of(order))


# -- signature and scan -------------------------------------------------------------------------------------------


def test_a_drawn_signature_is_kept_as_the_return() -> None:
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}confirm/", confirming(signature="", drawn=stroke()))
    returned = pending(order)
    assert returned.scan == Word.objects.get().drawn
    assert (returned.scan.content_type, returned.scan.by) == ("image/png", None)
    clerk = Client()
    clerk.force_login(shop.who["customer_service"])
    assert clerk.get(returned.scan.get_absolute_url()).status_code == 200


def test_a_stamped_scan_comes_with_the_confirmation() -> None:
    order = Shop().sent()
    Client().post(f"{page_of(order)}confirm/", {**confirming(), "scan": paper("盖章.png")})
    assert pending(order).scan.name == "盖章.png"


BROKEN = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\nnothing").decode()


@pytest.mark.parametrize(
    "drawn",
    [
        BROKEN,
        "data:image/png;base64,%%%",
        "data:text/html;base64,PGI+",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "javascript:alert(1)",
        as_sent(Image.new("RGB", (60, 60)), "JPEG"),
        stroke(3000, 100),
        stroke(100, 2000),
        "data:image/png;base64," + "A" * 400_000,
    ],
    ids=["broken", "not base64", "html", "svg", "script", "jpeg", "too wide", "too high", "too long"],
)
def test_b13_what_is_no_small_picture_is_no_signature(drawn: str) -> None:
    order = Shop().sent()
    answer = Client().post(f"{page_of(order)}confirm/", confirming(signature="", drawn=drawn))
    assert answer.status_code == 422
    assert not Attachment.objects.filter(content_type="image/png").exists()
    assert not ConfirmationReturn.objects.exists()


def test_an_empty_drawing_is_no_signature() -> None:
    order = Shop().sent()
    blank = as_sent(Image.new("RGBA", (300, 100)))
    answer = Client().post(f"{page_of(order)}confirm/", confirming(signature="", drawn=blank))
    assert answer.status_code == 409 and "请手写签名" in words_in(answer)


@pytest.mark.parametrize(
    ("name", "content"),
    [("盖章.pdf", b"<html><script>"), ("盖章.exe", b"MZ"), ("盖章.csv", "名称,数量\n纸,1".encode()), ("盖章.png", b"")],
)
def test_b13_a_scan_that_is_none_is_refused_and_nothing_is_confirmed(name: str, content: bytes) -> None:
    order = Shop().sent()
    answer = Client().post(f"{page_of(order)}confirm/", {**confirming(), "scan": SimpleUploadedFile(name, content)})
    assert answer.status_code in (409, 422)
    assert not ConfirmationReturn.objects.exists() and not Attachment.objects.filter(name=name).exists()


# -- the date rule ------------------------------------------------------------------------------------------------


def test_b27_an_answer_on_the_page_stops_the_clock_and_a_refusal_makes_its_days_up() -> None:
    shop = Shop()
    order = shop.sent()
    later = timezone.now() + timedelta(days=2)
    words.confirm(link_of(order), by=None, at=later, visitor=visitor(), agreed=True, signature="王经理")
    nightly.run(today() + timedelta(days=4))
    assert shop.fresh(order).revision.pushes == 2
    after = timezone.now() + timedelta(days=5)
    confirmation.refuse_return(pending(order), by=shop.who["customer_service"], refusal="seal", at=after)
    assert shop.fresh(order).revision.pushes == 5
    assert not list(differences())


# -- a change in words --------------------------------------------------------------------------------------------


def test_a_change_is_told_to_customer_service_and_sales_and_owed_until_answered() -> None:
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}ask/", who(text="数量改成 200 卷"))
    told = OutboxRow.objects.filter(channel="notice", payload__text__icontains="数量改成 200 卷")
    people_told = {row.payload["recipient"] for row in told}
    assert people_told == {shop.who["sales"].pk, shop.who["customer_service"].pk}
    assert Owed.objects.open().filter(what="customer_asked", subject_id=order.pk).exists()
    clerk = Client()
    clerk.force_login(shop.who["customer_service"])
    assert "数量改成200卷" in words_in(clerk.get(order.get_absolute_url()))
    word = Word.objects.get()
    clerk.post(f"/orders/{order.number}/customer-page/words/{word.pk}/answer/", {"text": "可以，改单后重发"})
    assert not Owed.objects.open().filter(what="customer_asked").exists()
    assert "可以，改单后重发" in says(page_of(order))
    assert OutboxRow.objects.filter(channel="email", payload__body__icontains="可以，改单后重发").count() == 1
    assert not list(differences())


def test_a_change_is_no_confirmation() -> None:
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}ask/", who(text="数量改成 200 卷"))
    assert shop.fresh(order).revision.confirmation == Confirmation.SENT
    nightly.run(today())
    assert shop.fresh(order).revision.pushes == 1


def test_what_is_answered_once_is_not_answered_again() -> None:
    shop = Shop()
    order = shop.sent()
    word = words.ask_change(link_of(order), by=None, visitor=visitor(), text="改数量")
    words.answer(word, by=shop.who["customer_service"], text="好的")
    with pytest.raises(Refused, match="已由 客服员 答复"):
        words.answer(word, by=shop.who["customer_service"], text="不行")


def test_b12_a_megabyte_of_words_is_refused_on_the_page() -> None:
    order = Shop().sent()
    answer = Client().post(f"{page_of(order)}ask/", who(text="改" * 300_000))
    assert answer.status_code == 422 and not Word.objects.exists()


def test_b18_the_page_never_talks_to_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda *_, **__: pytest.fail("the broker was asked"))
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}confirm/", confirming())
    assert pending(order)
    assert OutboxRow.objects.filter(channel="notice", payload__text__icontains="已在网上确认").count() == 2


def test_a_flood_of_changes_is_stemmed() -> None:
    order = Shop().sent()
    for _ in range(5):
        words.ask_change(link_of(order), by=None, visitor=visitor(), text="改数量")
    with pytest.raises(Refused, match="我们已经收到"):
        words.ask_change(link_of(order), by=None, visitor=visitor(), text="改数量")


def test_what_a_customer_types_is_shown_as_typed() -> None:
    shop = Shop()
    order = shop.sent()
    Client().post(f"{page_of(order)}ask/", who(text="<script>alert(1)</script>"))
    clerk = Client()
    clerk.force_login(shop.who["customer_service"])
    for page in (
        Client().get(page_of(order)),
        clerk.get(order.get_absolute_url()),
        clerk.get(f"/orders/{order.number}/customer-page/"),
    ):
        assert b"<script>alert" not in page.content and b"&lt;script&gt;alert" in page.content


def test_a_verified_order_takes_no_change_by_the_page() -> None:
    shop = Shop()
    order = shop.confirmed()
    with pytest.raises(Refused, match="直接联系我司客服"):
        words.ask_change(link_of(order), by=None, visitor=visitor(), text="改数量")


def test_a_word_is_said_once_per_form_in_the_database_too() -> None:
    word = words.ask_change(link_of(Shop().sent()), by=None, visitor=visitor(), text="改数量")
    word.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        word.save(force_insert=True)
