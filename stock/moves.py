"""Moving stock: plain functions for the actions of other departments, called under those actions' locks.

Each changes one balance and writes its `Move`. Lock first with `lock`, by id, as the last of the frame's locks.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.records import save
from audit.errors import Refused
from catalog.models import Product
from documents.numbering import business_day
from stock.balances import change, positive
from stock.models import Lot, Move, Pallet

Kind = Move.Kind


def lock(pallet_ids: Iterable[int]) -> dict[int, Pallet]:
    """The pallets, locked oldest id first so that two packers cannot deadlock, each with its lot as it stands now."""
    wanted = set(pallet_ids)
    locked = Pallet.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    pallets = {pallet.pk: pallet for pallet in locked}
    # In a later statement: the locking one would show a lot as it was before the wait.
    lots = Lot.objects.select_related("product").in_bulk({pallet.lot_id for pallet in pallets.values()})
    for pallet in pallets.values():
        pallet.lot = lots[pallet.lot_id]
    if missing := wanted - pallets.keys():
        raise Refused(f"找不到托盘（{len(missing)} 个），请刷新后重选。")
    return pallets


def lot_of(
    product: Product,
    number: str,
    *,
    made_on: date,
    shelf_until: date | None = None,
    source: str = Lot.Source.PRODUCTION,
    status: str = Lot.Status.QUARANTINED,
) -> Lot:
    """The lot of that number, made if there is none. Raises Refused when the number is another product's."""
    known = Lot.objects.select_related("product").filter(number=number).first()
    if known is None:
        return save(
            Lot(
                product=product,
                number=number,
                made_on=made_on,
                shelf_until=shelf_until,
                source=source,
                status=status,
            )
        )
    if known.product_id != product.pk:
        raise Refused(f"批号 {number} 已用于产品 {known.product.code}，请换一个批号。", field="number")
    return known


def receive(
    lot: Lot,
    *,
    number: str,
    quantity: Decimal,
    pieces: int,
    ref: str,
    by: Any,
    at: datetime,
    kind: str = Kind.RECEIVED,
) -> Pallet:
    """A new pallet of `lot` with what was put on it."""
    if lot.status == Lot.Status.SCRAPPED:
        raise Refused(f"批次 {lot.number} 已报废，不能入库。")
    pallet = save(Pallet(lot=lot, number=number, pieces=pieces, on_hand=positive(quantity)))
    return moved(pallet, kind, quantity, ref, by, at)


def reserve(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """Promise part of a released pallet to someone (R6)."""
    must_be_released(pallet)
    if not change(pallet, reserved=positive(quantity)):
        raise too_little(pallet, "可用", "free")
    return moved(pallet, Kind.RESERVED, quantity, ref, by, at)


def unreserve(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """Take a promise back."""
    if not change(pallet, reserved=-positive(quantity)):
        raise too_little(pallet, "已预留", "reserved")
    return moved(pallet, Kind.FREED, quantity, ref, by, at)


def ship_out(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """What was reserved leaves the house; only from a released lot within its shelf life."""
    must_be_released(pallet)
    must_be_in_date(pallet, at)
    if not change(pallet, on_hand=-positive(quantity), reserved=-quantity):
        raise too_little(pallet, "已预留", "reserved")
    return moved(pallet, Kind.SHIPPED, quantity, ref, by, at)


def put_back(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """Goods that came back lie on the pallet again, free; reserve them anew where they are still promised."""
    change(pallet, on_hand=positive(quantity))
    return moved(pallet, Kind.PUT_BACK, quantity, ref, by, at)


def write_off(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """What is free is scrapped; a promised quantity is taken back first."""
    return taken(pallet, Kind.WRITTEN_OFF, quantity, ref, by, at)


def take_back(pallet: Pallet, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """What was received leaves the books again, to be inspected anew: no scrap."""
    return taken(pallet, Kind.TAKEN_BACK, quantity, ref, by, at)


def taken(pallet: Pallet, kind: str, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    if not change(pallet, on_hand=-positive(quantity)):
        raise too_little(pallet, "可用", "free")
    return moved(pallet, kind, quantity, ref, by, at)


def moved(pallet: Pallet, kind: str, quantity: Decimal, ref: str, by: Any, at: datetime) -> Pallet:
    """Keep the move."""
    Move.objects.create(pallet=pallet, kind=kind, quantity=quantity, ref=ref, by=by, at=at)
    return pallet


def must_be_released(pallet: Pallet) -> None:
    if pallet.lot.status != Lot.Status.RELEASED:
        raise Refused(f"批次 {pallet.lot.number} {pallet.lot.get_status_display()}，须质检放行后才能预留或出库。")


def must_be_in_date(pallet: Pallet, at: datetime) -> None:
    lot = pallet.lot
    if lot.shelf_until and lot.shelf_until < business_day(at):
        raise Refused(f"托盘 {pallet.number} 的批次 {lot.number} 保质期至 {lot.shelf_until}，已过期，请另选。")


def too_little(pallet: Pallet, what: str, attribute: str) -> Refused:
    pallet.refresh_from_db(fields=["on_hand", "reserved"])
    left = getattr(pallet, attribute).normalize()
    unit = pallet.lot.product.unit
    return Refused(f"托盘 {pallet.number} {what}数量只有 {left:f} {unit}，请减少数量或另选托盘。", field="quantity")
