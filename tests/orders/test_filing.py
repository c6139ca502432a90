"""An order's file is complete, or says what it lacks and where that is made (R32, R40)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from finance.actions.invoices import issue_invoice, request_invoice
from orders import filing
from orders.models import Order
from shipping.actions import receive_delivery_note
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def lacks(order: Order) -> list[str]:
    order = Order.objects.select_related("revision__contract__scan").get(pk=order.pk)
    return [item.label.split()[0] for item in filing.missing(filing.files_of([order])[order.pk])]


def test_a_file_says_what_is_missing_until_it_is_there() -> None:
    shop = Shop()
    order = shop.completed()
    assert set(lacks(order)) == {"发票", "发货单移交客服"}
    shipment = order.lines.first().shipment_lines.first().shipment  # type: ignore[union-attr]
    receive_delivery_note(shipment, by=shop.who["customer_service"])
    order.refresh_from_db()
    asked = request_invoice(order, by=shop.who["sales"], amount=order.billed)
    asked = order.invoice_requests.get() if isinstance(asked, Order) else asked  # type: ignore[attr-defined]
    issue_invoice(asked, by=shop.who["finance"], number="F-1", issued_on=timezone.localdate())
    assert lacks(order) == []


def test_before_anything_left_nothing_of_a_shipment_is_asked_for() -> None:
    order = Shop().released()
    assert lacks(order) == []
    labels = {item.label for item in filing.files_of([order])[order.pk]}
    assert "订单确认书" in labels
    assert not any("发货" in label for label in labels)


def browser(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.who["customer_service"])
    return client


def taken(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as statements:
        assert client.get(url).status_code == 200
    return len(statements)


def test_the_month_names_its_orders_with_as_many_statements_for_one_as_for_many() -> None:
    shop = Shop()
    first = shop.completed()
    client = browser(shop)
    one = taken(client, "/orders/files/")
    more: list[Any] = [shop.completed() for _ in range(2)]
    assert taken(client, "/orders/files/") == one <= 24
    page = client.get("/orders/files/").content.decode()
    assert all(order.number in page for order in [first, *more])
    assert "不齐" in page
    assert first.number not in client.get("/orders/files/?month=2020-01").content.decode()
    assert client.get("/orders/files/?month=x").status_code == 200


def test_the_page_of_a_file_leads_to_what_is_missing() -> None:
    shop = Shop()
    order = shop.completed()
    page = browser(shop).get(f"/orders/{order.number}/file/").content.decode()
    assert "卷宗不齐" in page
    assert f"/finance/orders/{order.number}/invoices/" in page
