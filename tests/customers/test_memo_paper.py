"""客户信息备忘录 as a paper: what was heard, frozen each time something is added."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.actions import supplement_memo, tell_reply, write_memo
from customers.models import Memo
from documents import rendering
from documents.models import Document
from documents.queries import current_document
from tests import people
from tests.shop import paper

pytestmark = pytest.mark.django_db
HEARD = {"channel": "phone", "caller": "欧阳㛃文", "caller_phone": "138 0000 4521", "words": "要 80 宽热敏纸 200 卷"}


def written(**facts: Any) -> Memo:
    clerk = facts.pop("by", None) or people.person("customer_service", name="陈客服")
    return write_memo(None, by=clerk, customer=people.customer("苏州好客"), **HEARD, **facts)


def paper_of(memo: Memo) -> Document:
    found = current_document("memo", "memo", memo.pk)
    assert found is not None
    return Document.objects.get(pk=found.pk)


def test_writing_a_memo_freezes_its_paper_under_the_memos_number() -> None:
    memo = written(missing="收货地址", attachments=[paper("手写要求.png")])
    frozen = paper_of(memo)
    assert (frozen.number, frozen.version, frozen.maker) == (memo.number, 1, "陈客服")
    said = frozen.data
    assert (said["channel"], said["customer_name"], said["caller"]) == ("电话", "苏州好客", "欧阳㛃文")
    assert (said["caller_phone"], said["words"]) == ("138 0000 4521", HEARD["words"])
    assert said["items"] == []
    assert (said["missing"], said["taken_by"], said["attachments"]) == ("收货地址", "陈客服", ["手写要求.png"])


def test_what_is_added_makes_a_new_version_and_leaves_the_old_as_it_was() -> None:
    memo, clerk = written(missing="收货地址"), people.person("customer_service")
    supplement_memo(memo, by=clerk, words="送苏州仓", missing="", read_back=True)
    first, second = Document.objects.filter(kind="memo").order_by("version")
    assert (first.data["missing"], first.data["read_back"]) == ("收货地址", False)
    assert "送苏州仓" in second.data["words"]
    assert (second.data["missing"], second.data["read_back"], second.supersedes) == ("", True, first)


def test_telling_how_long_the_answer_takes_stands_on_the_paper() -> None:
    memo, soon = written(), timezone.now() + timedelta(hours=2)
    tell_reply(memo, by=people.person("customer_service"), told_words="两小时内", reply_promised_by=soon)
    assert paper_of(memo).data["told_at"]
    assert paper_of(memo).version == 2


def test_the_paper_is_rendered_and_opened_from_the_memos_page() -> None:
    clerk = people.person("customer_service")
    memo = written(by=clerk)
    made = paper_of(memo)
    assert rendering.ensure_rendered(made.pk).pages == 1
    client = Client()
    client.force_login(clerk)
    assert made.get_absolute_url() in client.get(memo.get_absolute_url()).content.decode()
    assert client.get(f"{made.get_absolute_url()}pdf").content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("role", "status"), [("customer_service", 200), ("finance", 200), ("sales", 404), ("warehouse", 404)]
)
def test_b7_the_paper_is_seen_by_those_who_see_the_memo(role: str, status: int) -> None:
    made = paper_of(written())
    client = Client()
    client.force_login(people.person(role))
    assert client.get(made.get_absolute_url()).status_code == status
