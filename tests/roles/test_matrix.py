"""Every address × every role, on an object of one's own, a foreign one, and without log-in (B7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from audit.models import Event
from catalog.models import Material
from customers.actions import memos, quotes
from customers.models import ContractTemplate
from documents.models import Document
from documents.queries import attachments_of
from finance.models import BankFile, BankLine, GradeSuggestion, Invoice, InvoiceRequest
from production.actions import samples
from production.models import Batch, Machine, ProcessCard
from shipping.models import Carrier
from stock.models import ExpectedArrival, Lot, MaterialLot
from tests import people
from tests.remembered import remembered
from tests.roles.table import ALL, PUBLIC, TABLE
from tests.shop import Shop

pytestmark = pytest.mark.django_db
MISSING = 987_654


@dataclass(frozen=True)
class Route:
    """An address of the house: its name, and what stands in it."""

    name: str
    path: str
    params: tuple[str, ...]


def routes(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":  # Django's own, with rights of its own: tests/accounts/test_admin.py
                yield from routes(entry.url_patterns, prefix + str(entry.pattern), entry.namespace or space)
        elif isinstance(entry, URLPattern):
            name = f"{space}:{entry.name}" if space else str(entry.name)
            yield Route(name, prefix + str(entry.pattern), tuple(entry.pattern.converters))


ROUTES = list(routes())


class World:
    """An order far along its way, with everything that hangs on it, all seen by every role of the shop."""

    @remembered
    def __init__(self) -> None:
        self.shop = shop = Shop()
        self.order = shop.passed()
        self.shipment = shop.shipment(self.order)
        self.payment = shop.pay(self.order, self.order.revision.total - self.order.received)
        told = {"channel": "phone", "caller": "王", "words": "要货"}
        self.memo = memos.write_memo(None, by=shop.who["sales"], customer=shop.customer, **told)
        self.contract = people.contract(shop.customer)
        line = quotes.Offered(shop.product, Decimal(1), Decimal(9))
        facts = {"customer": shop.customer, "valid_until": timezone.localdate()}
        self.quote = quotes.write_quote(None, by=shop.who["sales"], lines=[line], **facts)
        paper, today = Material.objects.create(code="M1", name="热敏原纸"), timezone.localdate()
        MaterialLot.objects.create(material=paper, number="ML1", received_on=today)
        self.arrival = ExpectedArrival.objects.create(
            material=paper, quantity=1, due_on=today, created_at=timezone.now()
        )
        self.carrier = Carrier.objects.create(code="debang", name="德邦物流")
        kept = attachments_of("order", self.order.pk).first()
        handed_in = BankFile.objects.create(fresh=1, known=0, outgoing=0, at=timezone.now(), paper=kept)
        handed_in.by = shop.who["finance"]
        handed_in.save()
        self.bank_line = BankLine.objects.create(file=handed_in, key="W1", day=today, amount=1, payer="某客户")
        facts = {"order": self.order, "by": shop.who["sales"], "at": timezone.now()}
        figures = {"turnover": 1, "average_late": 0, "worst_late": 0, "broken": 0, "at": timezone.now()}
        self.suggestion = GradeSuggestion.objects.create(
            customer=shop.customer, quarter=today.replace(month=1, day=1), current="B", suggested="A", **figures
        )
        self.invoice_request = InvoiceRequest.objects.create(amount=1, **facts)
        self.invoice = Invoice.objects.create(amount=1, number="F1", issued_on=today, **facts)
        written = {"written_by": shop.who["technical"], "written_at": timezone.now()}
        self.card = ProcessCard.objects.create(product=shop.product, number=1, title="GY-1", formula="A", **written)
        asked = {"by": shop.who["sales"], "customer": shop.customer, "quantity": "2 卷", "words": "照样"}
        self.sample = samples.ask_sample(None, name="白标", spec="50×30", **asked)
        self.machine = Machine.objects.create(name="印刷 1", step="printing")
        self.batch = Batch.objects.get(line__order=self.order)
        self.document = Document.objects.filter(subject_kind="order", subject_id=self.order.pk).first()
        self.attachment = attachments_of("order", self.order.pk).first()

    def args(self, route: Route, *, missing: bool = False) -> list[Any]:
        return [self.missing(name) if missing else self.one(route, name) for name in route.params]

    @staticmethod
    def missing(name: str) -> Any:
        if name == "public_id":
            return uuid4()
        return MISSING if name in ("pk", "position") else "XX-20200101-0001"

    def one(self, route: Route, name: str) -> Any:
        path = route.path
        if name == "number":
            return self.numbered(path)
        if name == "grade":
            return "A"
        if name == "carrier":
            return self.carrier.code
        if name == "code":
            return self.shop.customer.code
        if name == "day":
            return "2026-11-24"
        if name in ("position", "month"):
            return {"position": 1, "month": "2026-10"}[name]
        if name in ("subject", "what", "deed"):
            return {"subject": "revision", "what": "submit", "deed": "drop_sample"}[name]
        if name == "public_id":
            return (self.attachment if path.startswith("attachments/") else self.document).public_id
        found = {
            "finance/grades/": self.suggestion,
            "finance/invoices/requests/": self.invoice_request,
            "finance/invoices/": self.invoice,
            "finance/bank/": self.bank_line,
            "catalog/prices/": self.shop.product.prices.get().price_list,
            "catalog/": self.shop.product,
            "stock/materials/": self.arrival.material,
            "stock/arrivals/": self.arrival,
            "stock/material-lots/": MaterialLot.objects.first(),
            "stock/": Lot.objects.first(),
            "production/cards/": self.card,
            "production/machines/": self.machine,
            "quality/batches/": self.batch,
            "customers/<str:code>/contacts": self.shop.contact,
            "customers/<str:code>/addresses": self.shop.address,
            "contracts/templates/": ContractTemplate.objects.first(),
            "contracts/": self.contract,
            "orders/<str:number>/signoffs": self.order.signoffs.first(),
        }
        return next((row.pk for start, row in found.items() if row and path.startswith(start)), MISSING)

    def numbered(self, path: str) -> str:
        record: Any = self.order
        if path.startswith("memos/"):
            record = self.memo
        elif path.startswith("quotes/"):
            record = self.quote
        elif path.startswith("samples/<"):
            record = self.sample
        elif path.startswith("finance/payments/"):
            record = self.payment
        elif path.startswith(("finance/shipments/", "quality/shipments/", "shipping/<")):
            record = self.shipment
        return str(record.number)


def logged_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_route_is_declared_and_no_declared_one_is_gone() -> None:
    names = {route.name for route in ROUTES}
    assert names - TABLE.keys() - PUBLIC == set()
    assert (TABLE.keys() | PUBLIC) - names == set()


def test_without_log_in_every_page_leads_to_the_log_in() -> None:
    world, client = World(), Client()
    for route in ROUTES:
        if route.name in PUBLIC:
            continue
        for send in (client.get, client.post):
            answer = send(reverse(route.name, args=world.args(route)))
            assert answer.status_code == 302 and answer["Location"].startswith("/login/"), route.name


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_page_opens_for_its_roles_and_for_no_other(role: str) -> None:
    world = World()
    client = logged_in(world.shop.who[role])
    for route in ROUTES:
        if route.name in PUBLIC:
            continue
        status = client.get(reverse(route.name, args=world.args(route))).status_code
        if role in TABLE[route.name].get:
            assert status in (200, 302, 404), (route.name, status)
        else:
            assert status in (403, 405), (route.name, status)


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_page_takes_what_is_sent_from_its_roles_and_changes_nothing_for_another(role: str) -> None:
    world = World()
    client = logged_in(world.shop.who[role])
    before = Event.objects.count()
    for route in ROUTES:
        if route.name in PUBLIC or route.name in ("logout", "password_change"):
            continue
        savepoint = transaction.savepoint()
        answer = client.post(reverse(route.name, args=world.args(route)), {"reason": "试", "text": "试"})
        events = Event.objects.count()
        transaction.savepoint_rollback(savepoint)
        access = TABLE[route.name]
        if access.post and role in access.post:
            assert answer.status_code in (200, 302, 404, 409, 422), (route.name, answer.status_code)
        else:
            assert events == before, route.name
            inside = role in access.get
            assert answer.status_code in ((200, 302, 403, 404, 405, 409, 422) if inside else (403, 405)), (
                route.name,
                answer.status_code,
            )


@pytest.mark.parametrize("role", ["sales", "supervisor"])
def test_a_foreign_object_answers_exactly_like_one_that_is_not_there(role: str) -> None:
    world = World()
    client = logged_in(people.person(role))
    for route in ROUTES:
        own = {"number", "code"} & set(route.params) or route.name in ("document", "document-pdf", "attachment")
        if route.name in PUBLIC or not own or role not in TABLE[route.name].get:
            continue
        foreign = client.get(reverse(route.name, args=world.args(route)))
        missing = client.get(reverse(route.name, args=world.args(route, missing=True)))
        assert (foreign.status_code, foreign.content) == (404, missing.content), route.name
