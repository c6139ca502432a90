"""Invoices: asked for, issued within what the order is worth, taken back in red (R40)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.errors import Refused
from finance.actions import invoices as actions
from finance.invoicing import invoiced
from finance.models import Invoice, InvoiceRequest
from flow.models import Owed
from flow.owed import differences
from orders.models import Order
from tests import people
from tests.finance.desk import cancelled
from tests.races import at_once, of_kind
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db


def ask(shop: Shop, order: Order, amount: str) -> InvoiceRequest:
    actions.request_invoice(order, by=shop.who["sales"], amount=Decimal(amount))
    return InvoiceRequest.objects.filter(order=order).latest("pk")


def issue(shop: Shop, asked: InvoiceRequest, number: str = "F001", **more: Any) -> Invoice:
    actions.issue_invoice(asked, by=shop.who["finance"], number=number, issued_on=today(), **more)
    return Invoice.objects.get(number=number)


def test_no_more_is_asked_for_than_the_order_is_worth() -> None:
    shop = Shop()
    order = shop.released()
    ask(shop, order, "600")
    with pytest.raises(Refused, match=r"可申请开票的只有 400\.00 元"):
        ask(shop, order, "400.01")
    ask(shop, order, "400")
    assert invoiced(order).left == 0


def test_what_was_asked_for_before_the_order_was_cancelled_can_be_refused() -> None:
    shop = Shop()
    order = shop.in_work()
    asked = ask(shop, order, "600")
    cancelled(shop, order)
    owed = Owed.objects.open().filter(order=order, what="invoice_asked", role="finance")
    assert owed.exists()
    with pytest.raises(Refused):
        issue(shop, asked)
    actions.refuse_invoice(asked, by=shop.who["finance"], reason="订单已取消")
    assert not owed.exists() and not list(differences())


def test_the_order_says_what_is_invoiced_and_the_list_is_narrowed_by_it() -> None:
    shop = Shop()
    none, some, all_ = (shop.released() for _ in range(3))
    shop.released(header={"invoice_kind": "none"})
    issue(shop, ask(shop, some, "600"), "F1")
    issue(shop, ask(shop, all_, "1000"), "F2")
    client = Client()
    client.force_login(shop.who["sales"])
    for word, order in (("未开票", none), ("部分开票", some), ("已开票", all_)):
        page = client.get("/orders/", {"invoiced": word}).content.decode()
        assert [one.number in page for one in (none, some, all_)] == [one is order for one in (none, some, all_)]
        assert word in client.get(f"/orders/{order.number}/").content.decode()
    client.force_login(shop.who["production"])
    assert all(one.number in client.get("/orders/", {"invoiced": "已开票"}).content.decode() for one in (none, some))


def test_finance_owes_what_is_asked_until_it_is_issued_or_refused_with_a_reason() -> None:
    shop = Shop()
    order = shop.released()
    first, second = ask(shop, order, "600"), ask(shop, order, "400")
    owed = Owed.objects.open().filter(order=order, what="invoice_asked", role="finance")
    assert owed.exists()
    invoice = issue(shop, first, paper=paper("发票.png"))
    assert (invoice.amount, invoice.paper is not None, owed.exists()) == (600, True, True)
    with pytest.raises(Refused, match="原因"):
        actions.refuse_invoice(second, by=shop.who["finance"])
    actions.refuse_invoice(second, by=shop.who["finance"], reason="抬头缺税号")
    assert not owed.exists() and invoiced(order).left == 400
    with pytest.raises(Refused, match="已退回"):
        issue(shop, second, "F002")
    assert not list(differences())


def test_one_number_is_one_invoice_and_its_day_has_come() -> None:
    shop = Shop()
    order = shop.released()
    issue(shop, ask(shop, order, "10"), " f001".strip().upper())
    with pytest.raises(Refused, match=f"已登记在 {order.number}"):
        issue(shop, ask(shop, order, "10"), "f001 ")


def test_a_red_letter_takes_the_whole_invoice_back_once() -> None:
    shop = Shop()
    order = shop.released()
    invoice, by = issue(shop, ask(shop, order, "1000")), shop.who["finance"]
    assert invoiced(order).label == "已开票"
    with pytest.raises(Refused, match="原因"):
        actions.red_letter_invoice(invoice, by=by, number="R001", issued_on=today())
    actions.red_letter_invoice(invoice, by=by, number="R001", issued_on=today(), reason="税号有误")
    assert invoiced(order).label == "未开票" and Invoice.objects.count() == 2
    for one in Invoice.objects.all():
        with pytest.raises(Refused, match="已经红冲"):
            actions.red_letter_invoice(one, by=by, number="R002", issued_on=today(), reason="再冲")
    issue(shop, ask(shop, order, "1000"), "F002")


def test_an_order_agreed_without_invoice_is_not_invoiced() -> None:
    shop = Shop()
    order = shop.released(header={"invoice_kind": "none"})
    with pytest.raises(Refused, match="约定不开票"):
        ask(shop, order, "10")


def test_the_pages_from_asking_to_red() -> None:
    shop = Shop()
    order = shop.released()
    client = Client()
    client.force_login(shop.who["sales"])
    url = reverse("finance:order_invoices", args=[order.number])
    wrong = client.post(reverse("finance:ask_invoice", args=[order.number]), {"amount": "9999"})
    assert wrong.status_code == 409 and "可申请开票的只有 1,000.00 元" in wrong.content.decode()
    client.post(reverse("finance:ask_invoice", args=[order.number]), {"amount": "1000", "note": "寄上海"})
    asked = InvoiceRequest.objects.get()
    client.force_login(shop.who["finance"])
    assert "寄上海" in client.get(reverse("finance:invoices")).content.decode()
    page = reverse("finance:issue_invoice", args=[asked.pk])
    assert "寄上海" in client.get(page).content.decode()
    assert client.post(page, {"number": "", "issued_on": today()}).status_code == 422
    client.post(page, {"number": "F9", "issued_on": today(), "paper": paper("f.png")})
    assert "F9" in client.get(url).content.decode() and "F9" in client.get(reverse("finance:invoices")).content.decode()
    red = reverse("finance:red_invoice", args=[Invoice.objects.get().pk])
    client.post(red, {"number": "R9", "issued_on": today(), "reason": "退票"})
    assert "已红冲" in client.get(url).content.decode()
    client.force_login(people.person("sales"))
    assert client.get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_ask_within_the_worth_and_issue_and_take_back_once() -> None:
    shop = Shop()
    order, by = shop.released(), shop.who["finance"]
    outcomes = at_once(20, lambda _: actions.request_invoice(order, by=shop.who["sales"], amount=Decimal(300)))
    assert len(of_kind(outcomes, Order)) == 3 and len(of_kind(outcomes, Refused)) == 17
    asked = InvoiceRequest.objects.first()
    assert asked is not None
    outcomes = at_once(20, lambda n: actions.issue_invoice(asked, by=by, number=f"F{n}", issued_on=today()))
    assert len(of_kind(outcomes, Order)) == 1 and Invoice.objects.count() == 1
    invoice = Invoice.objects.get()
    outcomes = at_once(
        20,
        lambda n: actions.red_letter_invoice(invoice, by=by, number=f"R{n}", issued_on=today(), reason="退票"),
    )
    assert len(of_kind(outcomes, Order)) == 1 and Invoice.objects.count() == 2
    others = list(InvoiceRequest.objects.filter(state="open"))
    outcomes = at_once(10, lambda _: actions.refuse_invoice(others[0], by=by, reason="退回"))
    assert len(of_kind(outcomes, Order)) == 1


def test_the_list_reads_as_much_for_ten_as_for_one() -> None:
    shop = Shop()
    order, client = shop.released(), Client()
    client.force_login(shop.who["finance"])
    counts = []
    for many in (1, 9):
        for number in range(many):
            issue(shop, ask(shop, order, "1"), f"F{many}-{number}")
            ask(shop, order, "1")
        client.get(reverse("finance:invoices"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("finance:invoices"))
        counts.append(len(seen))
    assert counts[0] == counts[1]
