"""A balance: what there is, and what of it is promised. It never goes below zero nor is promised twice: each change is
one conditional UPDATE, and a CHECK stands behind it."""

from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from audit.errors import Refused
from audit.prepared import call

NOTHING = Decimal(0)


def change(held: Any, *, on_hand: Decimal = NOTHING, reserved: Decimal = NOTHING) -> bool:
    """Add to what `held` (a pallet or a material lot) holds and promises; False, and nothing changed, where it cannot.

    The new balance stands on `held`.
    """
    with connection.cursor() as cursor:
        cursor.execute(*call(changing(held._meta.concrete_model), [held.pk, on_hand, reserved]))
        row = cursor.fetchone()
    if row:
        held.on_hand, held.reserved = row
    return row is not None


@cache
def changing(model: Any) -> str:
    return (
        f"UPDATE {connection.ops.quote_name(model._meta.db_table)} "  # noqa: S608 (a table's name, no input)
        "SET on_hand = on_hand + $2::numeric, reserved = reserved + $3::numeric "
        "WHERE id = $1::bigint AND reserved + $3::numeric BETWEEN 0 AND on_hand + $2::numeric "
        "RETURNING on_hand, reserved"
    )


def positive(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise Refused("数量应大于 0。", field="quantity")
    return quantity
