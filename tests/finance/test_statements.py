"""对账单: a month adds up, whatever happened since; given, answered, given anew (R40)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import paging
from audit.errors import Forbidden, Refused
from customers.models import Customer
from documents.models import Document
from finance import statements
from finance.actions import payments
from finance.actions.statements import answer_statement, issue_statement
from finance.forms.statements import last_month
from finance.models import Statement
from orders.models import Order, Shipment
from tests.finance.desk import receive
from tests.races import at_once
from tests.shop import Shop

pytestmark = pytest.mark.django_db

THIS = timezone.localdate().replace(day=1)


def shipped(shop: Shop) -> Order:
    order = shop.passed()
    shop.pay_rest(order)
    shop.dispatched(shop.shipment(order))
    return shop.fresh(order)


def back(days: int, order: Order) -> None:
    """Let what happened to the order have happened so many days ago."""
    ago = timedelta(days=days)
    for row in Shipment.objects.filter(lines__line__order=order, dispatched_at__isnull=False).distinct():
        Shipment.objects.filter(pk=row.pk).update(dispatched_at=(row.dispatched_at or timezone.now()) - ago)


def now_of(customer: Customer) -> Decimal:
    return statements.balances([customer.pk]).get(customer.pk, Decimal(0))


def month(shop: Shop, first: date = THIS) -> statements.Month:
    return statements.month_of(shop.who["finance"], shop.customer, first)


def what(found: statements.Month) -> list[tuple[str, Decimal, Decimal]]:
    return [(move.what, move.charge, move.credit) for move in found.moves]


def test_a_month_adds_up_to_what_is_owed_now() -> None:
    shop = Shop()
    order = shipped(shop)
    found = month(shop)
    order = shop.fresh(order)
    assert order.billed > 0
    assert {name for name, _, _ in what(found)} == {"收款", "发货"}
    assert found.charged == order.billed
    assert found.closing == now_of(shop.customer) == order.billed - order.received - order.written_off


def test_money_that_no_order_has_yet_is_the_customers() -> None:
    shop = Shop()
    payment = receive(shop, "250")
    assert month(shop).closing == -250
    payments.reverse_payment(payment, by=shop.who["finance"], reason="记错客户")
    assert what(month(shop)) == [("收款", Decimal(0), Decimal(250)), ("收款冲销", Decimal(0), Decimal(-250))]
    assert month(shop).closing == now_of(shop.customer) == 0


def test_what_came_before_the_month_is_its_opening() -> None:
    shop = Shop()
    order = shipped(shop)
    back(45, order)
    worth = shop.fresh(order).billed
    found = month(shop)
    assert "发货" not in [name for name, _, _ in what(found)]
    assert found.opening == worth
    before = next(each for each in (last_month(), last_month(last_month())) if month(shop, each).charged)
    assert month(shop, before).closing == month(shop, statements.next_month(before)).opening
    assert found.closing == now_of(shop.customer)


def test_moves_after_the_month_are_not_in_it() -> None:
    shop = Shop()
    shipped(shop)
    found = month(shop, last_month())
    assert found.is_empty and found.closing == 0


def owed(shop: Shop) -> date:
    """Goods shipped the month before last, so that the last month has an opening."""
    back(70, shipped(shop))
    return last_month()


def test_a_statement_is_frozen_given_and_answered() -> None:
    shop = Shop()
    first = owed(shop)
    finance = shop.who["finance"]
    given = issue_statement(shop.customer, by=finance, month=first)
    paper = Document.objects.get(kind="statement")
    assert paper.number.startswith("DZ-") and paper.subject_id == given.pk
    assert paper.data["totals"]["closing"] == str(given.closing)
    clerk = shop.who["customer_service"]
    with pytest.raises(Refused, match="哪一笔不符"):
        answer_statement(shop.customer, by=clerk, month=first, answer="disputed")
    answer_statement(shop.customer, by=clerk, month=first, answer="disputed", text="少记一笔收款")
    given.refresh_from_db()
    assert (given.answer, given.answer_text) == ("disputed", "少记一笔收款")
    issue_statement(shop.customer, by=finance, month=first)
    given.refresh_from_db()
    assert given.answer == ""
    assert [row.version for row in Document.objects.filter(kind="statement").order_by("pk")] == [1, 2]


def test_what_is_refused() -> None:
    shop = Shop()
    finance = shop.who["finance"]
    with pytest.raises(Refused, match="尚未结束"):
        issue_statement(shop.customer, by=finance, month=THIS)
    with pytest.raises(Refused, match="没有往来"):
        issue_statement(shop.customer, by=finance, month=last_month())
    with pytest.raises(Refused, match="尚未出具"):
        answer_statement(shop.customer, by=finance, month=last_month(), answer="agreed")
    with pytest.raises(Forbidden):
        issue_statement(shop.customer, by=shop.who["sales"], month=last_month())


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_statement_and_no_two_papers_of_one_version() -> None:
    shop = Shop()
    first = owed(shop)
    at_once(10, lambda index: issue_statement(shop.customer, by=shop.who["finance"], month=first))
    assert Statement.objects.count() == 1
    versions = list(Document.objects.filter(kind="statement").order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, 11))


def client_of(shop: Shop, role: str) -> Client:
    client = Client()
    client.force_login(shop.who[role])
    return client


def path(shop: Shop, first: date, name: str = "statement") -> str:
    return reverse(f"finance:{name}", args=[shop.customer.code, f"{first:%Y-%m}"])


def test_the_pages_from_the_list_to_the_answer() -> None:
    shop = Shop()
    first = owed(shop)
    finance = client_of(shop, "finance")
    listed = finance.get(reverse("finance:statements")).content.decode()
    assert path(shop, first) in listed and "未出" in listed
    assert finance.post(path(shop, first, "issue_statement"), {"way": "email"}).status_code in (302, 409)
    assert finance.post(path(shop, first, "issue_statement"), {"way": "print"}).status_code == 302
    clerk = client_of(shop, "customer_service")
    refused = clerk.post(path(shop, first, "answer_statement"), {"answer": "disputed", "text": ""})
    assert refused.status_code == 409 and "哪一笔不符" in refused.content.decode()
    answered = clerk.post(path(shop, first, "answer_statement"), {"answer": "agreed", "text": "签章回传"})
    assert answered.status_code == 302
    assert "相符" in finance.get(path(shop, first)).content.decode()
    assert finance.get(reverse("finance:statement", args=[shop.customer.code, "2026-13"])).status_code == 404
    assert finance.get(reverse("finance:statements") + "?month=never").status_code == 200


def test_money_after_the_paper_is_seen_on_its_page() -> None:
    shop = Shop()
    first = owed(shop)
    issue_statement(shop.customer, by=shop.who["finance"], month=first)
    Statement.objects.update(closing=Decimal(1), opening=Decimal(1), charged=0, credited=0)
    shown: Any = client_of(shop, "finance").get(path(shop, first)).content.decode()
    assert "出具之后账目有变" in shown


def test_the_list_asks_as_much_for_many_customers_as_for_one() -> None:
    shop = Shop()
    shipped(shop)
    client = client_of(shop, "finance")
    page = reverse("finance:statements") + f"?month={THIS:%Y-%m}"
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _ in range(3):
        shipped(Shop())
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(few) == len(many)


def test_who_neither_moved_nor_owes_is_not_listed_and_every_page_leads_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet, busy, other = Shop(), Shop(), Shop()
    receive(busy, "250")
    shipped(other)
    seen = statements.dealing(busy.who["finance"], THIS).order_by("code")
    assert list(seen) == sorted([busy.customer, other.customer], key=lambda each: each.code)
    assert quiet.customer not in seen
    monkeypatch.setattr(paging.page_of, "__kwdefaults__", {"descending": False, "size": 1})
    client = client_of(busy, "finance")
    first = client.get(reverse("finance:statements") + f"?month={THIS:%Y-%m}")
    assert [month.customer for month, _ in first.context["rows"]] == [seen[0]]
    second = client.get(reverse("finance:statements") + first.context["page"].next_url)
    assert [month.customer for month, _ in second.context["rows"]] == [seen[1]]
