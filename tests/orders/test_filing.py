"""An order's file is complete, or says what it lacks and where that is made (R32, R40)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Quote
from finance.actions.invoices import issue_invoice, request_invoice
from finance.actions.letter import send_balance_letter
from orders import filing
from orders.actions import chain, quantities
from orders.actions.entry import file_sample
from orders.models import Order
from production.actions import making, signing
from production.actions.days import sign_day
from production.models import DailyReport, ReportDay
from quality.actions import inspection
from shipping.actions import answer_receipt, receive_delivery_note
from tests.shipping.yard import Yard, paper_of_arrival
from tests.shop import Shop, paper

pytestmark = pytest.mark.django_db


def lacks(order: Order) -> list[str]:
    order = Order.objects.select_related("revision__contract__scan").get(pk=order.pk)
    return [item.label.split()[0] for item in filing.missing(filing.files_of([order])[order.pk])]


def test_a_file_says_what_is_missing_until_it_is_there() -> None:
    shop = Shop()
    order = shop.completed()
    assert set(lacks(order)) == {"生产日报表", "发票", "发货单移交客服"}
    sign_days(shop)
    shipment = order.lines.first().shipment_lines.first().shipment  # type: ignore[union-attr]
    receive_delivery_note(shipment, by=shop.who["customer_service"])
    order.refresh_from_db()
    asked = request_invoice(order, by=shop.who["sales"], amount=order.billed)
    asked = order.invoice_requests.get() if isinstance(asked, Order) else asked  # type: ignore[attr-defined]
    issue_invoice(asked, by=shop.who["finance"], number="F-1", issued_on=timezone.localdate())
    assert lacks(order) == []


def sign_days(shop: Shop) -> None:
    for row in ReportDay.objects.all():
        sign_day(row, by=shop.who["production"], day=row.day)


def labels(order: Order) -> set[str]:
    order = Order.objects.select_related("revision__contract__scan").get(pk=order.pk)
    return {item.label for item in filing.files_of([order])[order.pk]}


def test_a_batch_that_was_taken_back_whole_wants_no_report() -> None:
    shop = Shop()
    order = shop.in_work()
    rows = [making.Made(order.lines.get().pk, Decimal(60))]
    making.report_made(order, by=shop.who["production"], rows=rows)
    assert "产品检验报告" in lacks(order) and "生产日报表" in lacks(order)
    making.take_back_report(DailyReport.objects.get(), by=shop.who["production"], reason="报错了单")
    assert not {"产品检验报告", "生产日报表"} & {*lacks(order)}


def test_the_file_holds_the_written_words_the_sample_and_the_recheck_of_stock() -> None:
    shop = Shop()
    lines = shop.line("100", from_stock=Decimal(30), needs_sample=True)
    order = shop.confirmed(lines)
    assert {f"书面说明 {what}" for what in ("技术确认", "原材料储备", "交期")} <= labels(order)
    assert "封样" in lacks(order) and "书面说明" not in lacks(order)
    file_sample(order.revision, by=shop.who["sales"], line_id=order.lines.get().pk, text="F-1")
    assert "封样" not in lacks(order)
    order = shop.fresh(chain.release(order.revision, by=shop.who["customer_service"]))
    signing.hand_over_order(order, by=shop.who["customer_service"])
    signing.sign_for_order(order, by=shop.who["production"])
    shop.make(order)
    making.finish(order, by=shop.who["production"])
    inspection.pass_quality(order, by=shop.who["quality"])
    shop.pay_rest(order)
    shipment = shop.dispatched(shop.shipment(shop.fresh(order)))
    assert f"出库复检 {shipment.number}" in labels(order) and "出库复检" not in lacks(order)


def test_an_unanswered_shortage_on_the_receipt_keeps_the_file_open() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = paper_of_arrival(yard, yard.sent_off((*yard.stocked(order), "100")), "short", "少 2 卷")
    assert "回单问题答复" in lacks(order)
    answer_receipt(shipment, by=yard.who["customer_service"], words="下批补发")
    assert "回单问题答复" not in lacks(order)


def test_a_letter_that_asked_for_the_rest_and_a_short_closing_stand_in_the_file() -> None:
    shop = Shop()
    order = shop.passed()
    send_balance_letter(order, by=shop.who["customer_service"], pay_by=timezone.localdate())
    quantities.short_close(
        order,
        by=shop.who["customer_service"],
        reason="客户不要了",
        signer=shop.contact,
        line_id=order.lines.get().pk,
        quantity=Decimal(10),
        paper=paper(),
    )
    assert {"余款催收通知书", "客户书面同意短结"} <= labels(order)


def test_an_order_made_of_a_quote_has_the_quote_in_its_file() -> None:
    shop = Shop()
    order = shop.released()
    Quote.objects.create(
        number="BJ-1",
        customer=shop.customer,
        valid_until=timezone.localdate(),
        written_by=shop.who["sales"],
        written_at=timezone.now(),
        order_number=order.number,
    )
    assert "报价单" in lacks(order)


def test_nobody_is_led_to_a_page_that_is_closed_to_them() -> None:
    shop = Shop()
    order = shop.completed()
    client = Client()
    client.force_login(shop.who["legal"])
    page = client.get(f"/orders/{order.number}/file/").content.decode()
    links = re.findall(r'class="cell-actions"><a href="([^"]+)"', page)
    assert links and {client.get(link).status_code for link in links} == {200}
    assert "到货回单" in page and "/shipping/" not in "".join(links)


def test_before_anything_left_nothing_of_a_shipment_is_asked_for() -> None:
    order = Shop().released()
    assert lacks(order) == []
    assert "订单确认书" in labels(order)
    assert not any("发货" in label for label in labels(order))


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
    assert taken(client, "/orders/files/") == one <= 28
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
