"""Entering an order in the browser: draft at any time, nothing typed lost, the memo with it, submit at once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from customers.models import Memo
from orders.models import Order
from tests import people
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db
NEW = "/orders/new/"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(shop: Shop, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A form filled in whole; `changes` come over it."""
    lines = rows or ({},)
    given = {
        "key": f"key{next(people.made)}",
        "customer": f"{shop.customer.code} {shop.customer.name}",
        "channel": "phone",
        "kind": "normal",
        "contact": shop.contact.pk,
        "address": shop.address.pk,
        "requested_on": f"{today():%Y-%m-%d}",
        "delivery_way": "freight",
        "freight": "seller",
        "invoice_kind": "special",
        "payment_terms": "按合同",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": 0,
    }
    for at, row in enumerate(lines):
        line = {"product": f"{shop.product.code} {shop.product.name}", "quantity": "100", **row}
        given |= {f"lines-{at}-{name}": value for name, value in line.items()}
    return given | changes


def send(shop: Shop, data: dict[str, Any], role: str = "sales", url: str = NEW) -> Any:
    return as_(shop.who[role]).post(url, data)


def test_a_whole_order_is_saved_with_the_reference_price_and_its_total(shop: Shop) -> None:
    answer = send(shop, typed(shop, {}, {"quantity": "2.5", "price": "3.33"}))
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert order.revision.total == Decimal("1008.33")
    assert order.state == "DRAFT"


def test_a_draft_may_be_nearly_empty(shop: Shop) -> None:
    empty = dict.fromkeys(("contact", "address", "requested_on", "delivery_way", "invoice_kind", "payment_terms"), "")
    data = typed(shop, **empty) | {"lines-0-product": "", "lines-0-quantity": ""}
    assert send(shop, data).status_code == 302
    assert not Order.objects.get().lines.exists()


def test_save_and_submit_does_both(shop: Shop) -> None:
    send(shop, typed(shop, intent="submit"))
    assert Order.objects.get().state == "PENDING"


def test_what_cannot_be_submitted_stands_as_a_draft_and_says_what_is_missing(shop: Shop) -> None:
    client = as_(shop.who["sales"])
    answer = client.post(NEW, typed(shop, requested_on="", intent="submit"), follow=True)
    assert Order.objects.get().state == "DRAFT"
    assert "尚未提交" in answer.content.decode()


def test_the_memo_is_written_in_the_same_submit_and_belongs_to_the_order(shop: Shop) -> None:
    send(shop, typed(shop, words="要 100 卷，月底到", caller="王丽华", read_back="on"))
    memo, order = Memo.objects.get(), Order.objects.get()
    assert (order.memo, memo.order_number, memo.words) == (memo, order.number, "要 100 卷，月底到")
    assert Event.objects.filter(subject_kind="memo").exists()


def test_an_existing_memo_is_chosen(shop: Shop) -> None:
    send(shop, typed(shop, words="先记一笔", caller="王丽华"))
    memo = Memo.objects.get()
    Memo.objects.filter(pk=memo.pk).update(order_number="")
    send(shop, typed(shop, memo=memo.pk))
    assert Order.objects.order_by("pk").last().memo == memo  # type: ignore[union-attr]


def test_an_order_refused_leaves_no_memo_behind(shop: Shop) -> None:
    shop.customer.is_active = False
    shop.customer.save()
    answer = send(shop, typed(shop, words="要货", caller="王"))
    assert answer.status_code in (409, 422)
    assert not Memo.objects.exists()


def test_the_same_form_twice_makes_one_order_and_one_memo_B1(shop: Shop) -> None:
    data = typed(shop, words="要货", caller="王")
    first, again = send(shop, data), send(shop, data)
    assert first["Location"] == again["Location"]
    assert (Order.objects.count(), Memo.objects.count()) == (1, 1)


def test_the_same_key_with_other_contents_keeps_what_was_typed_B1(shop: Shop) -> None:
    data = typed(shop)
    send(shop, data)
    answer = send(shop, data | {"special": "卷芯贴合格证"})
    assert answer.status_code == 409
    assert "卷芯贴合格证" in answer.content.decode()


def test_errors_stand_beside_their_line_and_nothing_typed_is_lost(shop: Shop) -> None:
    bad = {"quantity": "-3", "remark": "急"}, {"product": "没有的产品", "quantity": "abc"}
    answer = send(shop, typed(shop, *bad, special="请轻放", words="原话在此", caller=""))
    body = answer.content.decode()
    assert answer.status_code == 422
    for text in ("没有这个产品", "请轻放", "原话在此", "急", "请写明来电或来访的是谁"):
        assert text in body
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("special", "纸" * 350_000),
        ("words", "a" * 1_000_000),
        ("customer", "b" * 1_000_000),
        ("lines-0-remark", "c" * 1_000_000),
        ("lines-0-product", "d" * 1_000_000),
        ("lines-0-quantity", "9" * 1_000_000),
        ("lines-0-price", "99999999999999"),
        ("lines-0-quantity", "NaN"),
        ("lines-TOTAL_FORMS", "100000"),
        ("lines-TOTAL_FORMS", "x"),
        ("lines-0-line_id", "9" * 30),
        ("contact", "9" * 30),
        ("requested_on", "0000-99-99"),
        ("special", "a\x00b"),
    ],
)
def test_a_monstrous_value_is_an_error_and_never_a_crash(shop: Shop, name: str, value: str) -> None:
    assert send(shop, typed(shop) | {name: value}).status_code in (400, 422)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("list_price", "quantity", "beside"),
    [("9999999999.9999", "1", "price"), ("9999999", "99999999", "quantity")],
)
def test_an_amount_too_large_by_the_list_price_is_said_beside_its_line(
    shop: Shop, list_price: str, quantity: str, beside: str
) -> None:
    product = people.product(unit="卷")
    people.price(people.price_list(), product, list_price)
    rows = {"product": "", "quantity": ""}, {"product": product.code, "quantity": quantity, "price": ""}
    answer = send(shop, typed(shop, *rows))
    assert answer.status_code == 409
    assert "过大" in str(answer.context["form"].lines.forms[1].errors[beside])
    assert not Order.objects.exists()


def test_a_total_too_large_is_said_above_the_form(shop: Shop) -> None:
    row = {"quantity": "90000000", "price": "1000"}
    answer = send(shop, typed(shop, row, row))
    assert answer.status_code == 409
    assert "订单总额超过 99,999,999,999.99 元" in str(answer.context["form"].non_field_errors())
    assert not Order.objects.exists()


def test_fields_that_are_not_the_forms_change_nothing_B6(shop: Shop) -> None:
    stranger = people.person("sales")
    extra = {"state": "APPROVED", "salesperson": stranger.pk, "deposit_percent": "0", "total": "1", "received": "9"}
    send(shop, typed(shop) | extra)
    order = Order.objects.get()
    assert (order.state, order.salesperson, order.received) == ("DRAFT", shop.who["sales"], 0)
    assert order.revision.deposit_percent == Decimal(30)


def test_anothers_customer_contact_or_address_cannot_be_chosen(shop: Shop) -> None:
    foreign = people.customer()
    assert send(shop, typed(shop, customer=foreign.code)).status_code == 422
    assert send(shop, typed(shop, contact=people.contact(foreign).pk)).status_code == 422
    assert not Order.objects.exists()


def edit_data(shop: Shop, order: Order, **changes: Any) -> dict[str, Any]:
    row = order.revision.lines.get()
    data = typed(shop, {"line_id": row.line_id, "price": "10"}, version=order.version, **changes)
    return {name: value for name, value in data.items() if name not in ("customer", "kind")}


def test_an_edit_keeps_the_line_and_changes_what_was_typed(shop: Shop) -> None:
    order = shop.draft()
    line = order.revision.lines.get().line_id
    url = reverse("orders:edit", args=[order.number])
    assert send(shop, edit_data(shop, order, payment_terms="月结"), url=url).status_code == 302
    after = shop.fresh(order).revision
    assert (after.payment_terms, after.lines.get().line_id) == ("月结", line)


def test_a_stale_edit_shows_both_versions_and_overwrites_nothing_B3(shop: Shop) -> None:
    order = shop.draft()
    url = reverse("orders:edit", args=[order.number])
    first = edit_data(shop, order, payment_terms="月结")
    second = edit_data(shop, order, payment_terms="现款")
    send(shop, first, url=url)
    answer = send(shop, second, role="customer_service", url=url)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "现款" in body and "月结" in body
    assert shop.fresh(order).revision.payment_terms == "月结"


def conflict(shop: Shop, order: Order, *rows: dict[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    """What the page shows whoever sends `rows` from a page opened before the record was changed."""
    asked = f"{order.revision.requested_on:%Y-%m-%d}"
    data = typed(shop, *rows, version=order.version - 1, requested_on=asked, **changes)
    answer = send(shop, data, url=reverse("orders:edit", args=[order.number]))
    assert answer.status_code == 409
    return list(answer.context["form"].refusal.differences)


def test_a_conflict_lists_only_what_differs_as_a_value_B3(shop: Shop) -> None:
    order = shop.draft(shop.line("100", tolerance_plus=Decimal("5")))
    row = {"line_id": order.revision.lines.get().line_id, "product": shop.product.code, "spec": shop.product.spec}
    row |= {"unit": "卷", "quantity": "100.000", "price": "10.0000", "from_stock": "", "tolerance_plus": "5.00"}
    assert conflict(shop, order, row) == []
    assert conflict(shop, order, row | {"quantity": "120"}) == [("第 1 行 数量", "120", "100")]


def test_a_conflict_knows_a_line_by_its_identity_and_names_those_that_came_or_went_B3(shop: Shop) -> None:
    order = shop.draft(shop.line("100"), shop.line("50"))
    _, second = order.revision.lines.order_by("position")
    row = {"line_id": second.line_id, "spec": shop.product.spec, "unit": "卷", "quantity": "50", "price": "10"}
    product = f"{shop.product.code} {shop.product.name}"
    found = conflict(shop, order, row, {"quantity": "7"})
    assert found == [("第 2 行", product, "（没有此行）"), ("订单行", "（没有此行）", product)]


def test_a_copy_takes_the_lines_over_at_todays_price_without_dates(shop: Shop) -> None:
    order = shop.draft(shop.line("77", price=Decimal("8.00"), packaging="五层纸箱"))
    body = as_(shop.who["sales"]).get(reverse("orders:copy", args=[order.number])).content.decode()
    assert 'value="77"' in body and "五层纸箱" in body and 'value="10"' in body
    assert 'action="/orders/new/"' in body


def test_choosing_a_customer_fills_contacts_terms_and_last_orders(shop: Shop) -> None:
    order = shop.draft()
    body = as_(shop.who["sales"]).get("/orders/new/customer/", {"customer": shop.customer.code}).content.decode()
    for text in ("王经理", "星湖街", "定金 30%", order.number):
        assert text in body


def test_the_price_of_a_line_is_the_reference_for_customer_and_quantity(shop: Shop) -> None:
    asked = {"customer": shop.customer.code, "product": shop.product.code, "quantity": "5"}
    client = as_(shop.who["sales"])
    said = client.get("/orders/new/price/", asked).json()
    assert (said["price"], said["unit"]) == ("10", "卷")
    assert client.get("/orders/new/price/", {"product": "nothing"}).status_code == 404
    for odd in ("NaN", "-1", "x" * 5000, "1e999"):
        assert client.get("/orders/new/price/", asked | {"quantity": odd}).status_code == 200


def test_what_lies_free_in_stock_comes_with_the_price_R6(shop: Shop) -> None:
    asked = {"product": shop.product.code}
    client = as_(shop.who["sales"])
    assert client.get("/orders/new/price/", asked).json()["free"] == "0"
    shop.pallet(Decimal(1200))
    shop.pallet(Decimal(50), shelf_until=today())
    assert client.get("/orders/new/price/", asked).json()["free"] == "1250"


def edited(shop: Shop, order: Order) -> str:
    url = reverse("orders:edit", args=[order.number])
    return as_(shop.who["sales"]).get(url).content.decode()  # type: ignore[no-any-return]


def test_a_draft_says_beside_the_stock_part_what_is_free_and_when_it_is_too_much_for_all_its_rows_R6(
    shop: Shop,
) -> None:
    shop.pallet(Decimal(1200))
    fits = edited(shop, shop.draft(shop.line("1200", from_stock=Decimal(1200))))
    assert "可用现货 1,200 卷" in fits and "现货不足" not in fits
    row = shop.line("700", from_stock=Decimal(700))
    assert edited(shop, shop.draft(row, row)).count("现货不足 · 可用现货 1,200 卷") == 2


def test_what_a_line_has_reserved_already_is_not_wanted_again_R6(shop: Shop) -> None:
    order = shop.submitted(shop.line("100", from_stock=Decimal(60)))
    shop.reserve(order.revision)
    page = edited(shop, order)
    assert "可用现货 0 卷，本行已预留 60" in page and "现货不足" not in page


def test_more_than_is_free_is_a_hint_and_the_draft_is_saved_R6(shop: Shop) -> None:
    assert send(shop, typed(shop, {"from_stock": "90"})).status_code == 302
    again = send(shop, typed(shop, {"from_stock": "90", "quantity": "NaN"}))
    assert again.status_code == 422 and "现货不足 · 可用现货 0 卷" in again.content.decode()


def test_the_form_takes_as_many_statements_for_many_rows_as_for_one(shop: Shop) -> None:
    one, many = shop.draft(), shop.draft(*(shop.line(from_stock=Decimal(5)) for _ in range(12)))
    edited(shop, one)
    counted = []
    for order in (one, many):
        with CaptureQueriesContext(connection) as seen:
            edited(shop, order)
        counted.append(len(seen))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("role", ["technical", "warehouse", "finance", "admin"])
def test_who_enters_no_orders_has_no_such_page(shop: Shop, role: str) -> None:
    assert as_(shop.who[role]).get(NEW).status_code == 403


@pytest.mark.parametrize("code", ["LRM-100x100", "lrm-100X100"])
def test_a_product_is_found_by_its_code_in_any_case(shop: Shop, code: str) -> None:
    shop.product.code = "LRM-100x100"
    shop.product.save()
    assert send(shop, typed(shop, {"product": f"{code} 热敏标签"})).status_code == 302
    assert Order.objects.get().revision.lines.get().product == shop.product
    looked_up = as_(shop.who["sales"]).get(reverse("orders:line_price"), {"product": code})
    assert looked_up.json()["spec"] == shop.product.spec
