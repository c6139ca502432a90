"""新品开发打样: from being asked for to a filed sample and a product (R8, R37)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import Blocked, Forbidden, Refused
from catalog.models import Product
from documents.models import OutboxRow
from flow import overdue
from home import todo
from orders.actions import chain
from orders.models import Line, Signed, SignOff
from production.actions import samples as actions
from production.models import SampleRequest, SampleStep
from tests.production.works import Works, newest, paper
from tests.races import at_once
from tests.shop import today

pytestmark = pytest.mark.django_db


def ask(works: Works, **more: Any) -> SampleRequest:
    given = {"name": "白色标签", "spec": "50×30 mm", "quantity": "2 卷", "words": "照客户寄来的样", **more}
    if "line" not in given:
        given.setdefault("customer", works.customer)
    return actions.ask_sample(None, by=works.who["sales"], **given)


def take(works: Works, sample: SampleRequest, *codes: str, text: str = "已办") -> SampleRequest:
    by = {"make_sample": "technical"}
    for code in codes:
        more = {"paper": paper("签样.pdf")} if code == "approve_sample" else {}
        getattr(actions, code)(sample, by=works.who[by.get(code, "customer_service")], text=text, **more)
        sample.refresh_from_db()
    return sample


def test_a_refused_sample_is_made_again_until_it_is_approved_and_sealed() -> None:
    works = Works()
    sample = ask(works)
    assert sample.number.startswith("YP-")
    take(works, sample, "make_sample", "send_sample", "refuse_sample", "make_sample", "send_sample")
    take(works, sample, "approve_sample", "seal_sample")
    assert sample.state == "sealed"
    states = SampleStep.objects.filter(sample=sample).values_list("state", flat=True)
    assert list(states) == ["asked", "made", "sent", "refused", "made", "sent", "approved", "sealed"]
    told = set(OutboxRow.objects.filter(channel="notice").values_list("payload__recipient", flat=True))
    assert works.who["technical"].pk in told and works.who["sales"].pk in told


@pytest.mark.parametrize("code", ["send_sample", "approve_sample", "seal_sample", "refuse_sample"])
def test_no_step_is_left_out(code: str) -> None:
    works = Works()
    sample = ask(works)
    with pytest.raises(Refused, match="待打样"):
        take(works, sample, code)
    assert SampleStep.objects.count() == 1


def test_the_customers_word_is_written() -> None:
    works = Works()
    sample = take(works, ask(works), "make_sample", "send_sample")
    by = works.who["customer_service"]
    with pytest.raises(Refused, match="口头无效"):
        actions.approve_sample(sample, by=by, text="王经理来电认可")
    with pytest.raises(Refused, match="请填写说明"):
        actions.refuse_sample(sample, by=by, text=" ")
    with pytest.raises(Forbidden):
        actions.make_sample(sample, by=by, text="做好了")


def test_a_sealed_sample_is_filed_on_the_line_that_waits_for_it() -> None:
    works = Works()
    order = works.submitted(works.line(needs_sample=True))
    sample = ask(works, line=order.lines.get(), product=works.product)
    assert sample.customer == works.customer
    works.technical(order)
    works.material(order)
    works.dates(order)
    works.approve(order)
    works.send(order)
    with pytest.raises(Blocked, match="签样"):
        chain.release(newest(order), by=works.who["customer_service"])
    take(works, sample, "make_sample", "send_sample", "approve_sample", "seal_sample", text="F-12 样品柜")
    filed = SignOff.objects.live().get(kind=Signed.SAMPLE, order=order)
    assert filed.text == f"{sample.number} 封样：F-12 样品柜"
    chain.release(newest(order), by=works.who["customer_service"])


def test_a_line_is_sampled_once_at_a_time() -> None:
    works = Works()
    line = works.submitted().lines.get()
    sample = ask(works, line=line)
    with pytest.raises(Refused, match="已在打样中"):
        ask(works, line=line)
    take(works, sample, "drop_sample")
    assert ask(works, line=line).pk != sample.pk


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_for_one_line_make_one() -> None:
    works = Works()
    line = Line.objects.get(order=works.submitted())
    at_once(20, lambda index: ask(works, line=line))
    assert SampleRequest.objects.filter(line=line).count() == 1


def test_anothers_customer_is_not_sampled_for() -> None:
    works, stranger = Works(), Works()
    sample = ask(works)
    with pytest.raises(Forbidden, match="不是您负责的客户"):
        actions.drop_sample(sample, by=stranger.who["sales"], text="不要了")
    with pytest.raises(Forbidden):
        actions.ask_sample(
            None, by=stranger.who["sales"], customer=works.customer, name="a", spec="b", quantity="1", words="c"
        )


def test_what_was_approved_becomes_a_product_once() -> None:
    works = Works()
    sample = take(works, ask(works), "make_sample", "send_sample")
    given = {"by": works.who["technical"], "code": "N-1", "unit": "卷", "kind": "label"}
    with pytest.raises(Refused, match="客户认可之后"):
        actions.adopt_sample(sample, **given)
    take(works, sample, "approve_sample")
    actions.adopt_sample(sample, **given)
    product = Product.objects.get(code="N-1")
    assert (product.name, product.spec) == ("白色标签", "50×30 mm")
    with pytest.raises(Refused, match="此样品即产品"):
        actions.adopt_sample(sample, **{**given, "code": "N-2"})
    other = take(works, ask(works), "make_sample", "send_sample", "approve_sample")
    with pytest.raises(Refused, match="产品编号"):
        actions.adopt_sample(other, **given)
    other.refresh_from_db()
    assert other.product is None


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_pages_from_the_line_that_cannot_be_made_to_the_product() -> None:
    works = Works()
    order = works.submitted()
    works.technical(order, "cannot", text="现有模具无此规格")
    sales, technical = client_of(works.who["sales"]), client_of(works.who["technical"])
    link = reverse("production:ask_sample_of_line", args=[order.number, 1])
    assert link in sales.get(reverse("production:technical", args=[order.number])).content.decode()
    assert works.product.name in sales.get(link).content.decode()
    typed = {"name": "白标", "spec": "50×30", "quantity": "2 卷", "words": "照样"}
    refused = sales.post(link, {**typed, "words": "", "wanted_on": "2020-01-01"})
    assert refused.status_code == 422 and "50×30" in refused.content.decode()
    assert sales.post(link, typed).status_code == 302
    sample = SampleRequest.objects.get()
    shown = technical.get(sample.get_absolute_url()).content.decode()
    assert "样品已做好" in shown and "已寄样" not in shown

    def go(client: Client, deed: str, **more: Any) -> int:
        path = reverse("production:step_sample", args=[sample.number, deed])
        return client.post(path, {"text": "已办", **more}).status_code

    assert go(technical, "make_sample") == 302
    assert go(technical, "make_sample") == 409
    assert go(technical, "send_sample") == 403
    assert go(sales, "send_sample") == 302
    assert go(sales, "approve_sample") == 409
    assert go(sales, "approve_sample", paper=SimpleUploadedFile("a.exe", b"MZ")) == 422
    assert go(sales, "approve_sample", paper=paper()) == 302
    adopt = reverse("production:adopt_sample", args=[sample.number])
    assert technical.post(adopt, {"code": works.product.code, "unit": "卷", "kind": "label"}).status_code == 422
    assert technical.post(adopt, {"code": "N-9", "unit": "卷", "kind": "label"}).status_code == 302
    assert "N-9" in sales.get(sample.get_absolute_url()).content.decode()
    assert go(sales, "nothing") == 404


def test_the_list_asks_as_much_for_thirty_as_for_one() -> None:
    works = Works()
    client = client_of(works.who["technical"])
    ask(works, line=works.submitted().lines.get(), wanted_on=today())
    client.get(reverse("production:samples"))
    counts = []
    for many in (0, 29):
        for _ in range(many):
            ask(works)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("production:samples"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def titles(user: User) -> list[str]:
    return [
        row.title for group in todo.groups(user, timezone.now()) for row in group.rows if row.title.startswith("YP-")
    ]


def test_the_next_step_stands_on_the_home_of_whose_it_is() -> None:
    works = Works()
    sample = ask(works)
    technical, clerk = works.who["technical"], works.who["customer_service"]
    assert (len(titles(technical)), titles(clerk), titles(works.who["quality"])) == (1, [], [])
    take(works, sample, "make_sample")
    assert (titles(technical), len(titles(clerk)), len(titles(works.who["sales"]))) == ([], 1, 1)
    assert titles(Works().who["sales"]) == []
    take(works, sample, "send_sample", "approve_sample", "seal_sample")
    assert titles(clerk) == []


def test_a_sample_is_late_after_the_day_it_is_wanted_on_and_whose_step_it_is_hears_once() -> None:
    works = Works()
    sample = ask(works, wanted_on=today())
    later = datetime(2027, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    (group,) = [each for each in todo.groups(works.who["technical"], later) if each.label == "打样"]
    assert (group.count, group.late) == (1, 1)
    for days in range(3):
        overdue.tell(later + timedelta(days=days))
    told = OutboxRow.objects.filter(key__startswith="overdue:", about=sample.number)
    assert [row.payload["recipient"] for row in told.filter(key__contains=":told_at:")] == [works.who["technical"].pk]
    assert [row.payload["recipient"] for row in told.filter(key__contains=":escalated_at:")] == [
        works.who["marketing_director"].pk
    ]
    take(works, sample, "make_sample", "send_sample")
    assert not [each for each in todo.groups(works.who["sales"], later) if each.late]


def test_the_line_of_a_sample_order_is_sampled_as_itself_and_its_order_shows_it() -> None:
    works = Works()
    order = works.submitted(kind="sample")
    sales = client_of(works.who["sales"])
    link = reverse("production:ask_sample_of_line", args=[order.number, 1])
    assert link in sales.get(reverse("production:technical", args=[order.number])).content.decode()
    typed = {"name": "白标", "spec": "50×30", "quantity": "2 卷", "words": "照样"}
    assert sales.post(link, typed).status_code == 302
    sample = SampleRequest.objects.get()
    assert (sample.line.order, sample.product) == (order, works.product)  # type: ignore[union-attr]
    assert sample.number in sales.get(order.get_absolute_url()).content.decode()
