"""Moving raw material: each changes one lot's balance and writes its move."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.errors import Refused
from stock.balances import change, positive
from stock.models import MaterialLot, MaterialMove

Kind = MaterialMove.Kind
ADDING = (Kind.OPENED, Kind.RECEIVED, Kind.COUNTED_UP, Kind.PUT_BACK)
TAKING = (Kind.COUNTED_DOWN, Kind.WRITTEN_OFF, Kind.ISSUED)
PROMISING, FREEING = (Kind.RESERVED,), (Kind.FREED,)


def lock(lot_ids: Iterable[int]) -> dict[int, MaterialLot]:
    """The lots, locked oldest id first, as the last of an action's locks. Raises Refused for one that is gone."""
    wanted = set(lot_ids)
    rows = MaterialLot.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    lots = {lot.pk: lot for lot in rows}
    if missing := wanted - lots.keys():
        raise Refused(f"找不到原材料批次（{len(missing)} 个），请刷新后重选。")
    return lots


def add(lot: MaterialLot, kind: str, quantity: Decimal, ref: str, by: Any, at: datetime) -> MaterialLot:
    change(lot, on_hand=positive(quantity))
    return moved(lot, kind, quantity, ref, by, at)


def reserve(lot: MaterialLot, quantity: Decimal, ref: str, by: Any, at: datetime) -> MaterialLot:
    """Promise part of a lot. Raises Refused for more than is free."""
    if not change(lot, reserved=positive(quantity)):
        raise too_little(lot)
    return moved(lot, Kind.RESERVED, quantity, ref, by, at)


def unreserve(lot: MaterialLot, quantity: Decimal, ref: str, by: Any, at: datetime) -> MaterialLot:
    """Take a promise back. Raises Refused for more than is promised."""
    if not change(lot, reserved=-positive(quantity)):
        raise too_little(lot, "已预留", "reserved")
    return moved(lot, Kind.FREED, quantity, ref, by, at)


def take(lot: MaterialLot, kind: str, quantity: Decimal, ref: str, by: Any, at: datetime) -> MaterialLot:
    """Raises Refused for more than is free."""
    if not change(lot, on_hand=-positive(quantity)):
        raise too_little(lot)
    return moved(lot, kind, quantity, ref, by, at)


def too_little(lot: MaterialLot, what: str = "可用", attribute: str = "free") -> Refused:
    lot.refresh_from_db(fields=["on_hand", "reserved"])
    left, unit = getattr(lot, attribute).normalize(), lot.material.unit
    return Refused(f"批次 {lot.number} {what}数量只有 {left:f} {unit}，请减少数量。", field="quantity")


def moved(lot: MaterialLot, kind: str, quantity: Decimal, ref: str, by: Any, at: datetime) -> MaterialLot:
    MaterialMove.objects.create(lot=lot, kind=kind, quantity=quantity, ref=ref[:80], by=by, at=at)
    return lot
