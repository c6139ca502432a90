"""Whom and what to aim at: a small company with an order at each step, and the addresses of all that it holds."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from documents.models import Bundle, Notice, OutboxRow
from flow.models import Owed
from orders.models import ImportRun, Order, Shipment
from portal.models import CustomerLink
from production.actions import anomalies
from production.models import DailyReport
from quality.actions import standards
from quality.actions.standards import Item
from tests.portal.visitor import page_of
from tests.roles.table import ALL, PUBLIC, TABLE
from tests.roles.test_matrix import ROUTES, Route, World

NOBODY = "anonymous"


class Company(World):
    """`orders` stand at every step of the chain; `session[role]` is a cookie of somebody logged in."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__()
        self.orders: list[Order] = [self.order, *(getattr(self.shop, step)() for step in steps)]
        self.shipments: list[Shipment] = [self.shipment]
        self.aimed, self.sent = self.order, self.shipment
        self.more = self.made()
        self.session = {role: session_of(self.shop.who[role]) for role in sorted(ALL)} | {NOBODY: ""}

    def made(self) -> dict[str, Any]:
        """What else there is, by the beginning of its addresses."""
        who, now = self.shop.who, timezone.now()
        work = self.shop.in_work()
        passed = self.shop.passed()
        self.shop.pay_rest(passed)
        on_its_way = self.shop.dispatched(self.shop.shipment(passed))
        self.orders.append(work)
        self.shipments.append(on_its_way)
        item = Item("外观", "attribute", Decimal("2.5"), "II", target="无污点")
        draft = standards.write_standard(None, by=who["technical"], product=self.shop.product, title="Q1", items=[item])
        return {
            "production/<str:number>/anomalies": anomalies.raise_anomaly(
                work, by=who["production"], kind="machine", text="分切机停机"
            ),
            "production/<str:number>/report": DailyReport.objects.first(),
            "quality/standards": standards.put_in_force(draft, by=who["quality"]),
            "documents/bundles": Bundle.objects.create(kind="print", title="合并", items=[], by=who["sales"], at=now),
            "orders/import": ImportRun.objects.create(by=who["sales"], at=now),
            "outbox": OutboxRow.objects.first(),
            "notices": Notice.objects.first(),
            "orders/<str:number>/customer-page": CustomerLink.objects.first(),
        }

    def numbered(self, path: str) -> str:
        found = super().numbered(path)
        kept = {self.order.number: self.aimed.number, self.shipment.number: self.sent.number}
        return str(kept.get(found, found))

    def one(self, route: Route, name: str) -> Any:
        if name == "token":
            return page_of(self.order).split("/")[2]
        if name == "public_id":
            return self.document.public_id
        if name == "pk":
            for start, row in self.more.items():
                if row and route.path.startswith(start):
                    return row.pk
        if name in ("subject", "what"):
            owed = Owed.objects.filter(until=None).order_by("pk").first()
            return owed.subject_kind if name == "subject" else owed.what
        return super().one(route, name)

    def addresses(self) -> Iterator[tuple[list[str], bool, list[str]]]:
        """(roles that may, whether anything can be sent, addresses) of each route; of many roles and orders some, so
        that their pages are soon known."""
        for route in ROUTES:
            try:
                yield self.roles_of(route)[:3], self.takes(route), sorted(set(self.of_each_order(route)))
            except NoReverseMatch:
                continue
        for url in admin_addresses():
            yield ["admin"], True, [url]

    def of_each_order(self, route: Route) -> Iterator[str]:
        many = None if "number" in route.params else 1
        for order, shipment in product(self.orders[:many], self.shipments[:many]):
            self.aimed, self.sent = order, shipment
            yield reverse(route.name, args=self.args(route))

    @staticmethod
    def roles_of(route: Route) -> list[str]:
        return [NOBODY] if route.name in PUBLIC else sorted(TABLE[route.name].get | (TABLE[route.name].post or set()))

    @staticmethod
    def takes(route: Route) -> bool:
        return route.name in PUBLIC or TABLE[route.name].post is not None


def admin_addresses() -> Iterator[str]:
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        row: Any = model._default_manager.first()
        for page in ("change", "history", "delete") if row else ():
            yield reverse(f"{name}_{page}", args=[row.pk])
    yield reverse("admin:autocomplete") + "?app_label=catalog&model_name=priceentry&field_name=product&term="


def session_of(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
