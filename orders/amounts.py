"""What a line and an order may amount to, said with the line's number; the database's columns hold more than this."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from audit.errors import Refused

if TYPE_CHECKING:
    from orders.models import RevisionLine
    from orders.terms import LineInput

MOST_MONEY = Decimal("99999999999.99")
MOST_QUANTITY = Decimal("99999999.999")
MOST_PRICE = Decimal("9999999.9999")


class LineRefused(Refused):
    """A line out of bounds; `position` counts the lines given, from 1, so that a form can say it beside the field."""

    def __init__(self, position: int, words: str, *, field: str) -> None:
        super().__init__(f"第 {position} 行：{words}", field=field)
        self.position = position
        self.words = words


def check_line(given: "LineInput", position: int) -> None:
    """Bounds of what was typed; the database holds them as well."""
    if given.quantity <= 0:
        raise LineRefused(position, "数量应大于 0。", field="quantity")
    if given.quantity > MOST_QUANTITY:
        raise LineRefused(position, "数量过大，请核对。", field="quantity")
    if given.price is not None and given.price < 0:
        raise LineRefused(position, "单价不能为负。", field="price")
    if not 0 <= given.from_stock <= given.quantity:
        raise LineRefused(position, "现货数量应在 0 和订货数量之间。", field="from_stock")
    if not (0 <= given.tolerance_minus <= 100 and 0 <= given.tolerance_plus <= 100):
        raise LineRefused(position, "允差应在 0 到 100 之间。", field="tolerance_plus")


def check_worth(quantity: Decimal, price: Decimal, position: int) -> None:
    """Of the price in the end, be it typed or the list's."""
    if price > MOST_PRICE:
        raise LineRefused(position, "单价过大，请核对单价（未填单价时取参考价）。", field="price")
    if quantity * price > MOST_MONEY:
        raise LineRefused(position, "金额过大，请核对数量和单价（未填单价时取参考价）。", field="quantity")


def check_total(rows: Iterable["RevisionLine"]) -> None:
    if sum((row.amount for row in rows), Decimal(0)) > MOST_MONEY:
        raise Refused(f"订单总额超过 {MOST_MONEY:,.2f} 元，请核对数量和单价，或分成几张订单。")
