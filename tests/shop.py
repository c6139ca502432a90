"""A whole little company for tests: one person per role, and orders carried along the chain by calling actions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from catalog.models import Product
from customers.models import Address, Contact, Customer
from documents.numbering import business_day
from orders.actions import approval, entry
from orders.models import Order
from orders.terms import LineInput
from tests import people


def today() -> date:
    return business_day(timezone.now())


@dataclass
class Shop:
    """The cast and one customer with one product at 10.00; `who["finance"]` is the person of that role."""

    grade: str = "B"
    who: dict[str, User] = field(default_factory=dict)
    customer: Customer = field(init=False)
    contact: Contact = field(init=False)
    address: Address = field(init=False)
    product: Product = field(init=False)

    def __post_init__(self) -> None:
        self.who = {role: people.person(role, name=title) for role, title in ROLES.items()}
        self.who["second_supervisor"] = people.person("supervisor", name="另一位主管")
        self.who["production"].is_production_head = True
        self.who["production"].save()
        self.who["sales"].supervisor = self.who["supervisor"]
        self.who["sales"].save()
        self.customer = people.customer(
            grade=self.grade, salesperson=self.who["sales"], clerk=self.who["customer_service"]
        )
        self.contact = people.contact(self.customer, may_sign=True, email="buyer@example.com")
        self.address = people.address(self.customer, is_default=True)
        self.product = people.product(unit="卷")
        people.price(people.price_list(), self.product, "10.00")

    def header(self, **changes: Any) -> dict[str, Any]:
        return {
            "contact": self.contact,
            "address": self.address,
            "requested_on": today() + timedelta(days=20),
            "delivery_way": "freight",
            "freight": "seller",
            "invoice_kind": "special",
            "payment_terms": "按合同",
            "split_allowed": False,
            **changes,
        }

    def line(self, quantity: str = "100", **changes: Any) -> LineInput:
        given = {"product": self.product, "quantity": Decimal(quantity), "price": Decimal("10.00"), **changes}
        return LineInput(**given)

    def draft(
        self, *lines: LineInput, by: User | None = None, header: dict[str, Any] | None = None, **more: Any
    ) -> Order:
        """A complete draft, entered by the salesperson."""
        order: Order = entry.create_order(
            None,
            by=by or self.who["sales"],
            customer=self.customer,
            header=self.header(**(header or {})),
            lines=list(lines) or [self.line()],
            **more,
        )
        return order

    def submitted(self, *lines: LineInput, **more: Any) -> Order:
        order = self.draft(*lines, **more)
        return self.fresh(approval.submit(order.revision, by=self.who["sales"]))

    @staticmethod
    def fresh(order: Order) -> Order:
        return Order.objects.get(pk=order.pk)
