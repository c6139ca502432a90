"""What the store tells people."""

from documents.notices import Kind

LOW = Kind("material_low", "原材料低于安全库存", frozenset({"technical", "warehouse"}), frozenset({"warehouse"}))
WRONG = Kind("stock_wrong", "库存与变动不符", frozenset({"admin", "warehouse"}), at_once=True)
# Whoever may put an arrival off chases it.
OVERDUE = Kind(
    "arrival_overdue", "到料逾期", frozenset({"technical", "warehouse"}), frozenset({"technical", "warehouse"})
)
