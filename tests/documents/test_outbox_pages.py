"""/outbox/: what is on its way, what failed or is in doubt, and a person's word on it."""

from typing import Any

import pytest
from django.test import Client

from audit.errors import Forbidden, Refused
from audit.models import Event
from documents import actions, mail, outbox
from documents.models import Notice, OutboxRow, Sending
from documents.tasks import deliver
from orders.actions import confirmation
from orders.models import Order
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db
State = OutboxRow.State


@pytest.fixture
def shop() -> Shop:
    return Shop()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def mailed(shop: Shop) -> tuple[Order, OutboxRow]:
    """An order whose confirmation went out by e-mail."""
    order, clerk = shop.approved(), shop.who["customer_service"]
    confirmation.check_print(order.revision, by=clerk)
    confirmation.send_confirmation(order.revision, by=clerk, way="email")
    return order, OutboxRow.objects.get(channel="email")


def in_state(row: OutboxRow, state: str) -> OutboxRow:
    OutboxRow.objects.filter(pk=row.pk).update(state=state)
    return OutboxRow.objects.get(pk=row.pk)


def rows_on(client: Client, query: str) -> int:
    return len(client.get(f"/outbox/{query}").context["rows"])


def test_the_list_is_filtered_by_state_and_channel_and_searched_by_order_number(shop: Shop) -> None:
    order, row = mailed(shop)
    client = client_of(shop.who["admin"])
    assert rows_on(client, "?channel=email") == 1
    assert "buyer@example.com" in client.get("/outbox/?channel=email").content.decode()
    assert shop.who["sales"].name in client.get("/outbox/?channel=notice").content.decode()
    assert rows_on(client, f"?channel=email&q={order.number}") == 1
    assert rows_on(client, "?q=SO-19990101-0001") == 0
    assert rows_on(client, f"?q={row.key[:20]}") == 1
    assert rows_on(client, "?channel=email&state=failed") == 0
    assert rows_on(client, "?channel=nothing&state=%00") == rows_on(client, "")


def test_the_list_takes_the_same_statements_however_long_it_is(shop: Shop, django_assert_max_num_queries: Any) -> None:
    client = client_of(shop.who["admin"])
    outbox.post_many(("safe", f"k{n}", {"n": n}) for n in range(120))
    with django_assert_max_num_queries(7):
        page = client.get("/outbox/")
    assert len(page.context["rows"]) == 50 and page.context["page"].next_url


def test_a_doubtful_mail_is_settled_by_a_person_who_says_how_they_know(shop: Shop) -> None:
    _, row = mailed(shop)
    row = in_state(row, State.DOUBTFUL)
    client = client_of(shop.who["customer_service"])
    url = f"/outbox/{row.pk}/settle/"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "王经理电话确认收到"}).status_code == 302
    row.refresh_from_db()
    event = Event.objects.get(action="settle_outbox")
    assert (row.state, event.by, event.reason) == (State.DONE, shop.who["customer_service"], "王经理电话确认收到")


def test_a_doubtful_mail_is_sent_again_only_with_a_reason(shop: Shop) -> None:
    _, row = mailed(shop)
    row = in_state(row, State.DOUBTFUL)
    with pytest.raises(Refused, match="原因"):
        actions.retry_outbox(row, by=shop.who["admin"])
    client = client_of(shop.who["admin"])
    assert client.post(f"/outbox/{row.pk}/again/", {"reason": ""}).status_code == 409
    assert client.post(f"/outbox/{row.pk}/again/", {"reason": "对方没有收到"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.WAITING, 0)
    assert Event.objects.get(action="retry_outbox").from_state == State.DOUBTFUL


def test_the_ticked_ones_are_sent_again_and_a_refused_one_holds_up_no_other(shop: Shop) -> None:
    outbox.post_many(("safe", f"k{n}", {"n": n}) for n in range(3))
    failed, doubtful, waiting = OutboxRow.objects.filter(channel="safe").order_by("key")
    in_state(failed, State.FAILED)
    in_state(doubtful, State.DOUBTFUL)
    data = {"row": [failed.pk, doubtful.pk, waiting.pk, "x", "9" * 30], "reason": "", "key": "abc"}
    client = client_of(shop.who["admin"])
    page = client.post("/outbox/again/", data, follow=True)
    assert [OutboxRow.objects.get(key=f"k{n}").state for n in range(3)] == ["waiting", "doubtful", "waiting"]
    assert "1 项已重新排入发送" in page.content.decode() and "请写明原因" in page.content.decode()
    in_state(failed, State.FAILED)
    client.post("/outbox/again/", data)  # the same form again
    assert OutboxRow.objects.get(key="k0").state == State.FAILED


def test_customer_service_sees_to_mails_about_its_orders_and_to_nothing_else(shop: Shop) -> None:
    _, row = mailed(shop)
    in_state(row, State.FAILED)
    other = OutboxRow.objects.exclude(channel="email").first()
    assert other is not None
    in_state(other, State.FAILED)
    client = client_of(shop.who["customer_service"])
    assert client.get(f"/outbox/{row.pk}/").status_code == 200
    assert client.get(f"/outbox/{other.pk}/").status_code == 404
    assert client.get("/outbox/").status_code == 403
    with pytest.raises(Forbidden):
        actions.retry_outbox(OutboxRow.objects.get(pk=other.pk), by=shop.who["customer_service"])


def test_whoever_sent_a_mail_that_failed_is_told_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(payload: dict[str, Any]) -> None:
        raise outbox.GiveUp("附件太大")

    _, row = mailed(shop)
    monkeypatch.setattr(mail, "deliver", give_up)
    deliver(row.pk)
    told = OutboxRow.objects.get(channel="notice", key__startswith=f"trouble:{row.pk}:")
    deliver(told.pk)
    notice = Notice.objects.get(recipient=shop.who["customer_service"], kind="trouble")
    assert "发送失败" in notice.text and notice.url == f"/outbox/{row.pk}/"


def test_admins_are_told_of_what_nobody_sent(shop: Shop) -> None:
    outbox.post("unknown", "k", {})
    row = OutboxRow.objects.get(channel="unknown")
    outbox.begin(row.pk)
    OutboxRow.objects.filter(pk=row.pk).update(lease_until=row.created_at)
    outbox.settle_run_out(OutboxRow.objects.get(pk=row.pk).tried_at)
    (told,) = OutboxRow.objects.filter(key__startswith=f"trouble:{row.pk}:")
    assert told.payload["recipient"] == shop.who["admin"].pk


@pytest.mark.parametrize("way", ["fax", "wechat", "hand", "print"])
def test_what_went_another_way_is_kept_with_who_and_when(shop: Shop, way: str) -> None:
    order, clerk = shop.approved(), shop.who["customer_service"]
    confirmation.check_print(order.revision, by=clerk)
    confirmation.send_confirmation(order.revision, by=clerk, way=way, to="王经理")
    sent = Sending.objects.get()
    assert (sent.way, sent.receiver, sent.by, sent.standing) == (way, "王经理", clerk, "已登记")
    assert sent.document and sent.document.kind == "confirmation"
    confirmation.record_receipt_call(order.revision, by=clerk, text="王经理接听，清晰")
    assert sent.acknowledgement.text == "王经理接听，清晰"


def test_the_mail_carries_paper_and_link_and_its_life_shows_on_the_order(shop: Shop) -> None:
    order, row = mailed(shop)
    document = Sending.objects.get().document
    assert document and row.payload["documents"] == [document.pk]
    assert f"/d/{document.public_id}/" in row.payload["body"]
    page = client_of(shop.who["sales"]).get(order.get_absolute_url()).content.decode()
    assert "发送记录" in page and "待发送" in page and "buyer@example.com" in page
    in_state(row, State.DOUBTFUL)
    assert (
        f"/outbox/{row.pk}/" in client_of(shop.who["customer_service"]).get(order.get_absolute_url()).content.decode()
    )
    plain = client_of(shop.who["production"]).get(order.get_absolute_url()).content.decode()
    assert 'id="sendings"' not in plain


def test_a_customer_who_says_by_phone_that_it_came_settles_the_doubt(shop: Shop) -> None:
    order, row = mailed(shop)
    in_state(row, State.DOUBTFUL)
    confirmation.record_receipt_call(order.revision, by=shop.who["customer_service"], text="王经理：收到了")
    row.refresh_from_db()
    assert row.state == State.DONE


def test_an_address_that_is_none_is_refused_before_anything_is_written(shop: Shop) -> None:
    order, clerk = shop.approved(), shop.who["customer_service"]
    confirmation.check_print(order.revision, by=clerk)
    with pytest.raises(Refused, match="电子邮箱"):
        confirmation.send_confirmation(order.revision, by=clerk, way="email", to="王经理\nBcc: x@x.example")
    assert not Sending.objects.exists()


def test_the_same_message_of_the_house_is_kept_once() -> None:
    from datetime import UTC, datetime

    from documents import sending

    clerk = people.person("customer_service")
    for _ in range(2):
        sending.send_message(
            "a@x.example",
            event="pushed:1:2026-11-24",
            letter=sending.Letter("顺延通知", "…"),
            subject_kind="order",
            subject_id=1,
            minder_id=clerk.pk,
            at=datetime(2026, 11, 24, tzinfo=UTC),
            about="SO-1",
        )
    assert (Sending.objects.count(), OutboxRow.objects.count()) == (1, 1)
