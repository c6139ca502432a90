"""What the store tells people."""

from documents.notices import Kind
from documents.notices import register as add

LOW = Kind("material_low", "原材料低于安全库存", frozenset({"technical", "warehouse"}), frozenset({"warehouse"}))
WRONG = Kind("stock_wrong", "库存与变动不符", frozenset({"admin", "warehouse"}), at_once=True)


def register() -> None:
    add(LOW)
    add(WRONG)
