"""What of a line is still to be made: one definition, for a terms row in hand and for the database (R10, R22).

What was scrapped is made again, so good goods count and not all output; what is to come from stock counts before it
is reserved; what the customer let go (短结) is not made. A tolerance takes nothing off: whoever is content with less
finishes the order.
"""

from decimal import Decimal

from django.db.models import F, Q

from orders.models import RevisionLine


def left_of(row: RevisionLine) -> Decimal:
    """The quantity of these terms that is still to be made, by what the line's ledger says."""
    return left(row.quantity, row.from_stock, row.line.good, row.line.closed_short)


def left(quantity: Decimal, from_stock: Decimal, good: Decimal, closed_short: Decimal) -> Decimal:
    return max(Decimal(0), quantity - closed_short - max(good, from_stock))


def is_left() -> Q:
    """Of a terms row: `left_of` is above nothing."""
    wanted = F("quantity") - F("line__closed_short")
    return Q(line__good__lt=wanted, from_stock__lt=wanted)
