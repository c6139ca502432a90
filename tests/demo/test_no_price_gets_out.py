"""Every file, paper, page and export of the demo company × every role: no price where it does not belong (B7).

The company's prices have four places, as nothing else here has; what they come to is known from the rows of money.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from documents import bundles, rendering, serving
from documents.models import Attachment, Bundle, Document, OutboxRow
from orders.models import Order, Shipment
from tests.roles.table import ALL, PRICES, PUBLIC, TABLE
from tests.roles.test_matrix import ROUTES, Route, logged_in

pytestmark = pytest.mark.django_db

PRICELESS = sorted(ALL - PRICES)
# Price lists are settings, which the admin keeps; the style guide shows made-up ones.
SHOWN = {"catalog:add_price_list", "catalog:change_price_list", "styleguide"}
OF_EACH = 2
NUMBER = re.compile(r"\d[\d,]*\.\d+")
# Which rows hold prices and which hold amounts, by hand.
UNIT_PRICES = {
    "catalog.PriceEntry": "price",
    "catalog.MaterialCost": "price",
    "customers.ContractPrice": "price",
    "customers.QuoteLine": "price",
    "orders.RevisionLine": "price",
}
AMOUNTS = {
    "customers.Quote": "total",
    "customers.Contract": "amount",
    "orders.RevisionLine": "amount",
    "orders.Revision": "total deposit_due",
    "orders.Order": "received billed",
    "orders.Shipment": "value due_before",
    "finance.Payment": "amount",
    "finance.MoneyEntry": "amount",
    "finance.BankLine": "amount",
    "finance.BalanceLetter": "covers received balance",
    "finance.Invoice": "amount",
    "finance.InvoiceRequest": "amount",
    "finance.Statement": "opening charged credited closing",
    "finance.CancelSettlement": "kept returned loss",
}
ODD = Decimal("0.0037")
# Files by what the company's people call them, and papers by their kind: what every department may look into.
PLAIN_FILES = {"封样照片", "签样", "现场照片", "到货回单", "自提签收单"}
PLAIN_PAPERS = {
    "dispatch_notice",
    "delivery_note",
    "dispatch_advice",
    "arrival_receipt",
    "arrival_receipt_filed",
    "production_order",
    "inspection_report",
    "product_labels",
    "daily_report",
}


@pytest.fixture
def money(company: None) -> frozenset[str]:
    """The prices with four places, as nothing else here has; the amounts that hardly anything else comes to."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        for label, field in UNIT_PRICES.items():
            apps.get_model(label).objects.update(**{field: F(field) + ODD})
        cursor.execute(f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"')
    prices, amounts = kept(UNIT_PRICES), {each for each in kept(AMOUNTS) if each >= 10_000 and each % 1}
    assert len(prices) > 100 and len(amounts) > 10
    return frozenset(f"{each.normalize():f}" for each in prices | amounts)


def kept(tables: dict[str, str]) -> set[Decimal]:
    found: set[Decimal] = set()
    for label, fields in tables.items():
        for values in apps.get_model(label).objects.values_list(*fields.split()):
            found |= {abs(each) for each in values if each}
    return found


def prices_in(text: str, money: frozenset[str]) -> set[str]:
    """Those of the prices and amounts that stand in it, and whatever bears the sign of money."""
    found = {each.replace(",", "").rstrip("0") for each in NUMBER.findall(text)}
    return (found & money) | set(re.findall(r".{0,20}[¥￥].{0,20}", text))


def user_of(role: str) -> User:
    return User.objects.get(username=role)


# -- pages ---------------------------------------------------------------------------------------------------------


def things(route: Route) -> Iterator[list[Any]]:
    """What stands in the address: some of each, the furthest along first."""
    if not route.params:
        yield []
        return
    columns = [islice(values(route, name), OF_EACH) for name in route.params]
    yield from (list(each) for each in zip(*columns, strict=False))


BY_PK = {
    "finance/": "finance.Invoice",
    "catalog/": "catalog.Product",
    "stock/materials/": "catalog.Material",
    "stock/arrivals/": "stock.ExpectedArrival",
    "stock/material-lots/": "stock.MaterialLot",
    "stock/": "stock.Lot",
    "production/cards/": "production.ProcessCard",
    "production/machines/": "production.Machine",
    "production/<str:number>/anomalies/": "production.Anomaly",
    "production/<str:number>/report/": "production.DailyReport",
    "production/<str:number>/issue/": "production.MaterialUse",
    "quality/batches/": "production.Batch",
    "quality/standards/": "quality.ProductStandard",
    "orders/<str:number>/signoffs": "orders.SignOff",
    "orders/import/": "orders.ImportRun",
    "outbox/": "documents.OutboxRow",
}


def rows_of(path: str) -> Any:
    label = next((label for start, label in BY_PK.items() if path.startswith(start)), "orders.Order")
    rows = apps.get_model(label).objects.order_by("-pk")
    return rows.filter(order__isnull=False) if "number>" in path else rows


def values(route: Route, name: str) -> Iterator[Any]:
    path = route.path
    if name == "number":
        yield from numbers(path)
    elif name == "pk":
        yield from rows_of(path).values_list("pk", flat=True)
    elif name == "public_id":
        papers = Document.objects if path.startswith("documents/") else Attachment.objects
        yield from papers.filter(audience="plain").values_list("public_id", flat=True)
    else:
        fixed = {"day": timezone.localdate().isoformat(), "carrier": "debang", "position": 1, "subject": "order"}
        yield from [fixed.get(name, "finish")] * OF_EACH


def numbers(path: str) -> Iterator[str]:
    """Those that the addressed rows belong to; orders of every state, and shipments as far as they went."""
    if "pk>" in path:
        yield from rows_of(path).values_list("order__number", flat=True)
    elif path.startswith(("shipping/<", "quality/shipments/", "finance/shipments/")):
        yield from Shipment.objects.order_by("-receipt_at", "pk").values_list("number", flat=True)
    elif path.startswith("samples/<"):
        yield from apps.get_model("production.SampleRequest").objects.values_list("number", flat=True)
    else:
        orders = Order.objects.exclude(state="DRAFT").order_by("state", "pk").distinct("state")
        yield from sorted(orders.values_list("number", flat=True))


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("role", PRICELESS)
def test_no_page_tells_a_price(role: str, money: frozenset[str]) -> None:
    client, opened = logged_in(user_of(role)), 0
    for route in ROUTES:
        if route.name in PUBLIC | SHOWN or role not in TABLE[route.name].get:
            continue
        for args in things(route):
            answer = client.get(reverse(route.name, args=args))
            opened += answer.status_code == 200
            assert prices_in(text_of(answer), money) == set(), (route.name, args)
    assert opened > (20 if role == "admin" else 60)


@pytest.mark.parametrize("role", PRICELESS)
def test_no_refusal_tells_a_price(role: str, money: frozenset[str]) -> None:
    client = logged_in(user_of(role))
    for route in ROUTES:
        if route.name in PUBLIC | SHOWN | {"logout"} or role not in (TABLE[route.name].post or ()):
            continue
        for args in things(route):
            savepoint = transaction.savepoint()
            answer = client.post(reverse(route.name, args=args), {"reason": "试", "text": "试"}, follow=True)
            transaction.savepoint_rollback(savepoint)
            assert prices_in(text_of(answer), money) == set(), (route.name, args)


@pytest.mark.parametrize("role", PRICELESS)
def test_no_search_and_no_notice_tells_a_price(role: str, money: frozenset[str]) -> None:
    user = user_of(role)
    client, order = logged_in(user), Order.objects.filter(state="COMPLETED").first()
    price = f"{order.revision.lines.first().price.normalize():f}"
    for words in (order.number, order.customer.name, "标签", price, f"{order.revision.total:,}"):
        for page in ("search", "archive", "catalog:list", *(() if role == "admin" else ("orders:list",))):
            # What was asked for stands in the field again.
            found = text_of(client.get(reverse(page), {"q": words})).replace(words, "")
            assert prices_in(found, money) == set(), (page, words)
    for row in OutboxRow.objects.filter(channel="notice", payload__recipient=user.pk):
        assert prices_in(row.payload["text"], money) == set(), row.payload


# -- papers and files ----------------------------------------------------------------------------------------------


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_no_paper_for_every_department_tells_a_price(money: frozenset[str]) -> None:
    """All by what was frozen, and one of each kind by what its rendering says."""
    plain = Document.objects.filter(audience="plain")
    for document in plain:
        assert prices_in(str(document.data), money) == set(), document
    kinds = plain.order_by("kind", "-pk").distinct("kind")
    assert len(kinds) == 9
    for document in kinds:
        rendering.ensure_rendered(document.pk)
        said = pdf_text(serving.copy_of(Document.objects.get(pk=document.pk)))
        assert len(said) > 50 and prices_in(said, money) == set(), document


def test_the_walk_finds_the_prices_where_they_belong(money: frozenset[str]) -> None:
    papers = Document.objects.filter(kind="confirmation")
    document = next(each for each in papers if prices_in(str(each.data["totals"]), money))
    rendering.ensure_rendered(document.pk)
    assert prices_in(pdf_text(serving.copy_of(Document.objects.get(pk=document.pk))), money) & money
    page = logged_in(user_of("finance")).get(reverse("orders:detail", args=[document.number]))
    assert prices_in(text_of(page), money) & money


def test_a_month_exported_by_the_warehouse_holds_no_price(money: frozenset[str]) -> None:
    client, shipment = logged_in(user_of("warehouse")), Shipment.objects.filter(receipt_at__isnull=False).first()
    month = f"{timezone.localtime(shipment.dispatched_at):%Y-%m}"
    client.post(reverse("archive-export"), {"month": month, "q": shipment.number, "key": "k"})
    made = Bundle.objects.latest("pk")
    bundles.ensure_made(made.pk)
    answer = client.get(reverse("bundle-file", args=[made.public_id]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        said = {name: archive.read(name) for name in archive.namelist()}
    texts = [pdf_text(each) if name.endswith(".pdf") else each.decode() for name, each in said.items()]
    assert len(said) > 2 and prices_in("\n".join([*said, *texts]), money) == set()


@pytest.mark.parametrize("role", [*PRICELESS, "customer_service", "finance"])
def test_a_file_opens_for_its_audience_and_for_no_other(role: str, company: None) -> None:
    client = logged_in(user_of(role))
    with_prices = set(Document.objects.filter(kind="delivery_note_priced").values_list("subject_id", flat=True))
    for file in Attachment.objects.all():
        plain = file.name.removesuffix(".png") in PLAIN_FILES
        # What came back signed may be the note with prices, where one went along.
        plain = plain and not (file.subject_kind == "shipment" and file.subject_id in with_prices)
        meant = role != "admin" and (plain or role not in PRICELESS)
        meant = meant and (file.subject_kind != "bankfile" or role == "finance")
        assert client.get(file.get_absolute_url()).status_code == (200 if meant else 404), (
            file.name,
            file.subject_kind,
        )


@pytest.mark.parametrize("role", [*PRICELESS, None])
def test_a_paper_with_prices_opens_for_nobody_without(role: str | None, company: None) -> None:
    client = logged_in(user_of(role)) if role else Client()
    priced = Document.objects.exclude(kind__in=PLAIN_PAPERS)
    for document in priced.order_by("kind", "-pk").distinct("kind"):
        for name in ("document", "document-pdf"):
            answer = client.get(reverse(name, args=[document.public_id]))
            assert answer.status_code == (404 if role else 302), document


def test_what_was_kept_before_is_for_those_whom_the_same_is_for_now(company: None) -> None:
    """The migration says of older rows what is said of new ones when they are stored."""
    older = import_module("documents.migrations.0004_audiences_and_addresses")
    told = [dict(model.objects.values_list("pk", "audience")) for model in (Document, Attachment)]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        for model in (Document, Attachment):
            model.objects.update(audience="prices")
        cursor.execute(older.PAPERS + older.FILES)
    assert [dict(model.objects.values_list("pk", "audience")) for model in (Document, Attachment)] == told
    assert all("plain" in each.values() and "prices" in each.values() for each in told)
