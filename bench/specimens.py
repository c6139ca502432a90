"""One order of each shape, carried to its place in the chain by the program's own actions: what is copied later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from bench.company import Company, slot_price
from catalog.models import Product
from customers.models import Address, Contact, Customer
from orders.actions import chain
from orders.models import Order
from orders.terms import LineInput
from production.actions import making
from tests.shop import Shop

# Share of the open orders at each place.
OPEN = {
    "draft": 6,
    "pending": 12,
    "signed": 16,
    "approved": 8,
    "sent": 14,
    "confirmed": 14,
    "released": 6,
    "in_work": 10,
    "inspecting": 4,
    "passed": 6,
    "dispatched": 4,
}
ENDED = {"completed": 93, "cancelled": 7}
# Shapes of each place, by count of lines: an ended order has any; the few open ones a spread.
LINES_OPEN, LINES_ENDED = (2, 5), (1, 3, 4, 8)
FEW = (2,)


@dataclass(frozen=True)
class Shape:
    place: str
    lines: int
    weight: float

    @property
    def is_open(self) -> bool:
        return self.place in OPEN


def shapes() -> Iterator[Shape]:
    for place, weight in OPEN.items():
        for count in LINES_OPEN:
            yield Shape(place, count, weight / len(LINES_OPEN))
    for place, weight in ENDED.items():
        counts = LINES_ENDED if place == "completed" else FEW
        for count in counts:
            yield Shape(place, count, weight / len(counts))


class Workshop(Shop):
    """The tests' company, set to work for the bench's first customer."""

    def __init__(self, company: Company) -> None:
        super().__init__()
        customer, contact, address, seller = company.customers[0]
        self.who["sales"] = User.objects.get(pk=seller)
        self.who["supervisor"] = User.objects.get(team=self.who["sales"])
        self.customer = Customer.objects.get(pk=customer)
        self.contact = Contact.objects.get(pk=contact)
        self.address = Address.objects.get(pk=address)
        self.products = list(Product.objects.filter(pk__in=company.ranges[0]).order_by("pk"))
        self.product = self.products[0]

    def lines(self, count: int) -> list[LineInput]:
        return [
            self.line(str(20 * (slot + 1)), product=self.products[slot], price=slot_price(slot))
            for slot in range(count)
        ]

    def inspecting(self, *lines: LineInput) -> Order:
        order = self.in_work(*lines)
        self.make(order)
        return self.fresh(making.finish(order, by=self.who["production"]))

    def dispatch_all(self, *lines: LineInput) -> Order:
        order = self.passed(*lines)
        self.pay_rest(order)
        self.dispatched(self.shipment(order))
        return self.fresh(order)

    def cancelled(self, *lines: LineInput) -> Order:
        order = self.submitted(*lines)
        return self.fresh(chain.cancel(order, by=self.who["customer_service"], reason="客户取消"))

    def build(self, shape: Shape) -> Order:
        makers: dict[str, Callable[..., Order]] = {
            "draft": self.draft,
            "pending": self.submitted,
            "signed": self.signed,
            "inspecting": self.inspecting,
            "dispatched": self.dispatch_all,
            "cancelled": self.cancelled,
        }
        make = makers.get(shape.place) or getattr(self, shape.place)
        order: Order = make(*self.lines(shape.lines))
        return order


def value_of(count: int) -> Decimal:
    """What an order of so many lines amounts to."""
    return sum((slot_price(slot) * 20 * (slot + 1) for slot in range(count)), Decimal(0))
