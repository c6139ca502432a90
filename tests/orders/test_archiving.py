"""归档: the complete file of an order that is over is put away, by the first working day of the next month (R40)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import Forbidden, Refused
from flow.models import Owed
from flow.owed import differences
from orders import filing
from orders.actions import chain
from orders.actions.archiving import archive_file
from orders.models import Order, State
from orders.tasks import sweep
from tests.orders.test_every_gate import agree, cancelling, settle, stop
from tests.orders.test_filing import browser, sign_days
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every paper that the departments ask for is there."""
    monkeypatch.setattr(filing, "_checks", [filing.of_the_order])


def owing(order: Order) -> list[str]:
    return list(Owed.objects.open().filter(what="monthly_archive", order=order).values_list("role", flat=True))


def last_month(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(ended_at=timezone.localtime().replace(day=1) - timedelta(days=3))


def test_a_file_that_lacks_a_paper_is_not_put_away_and_says_which() -> None:
    shop = Shop()
    order = shop.completed()
    with pytest.raises(Refused, match=r"还缺 3 项.*发票"):
        archive_file(order, by=shop.who["customer_service"])
    sign_days(shop)
    with pytest.raises(Refused, match=r"还缺 2 项"):
        archive_file(order, by=shop.who["customer_service"])
    assert shop.fresh(order).archived_at is None


@pytest.mark.usefixtures("complete")
def test_it_is_put_away_once_and_by_customer_service() -> None:
    shop = Shop()
    order = shop.completed()
    with pytest.raises(Forbidden):
        archive_file(order, by=shop.who["finance"])
    assert archive_file(order, by=shop.who["customer_service"]).archived_at
    with pytest.raises(Refused, match="已归档"):
        archive_file(order, by=shop.who["customer_service"])


def test_an_order_on_its_way_has_nothing_to_put_away() -> None:
    shop = Shop()
    order = shop.passed()
    with pytest.raises(Refused, match="不能办理"):
        archive_file(order, by=shop.who["customer_service"])
    draft = shop.draft()
    chain.cancel(draft, by=shop.who["customer_service"], reason="录错了")
    with pytest.raises(Refused, match="下达前取消"):
        archive_file(draft, by=shop.who["customer_service"])


def test_what_was_cancelled_after_release_is_put_away_too() -> None:
    shop = Shop()
    order = cancelling(shop, shop.in_work())
    settle(shop, order)
    agree(shop, order)
    stop(shop, order)
    order = chain.cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    assert order.state == State.CANCELLED
    assert archive_file(order, by=shop.who["customer_service"]).archived_at


@pytest.mark.usefixtures("complete")
def test_a_reopened_order_comes_out_of_the_archive() -> None:
    shop = Shop()
    order = shop.completed()
    archive_file(order, by=shop.who["customer_service"])
    assert chain.reopen(order, by=shop.who["cs_supervisor"], reason="漏开回单").archived_at is None
    order = chain.complete(order, by=shop.who["customer_service"])
    assert archive_file(order, by=shop.who["customer_service"]).archived_at


@pytest.mark.usefixtures("complete")
def test_it_is_owed_once_the_month_has_ended() -> None:
    shop = Shop()
    order, other = shop.completed(), shop.draft()
    chain.cancel(other, by=shop.who["customer_service"], reason="录错了")
    last_month(other)
    sweep()
    assert owing(order) == owing(other) == []
    last_month(order)
    sweep()
    assert owing(order) == ["customer_service"] and owing(other) == []
    assert list(differences()) == []
    archive_file(order, by=shop.who["customer_service"])
    assert owing(order) == []


@pytest.mark.usefixtures("complete")
def test_ticked_files_are_put_away_together_and_one_refused_holds_none() -> None:
    shop = Shop()
    first, second, third = shop.completed(), shop.completed(), shop.completed()
    archive_file(second, by=shop.who["customer_service"])
    client = browser(shop)
    page = client.get(reverse("orders:files")).content.decode()
    assert "已归档 1 / 共 3 张" in page and f"归档 {first.number}" in page and f"归档 {second.number}" not in page
    picked = {"order": [first.pk, second.pk, "x", 10**30]}
    words = client.post(reverse("orders:files"), picked, follow=True).content.decode()
    assert "已归档 1 张订单的卷宗" in words and f"{second.number} 的卷宗已归档" in words
    left = client.get(reverse("orders:files") + f"?month={timezone.localdate():%Y-%m}&left=on").content.decode()
    assert third.number in left and first.number not in left and second.number not in left
    assert "请先勾选" in client.post(reverse("orders:files"), follow=True).content.decode()


@pytest.mark.usefixtures("complete")
def test_the_page_of_a_complete_file_offers_to_put_it_away() -> None:
    shop = Shop()
    order = shop.completed()
    client = browser(shop)
    where, act = reverse("orders:file", args=[order.number]), reverse("orders:archive_file", args=[order.number])
    assert act in client.get(where).content.decode()
    assert "已归档" in client.post(act, {"version": order.version}, follow=True).content.decode()
    assert act not in client.get(where).content.decode()
