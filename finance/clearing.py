"""The sums behind 款项落实: what must have been paid before a shipment leaves, order by order (rules.md, Money)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from documents.money import cents
from orders import written
from orders.models import Line, Order, RevisionLine, Shipment, ShipmentLine, Signed, State
from orders.shares import STILL_HERE, ZERO, percent_of, terms_of, worth

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
    ids = ShipmentLine.objects.filter(shipment=shipment).order_by().values_list("line__order_id", flat=True).distinct()
    orders = Order.objects.filter(pk__in=list(ids)).select_related("revision").order_by("pk")
    return [of_order(order, shipment) for order in orders]


def of_order(order: Order, shipment: Shipment) -> Figures:
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    lines = list(Line.objects.filter(order=order))
    terms = terms_of(order)
    here = carried(order, Shipment.objects.filter(pk=shipment.pk))
    before = added({line.pk: line.out for line in lines}, carried(order, cleared_beside(shipment)))
    leaving = added(before, here)
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


def cleared_beside(shipment: Shipment) -> QuerySet[Shipment]:
    """Other shipments still here that finance has cleared as they are."""
    others = Shipment.objects.filter(state__in=STILL_HERE).exclude(pk=shipment.pk)
    return others.filter(written.on_shipment(Signed.CLEARANCE))


def carried(order: Order, shipments: QuerySet[Shipment]) -> dict[int, Decimal]:
    rows = ShipmentLine.objects.filter(line__order=order, shipment__in=shipments).order_by()
    return dict(rows.values_list("line_id").annotate(Sum("quantity")))


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
