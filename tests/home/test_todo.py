"""The to-do home: what one's roles owe, own orders first, one click from the work."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from flow.models import Owed
from home import todo
from orders.actions import chain, entry
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def groups(user: Any) -> dict[str, todo.Group]:
    return {group.label: group for group in todo.groups(user, timezone.now())}


def test_each_role_finds_what_it_owes_with_the_page_of_the_work() -> None:
    shop = Shop()
    order = shop.submitted()
    for role, label, page in [
        ("customer_service", "客服核对", "orders:check"),
        ("technical", "技术确认", "production:technical"),
        ("production", "交期书面确认", "production:dates"),
    ]:
        body = as_(shop.who[role]).get("/").content.decode()
        assert order.number in body, label
        assert reverse(page, args=[order.number]) in body, label


def test_what_is_ready_is_owed_by_who_takes_the_step() -> None:
    shop = Shop()
    order = shop.signed()
    found = groups(shop.who["supervisor"])["批准"]
    assert found.rows[0].url == reverse("orders:approval", args=[order.number])
    assert "批准" not in groups(shop.who["customer_service"])


def test_a_guard_takes_from_the_list_what_one_may_not_do() -> None:
    shop = Shop()
    order = shop.signed()
    boss = shop.who["supervisor"]
    revision = order.revision
    revision.editor_ids = [*revision.editor_ids, boss.pk]
    revision.save()
    assert "批准" not in groups(boss)


def test_own_orders_come_first_then_the_oldest() -> None:
    shop = Shop()
    clerk = people.person("customer_service")
    old = shop.submitted()
    shop.customer.clerk = clerk
    shop.customer.save()
    own = shop.submitted()
    rows = groups(clerk)["客服核对"].rows
    assert [row.title.split()[0] for row in rows] == [own.number, old.number]
    assert [row.is_mine for row in rows] == [True, False]


def test_a_group_shows_its_count_and_leads_to_all_of_it() -> None:
    shop = Shop()
    for _ in range(10):
        shop.submitted()
    group = groups(shop.who["customer_service"])["客服核对"]
    assert (group.count, len(group.rows)) == (10, todo.SHOWN)
    page = as_(shop.who["customer_service"]).get(group.url)
    assert len(page.context["rows"]) == 10


def test_what_is_overdue_is_marked_and_comes_before_the_rest() -> None:
    shop = Shop()
    shop.submitted()
    shop.draft(channel="sales_word")
    Owed.objects.filter(what="written_order_owed").update(due=timezone.now() - timedelta(hours=1))
    found = todo.groups(shop.who["sales"], timezone.now())
    assert found[0].late == 1
    assert "已逾期" in as_(shop.who["sales"]).get("/").content.decode()


def test_a_delegated_step_moves_to_customer_service() -> None:
    shop = Shop()
    order = shop.draft(header={"requested_on": None})
    assert "订单内容完整" in groups(shop.who["sales"])
    entry.delegate_order(order, by=shop.who["sales"], reason="出差")
    assert "订单内容完整" not in groups(shop.who["sales"])
    assert "订单内容完整" in groups(shop.who["customer_service"])


def test_a_stand_in_sees_what_the_salesperson_owes() -> None:
    shop = Shop()
    other = people.person("sales")
    shop.draft()
    assert groups(other) == {}
    shop.customer.stand_ins.add(other)
    assert "提交审批" in groups(other)


def test_a_hold_is_owed_by_whoever_set_it() -> None:
    shop = Shop()
    order = shop.submitted()
    chain.hold(order, by=shop.who["quality"], reason="样品待定")
    assert "未被暂停" in groups(shop.who["quality"])


def test_two_roles_of_one_person_owe_a_thing_once() -> None:
    shop = Shop()
    both = people.person("sales", "customer_service")
    shop.draft()
    assert groups(both)["提交审批"].count == 1


def test_amounts_are_shown_to_those_who_may_see_them_only() -> None:
    shop = Shop()
    shop.submitted()
    assert "¥1,000.00" in as_(shop.who["customer_service"]).get("/").content.decode()
    assert "¥" not in as_(shop.who["technical"]).get("/").content.decode()


def test_nothing_owed_is_a_calm_page() -> None:
    assert "没有待办" in as_(people.person("legal")).get("/").content.decode()


def test_an_unknown_kind_is_not_there() -> None:
    client = as_(people.person("sales"))
    assert client.get("/todo/revision/nothing/").status_code == 404
    assert client.get("/todo/person/submit/").status_code == 404


def test_search_leads_to_an_exact_number_and_finds_the_rest_by_name() -> None:
    shop = Shop()
    order = shop.submitted()
    client = as_(shop.who["customer_service"])
    assert client.get("/search/", {"q": order.number.lower()})["Location"] == order.get_absolute_url()
    body = client.get("/search/", {"q": shop.customer.name}).content.decode()
    assert order.number in body and shop.customer.code in body
    assert shop.product.name in client.get("/search/", {"q": shop.product.code}).content.decode()
    assert "没有找到" in client.get("/search/", {"q": "x" * 3000}).content.decode()


def test_search_finds_no_order_that_one_may_not_see() -> None:
    order = Shop().draft()
    answer = as_(people.person("sales")).get("/search/", {"q": order.number})
    assert answer.status_code == 200
    assert f"/orders/{order.number}/" not in answer.content.decode()
