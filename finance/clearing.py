"""The sums behind 款项落实: what must have been paid before a shipment leaves, order by order (rules.md, Money)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from documents.money import cents
from orders import written
from orders.models import Line, Order, RevisionLine, Shipment, ShipmentLine, Signed, State
from orders.shares import STILL_HERE, ZERO, percent_of, terms_of_all, worth

NONE = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """One order on a shipment. `value` is the worth of all that has left or is cleared, this shipment included."""

    order: Order
    here: Decimal
    value: Decimal
    share: Decimal
    due: Decimal
    received: Decimal
    held_back: Decimal
    missing: Decimal
    is_last: bool

    @property
    def free(self) -> Decimal:
        return self.received - self.held_back


def figures(shipment: Shipment) -> list[Figures]:
    """Of each order on the shipment, oldest first."""
    return figures_of([shipment])[shipment.pk]


def figures_of(shipments: Sequence[Shipment]) -> dict[int, list[Figures]]:
    """By shipment; six queries, however many."""
    ids = [shipment.pk for shipment in shipments]
    on = ShipmentLine.objects.filter(shipment__in=ids).order_by("line__order_id").distinct()
    pairs = list(on.values_list("shipment_id", "line__order_id"))
    books = Books.of({order for _, order in pairs}, ids)
    found: dict[int, list[Figures]] = {pk: [] for pk in ids}
    for shipment, order in pairs:
        found[shipment].append(of_order(books, order, shipment))
    return found


@dataclass(frozen=True)
class Books:
    """What some orders are to be judged by: lines, terms, and what shipments carry of each that are asked about, or are
    still here and cleared as they are."""

    orders: dict[int, Order]
    lines: dict[int, list[Line]]
    terms: dict[int, dict[int, RevisionLine]]
    carried: dict[tuple[int, int], dict[int, Decimal]]
    cleared: frozenset[int]

    @classmethod
    def of(cls, order_ids: Collection[int], shipment_ids: Collection[int]) -> "Books":
        orders = Order.objects.select_related("revision").in_bulk(order_ids)
        here = Shipment.objects.filter(written.on_shipment(Signed.CLEARANCE), state__in=STILL_HERE)
        cleared = frozenset(here.filter(lines__line__order__in=order_ids).values_list("pk", flat=True))
        rows = ShipmentLine.objects.filter(shipment__in={*shipment_ids, *cleared}, line__order__in=order_ids).order_by()
        carried: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(dict)
        counted = rows.values_list("shipment_id", "line__order_id", "line_id").annotate(Sum("quantity"))
        for shipment, order, line, quantity in counted:
            carried[shipment, order][line] = quantity
        lines: dict[int, list[Line]] = defaultdict(list)
        for one in Line.objects.filter(order__in=order_ids):
            lines[one.order_id].append(one)
        return cls(orders, lines, terms_of_all(orders.values()), carried, cleared)

    def beside(self, order: int, shipment: int) -> list[dict[int, Decimal]]:
        """What other shipments still here carry of the order that finance has cleared."""
        return [
            some
            for (other, whose), some in self.carried.items()
            if whose == order and other != shipment and other in self.cleared
        ]


def of_order(books: Books, order_id: int, shipment_id: int) -> Figures:
    order, lines, terms = books.orders[order_id], books.lines[order_id], books.terms[order_id]
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    before: Mapping[int, Decimal] = {line.pk: line.out for line in lines}
    for some in books.beside(order_id, shipment_id):
        before = added(before, some)
    leaving = added(before, books.carried[shipment_id, order_id])
    value = worth(terms, leaving)
    is_last = nothing_left(order, lines, terms, leaving)
    received = order.received + order.written_off
    return Figures(
        order=order,
        here=value - worth(terms, before),
        value=value,
        share=order.revision.share_before_shipping,
        due=percent_of(order.revision.share_before_shipping, value),
        received=received,
        held_back=held_back(order, value, received, is_last=is_last),
        missing=missing(order, value, received, is_last=is_last),
        is_last=is_last,
    )


def missing(order: Order, value: Decimal, received: Decimal, *, is_last: bool) -> Decimal:
    """What must still come in before goods worth `value` in all may have left.

    Money completes the deposit first: so once this much has come in, they clear.
    """
    assert order.revision is not None  # noqa: S101
    due = percent_of(order.revision.share_before_shipping, value)
    if due <= received - held_back(order, value, received, is_last=is_last):
        return ZERO
    return due + held_back(order, value, order.revision.deposit_due, is_last=is_last) - received


def held_back(order: Order, value: Decimal, received: Decimal, *, is_last: bool = False) -> Decimal:
    """The deposit stays for the last goods, all of it; by contract only in proportion to what is yet to leave.

    Never so much that more than the order's total would have to be in.
    """
    assert order.revision is not None  # noqa: S101
    if is_last:
        return ZERO
    deposit = min(order.revision.deposit_due, received)
    total = order.revision.total
    if order.revision.deposit_pro_rata and total:
        return cents(deposit * max(total - value, ZERO) / total)
    return min(deposit, max(total - percent_of(order.revision.share_before_shipping, value), ZERO))


def added(first: Mapping[int, Decimal], second: Mapping[int, Decimal]) -> dict[int, Decimal]:
    return {line: first.get(line, NONE) + second.get(line, NONE) for line in {*first, *second}}


def nothing_left(
    order: Order, lines: list[Line], terms: Mapping[int, RevisionLine], leaving: Mapping[int, Decimal]
) -> bool:
    """Whether all that will be made has left once this shipment has."""
    return all(leaving.get(line.pk, NONE) >= to_come(order, line, terms.get(line.pk)) for line in lines)


def to_come(order: Order, line: Line, terms: RevisionLine | None) -> Decimal:
    """What of a line there will be to ship: all that is good once everything passed, till then what was ordered."""
    if order.state == State.SHIPPING or terms is None:
        return line.good
    return max(line.good, terms.quantity - line.closed_short)
