import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from documents import attachments, files, freeze, notices
from documents.models import Document, Letterhead, Notice, OutboxRow, Printing
from documents.tasks import deliver
from tests.documents import papers, samples
from tests.documents.test_attachments import PDF, image
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return person("sales", name="赵海燕")


@pytest.fixture
def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(desk: Client, document: Document, name: str = "document") -> str:
    return desk.get(reverse(name, args=[document.public_id])).content.decode()


def test_a_paper_waits_refreshes_itself_and_is_then_there(desk: Client) -> None:
    document = papers.frozen()
    assert 'http-equiv="refresh"' in page(desk, document)
    assert desk.get(reverse("document-pdf", args=[document.public_id])).url == document.get_absolute_url()
    deliver(OutboxRow.objects.get().pk)
    shown = page(desk, document)
    assert 'http-equiv="refresh"' not in shown
    assert [word in shown for word in ("BW-20261123-0001", "有效", "打印", "下载")] == [True] * 4


def test_a_failed_paper_says_so_and_can_be_asked_for_again(desk: Client) -> None:
    document = papers.frozen()
    OutboxRow.objects.update(state="failed")
    assert "生成失败，可重试" in page(desk, document)
    desk.post(reverse("document-again", args=[document.public_id]))
    assert OutboxRow.objects.get().state == "waiting"


def test_the_pdf_is_shown_and_can_do_nothing(desk: Client) -> None:
    response = desk.get(reverse("document-pdf", args=[papers.rendered().public_id]))
    assert response.content.startswith(b"%PDF-")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Disposition"].startswith("inline")


def test_a_download_is_a_file_with_a_name(desk: Client) -> None:
    response = desk.get(reverse("document-pdf", args=[papers.rendered().public_id]) + "?download")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_printing_is_counted_and_the_second_copy_is_stamped(desk: Client) -> None:
    document = papers.rendered()
    url = reverse("document-print", args=[document.public_id])
    first, second = desk.post(url), desk.post(url)
    assert second.url.endswith("?print=2")
    assert desk.get(second.url).content != desk.get(first.url).content
    assert Printing.objects.count() == 2
    assert "第 2 次" in page(desk, document)


def test_a_get_prints_nothing(desk: Client) -> None:
    assert desk.get(reverse("document-print", args=[papers.rendered().public_id])).status_code == 405
    assert not Printing.objects.exists()


def test_an_earlier_version_is_shown_as_void(desk: Client) -> None:
    document = papers.rendered()
    unstamped = desk.get(reverse("document-pdf", args=[document.public_id])).content
    papers.frozen()
    assert "已作废" in page(desk, document)
    assert desk.get(reverse("document-pdf", args=[document.public_id])).content != unstamped


def body(response: HttpResponse, url: str) -> str:
    """The page, apart from the address it was asked for and the browser's own tokens."""
    return re.sub(r'value="[^"]*"', "", response.content.decode().replace(url, ""))


def test_b7_what_one_may_not_see_answers_like_what_is_not_there(desk: Client) -> None:
    foreign = papers.rendered(subject=2)
    attached = attachments.store(SimpleUploadedFile("a.pdf", PDF), None, "test_subject", 2)
    for name, hidden in [("document", foreign), ("document-pdf", foreign), ("attachment", attached)]:
        urls = [reverse(name, args=[each]) for each in (hidden.public_id, uuid4())]
        shut, missing = (desk.get(url) for url in urls)
        assert (shut.status_code, missing.status_code) == (404, 404)
        assert body(shut, urls[0]) == body(missing, urls[1])
    for name in ("document-print", "document-again"):
        assert desk.post(reverse(name, args=[foreign.public_id])).status_code == 404


def test_a_paper_with_prices_is_hidden_from_those_who_see_none(desk: Client) -> None:
    document = papers.frozen(papers.CONFIRMATION, samples.CONFIRMATION)
    assert desk.get(document.get_absolute_url()).status_code == 200
    maker = Client()
    maker.force_login(person("production"))
    assert maker.get(document.get_absolute_url()).status_code == 404


def test_a_subject_nobody_registered_is_nobodys(desk: Client) -> None:
    attached = attachments.store(SimpleUploadedFile("a.pdf", PDF), None, "no_such_subject", 1)
    assert desk.get(attached.get_absolute_url()).status_code == 404


def test_b13_an_attachment_is_always_a_download(desk: Client) -> None:
    attached = attachments.store(SimpleUploadedFile("章.png", image("PNG")), None, "test_subject", 1)
    response = desk.get(attached.get_absolute_url())
    assert b"".join(response.streaming_content) == image("PNG")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_a_lost_file_is_said_not_served(desk: Client) -> None:
    document = papers.rendered()
    files.remove("renderings", document.rendering.sha256)
    response = desk.get(reverse("document-pdf", args=[document.public_id]))
    assert (response.status_code, "已损坏" in response.content.decode()) == (500, True)


def test_the_qr_page_tells_the_standing_and_nothing_else_without_log_in() -> None:
    document = papers.frozen()
    url = reverse("document-standing", args=[document.public_id])
    shown = Client().get(url).content.decode()
    assert [word in shown for word in ("有效", "客户信息备忘录", "BW-20261123-0001")] == [True] * 3
    assert samples.CUSTOMER["name"] not in shown
    freeze.withdraw(document, by=None, reason="订单取消")
    assert "已作废" in Client().get(url).content.decode()


def test_a_made_up_qr_leads_nowhere() -> None:
    assert Client().get("/d/7f1c2c7e-53a4-4c1e-9a41-0d5f4c1f2a10/").status_code == 404


@pytest.mark.parametrize("name", ["document", "document-pdf", "attachment"])
def test_without_log_in_nothing_is_shown(name: str) -> None:
    assert Client().get(reverse(name, args=[uuid4()])).status_code == 302


def noticed(user: User, url: str = "/orders/") -> Notice:
    notices.tell([user.pk], event=f"e:{url}", text="订单 SO-1 已审批", url=url)
    deliver(OutboxRow.objects.filter(channel="notice").latest("pk").pk)
    return Notice.objects.latest("pk")


def test_the_bell_lists_ones_own_notices_and_marks_them_read(desk: Client, user: User) -> None:
    notice = noticed(user)
    other = noticed(person(), url="/x/")
    shown = desk.get(reverse("notices")).content.decode()
    assert (shown.count("订单 SO-1 已审批"), "1 条未读" in shown) == (1, True)
    assert desk.post(reverse("notice-read", args=[notice.pk])).url == "/orders/"
    assert desk.post(reverse("notice-read", args=[other.pk])).status_code == 404
    assert "全部已读" in desk.get(reverse("notices")).content.decode()


def test_all_are_marked_read_at_once(desk: Client, user: User) -> None:
    noticed(user, "/a/")
    noticed(user, "/b/")
    desk.post(reverse("notices-read"))
    assert not Notice.objects.filter(read_at=None).exists()


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", ""])
def test_b17_a_notice_leads_nowhere_else(desk: Client, user: User, url: str) -> None:
    assert desk.post(reverse("notice-read", args=[noticed(user, url).pk])).url == reverse("notices")


@pytest.fixture
def office() -> Client:
    client = Client()
    admin = person("admin")
    admin.is_staff = True
    admin.save()
    client.force_login(admin)
    return client


def test_the_admin_fills_in_the_letterhead_and_its_logo(office: Client) -> None:
    form = {name: value for name, value in samples.FIRM.items() if name != "logo"}
    response = office.post("/admin/documents/letterhead/add/", form | {"logo_file": upload(image("PNG"))})
    assert response.status_code == 302
    firm = Letterhead.objects.get()
    assert files.read("logos", firm.logo) == image("PNG")
    assert papers.rendered().letterhead["logo"] == firm.logo


def test_another_letterhead_needs_a_reason_and_is_kept_in_history_and_events(office: Client) -> None:
    papers.letterhead()
    form = {name: value for name, value in samples.FIRM.items() if name != "logo"} | {"phone": "0512-88"}
    refused = office.post("/admin/documents/letterhead/1/change/", form)
    assert "请写明修改的原因" in refused.content.decode()
    assert not Event.objects.filter(action="change_letterhead").exists()
    assert office.post("/admin/documents/letterhead/1/change/", form | {"reason": "换号"}).status_code == 302
    event = Event.objects.get(action="change_letterhead")
    assert (event.reason, event.data["changed"]) == ("换号", ["phone"])
    assert Letterhead.history.first().history_change_reason == "换号"


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", content)


def test_b13_a_logo_that_is_no_image_is_refused(office: Client) -> None:
    form = {name: value for name, value in samples.FIRM.items() if name != "logo"}
    response = office.post("/admin/documents/letterhead/add/", form | {"logo_file": upload(PDF)})
    assert "不符" in response.content.decode()
    assert not Letterhead.objects.exists()


def test_the_admin_sees_the_outbox_and_sends_again(office: Client) -> None:
    document = papers.frozen()
    row = OutboxRow.objects.get()
    OutboxRow.objects.update(state="failed")
    assert f"render:{document.pk}" in office.get("/outbox/").content.decode()
    office.post("/outbox/again/", {"row": [row.pk], "reason": ""})
    assert OutboxRow.objects.get().state == "waiting"


def test_the_admin_lists_papers_but_changes_none(office: Client) -> None:
    document = papers.frozen()
    url = f"/admin/documents/document/{document.pk}/change/"
    assert document.number in office.get(url).content.decode()
    assert office.post(url, {"number": "X"}).status_code == 403
