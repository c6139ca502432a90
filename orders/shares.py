"""What goods are worth and what of it is due before they leave: the one place where shipping and finance count.

A line's worth is its price × quantity, rounded once over all that went out on it, never part by part: so three
partial shipments add up to the line's amount to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from audit.errors import Refused
from documents.money import cents
from orders.digests import of_shipment
from orders.models import Line, Order, RevisionLine, Shipment, ShipmentLine, ShipmentState

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)
# Drafted or noticed: not with the customer yet.
STILL_HERE = (ShipmentState.DRAFT, ShipmentState.NOTICED)

Quantities = Mapping[int, Decimal]


def percent_of(percent: Decimal, amount: Decimal) -> Decimal:
    return cents(amount * percent / HUNDRED)


def amount_of(terms: RevisionLine, quantity: Decimal) -> Decimal:
    """The worth with tax of `quantity` on these terms."""
    return cents(terms.price * quantity)


def terms_of(order: Order) -> dict[int, RevisionLine]:
    """The terms in force (before release, the ones shown) by line id."""
    return {terms.line_id: terms for terms in RevisionLine.objects.filter(revision=order.revision_id)}


def terms_of_all(orders: Iterable[Order]) -> dict[int, dict[int, RevisionLine]]:
    """The same of each of these orders, by order id; one query."""
    revisions = {order.revision_id: order.pk for order in orders}
    found: dict[int, dict[int, RevisionLine]] = {pk: {} for pk in revisions.values()}
    for row in RevisionLine.objects.filter(revision__in=revisions):
        found[revisions[row.revision_id]][row.line_id] = row
    return found


def worth(terms: Mapping[int, RevisionLine], quantities: Quantities) -> Decimal:
    """What these quantities of an order's lines are worth together."""
    total = ZERO
    for line_id, quantity in quantities.items():
        if quantity and line_id not in terms:
            raise Refused("发货明细中有一行已不在订单的现行版本中，请先核对改单。")
        if quantity:
            total += amount_of(terms[line_id], quantity)
    return total


def step_worth(terms: Mapping[int, RevisionLine], before: Quantities, step: Quantities) -> Decimal:
    """What `step` adds to the worth of what had gone `before`."""
    after = {line: before.get(line, Decimal(0)) + step.get(line, Decimal(0)) for line in {*before, *step}}
    return worth(terms, after) - worth(terms, before)


def out_of(order: Order) -> dict[int, Decimal]:
    """What of each line is with the customer or on the way."""
    return dict(Line.objects.filter(order=order).values_list("pk", "out"))


def bill(order: Order, moved: Quantities) -> Decimal:
    """The change of `order.billed` after `moved` was posted as shipped (returned or lost: negative).

    Call it after the ledger, then `order.billed += bill(order, moved)`. Goods shipped at an earlier price keep it.
    """
    after = out_of(order)
    before = {line: quantity - moved.get(line, Decimal(0)) for line, quantity in after.items()}
    return step_worth(terms_of(order), before, moved)


def quantities_of(lines: Iterable[ShipmentLine]) -> dict[int, dict[int, Decimal]]:
    """Order id → line id → quantity. Give lines with `line` selected."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in lines:
        found[row.line.order_id][row.line_id] += row.quantity
    return found


def due_before(order: Order, value: Decimal) -> Decimal:
    """What of `value` the order's terms want paid before it leaves."""
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    return percent_of(order.revision.share_before_shipping, value)


def values_of(lines: Iterable[ShipmentLine]) -> dict[int, tuple[Decimal, Decimal]]:
    """Order id → (worth, due before shipping) of these lines of a shipment, whatever else goes out beside it.

    So a shipment's figures, and what was signed on them, stand until its own lines or terms change.
    """
    carried = quantities_of(lines)
    orders = Order.objects.select_related("revision").in_bulk(list(carried))
    found = {}
    for order_id, quantities in carried.items():
        value = worth(terms_of(orders[order_id]), quantities)
        found[order_id] = (value, due_before(orders[order_id], value))
    return found


def value_of(lines: Iterable[ShipmentLine]) -> Decimal:
    return sum((value for value, _ in values_of(lines).values()), ZERO)


def restate(shipment: Shipment) -> None:
    """Set value, due_before and digest from the shipment's saved lines and the terms now; the caller saves.

    Called wherever lines, address or terms change; signatures that saw something else stop counting by themselves.
    """
    lines = list(shipment.lines.select_related("line").order_by("id"))
    values = values_of(lines)
    shipment.value = sum((value for value, _ in values.values()), ZERO)
    shipment.due_before = sum((due for _, due in values.values()), ZERO)
    shipment.digest = of_shipment(shipment, lines)
