"""What can be done to stock by itself; reserving and shipping are done by the orders' actions through `stock.moves`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.errors import Forbidden, Refused
from audit.frame import Act, action, permitted
from catalog.models import Product
from catalog.rereads import queue_reread
from stock import moves
from stock.models import Lot, Move, Pallet

Status = Lot.Status


@dataclass(frozen=True)
class Opening:
    """A pallet that lies there on the day the program begins."""

    quantity: Decimal
    pieces: int = 0
    number: str = ""


@action("open_stock", system=True)
def open_stock(
    act: Act,
    subject: None,
    *,
    product: Product,
    lot_number: str,
    made_on: date,
    pallets: Sequence[Opening],
    shelf_until: date | None = None,
    status: str = Status.QUARANTINED,
) -> Lot:
    """Take an opening balance in: a lot and its pallets. It is quarantined until quality releases it.

    Raises Refused without a pallet or where the number is taken; Forbidden for released stock without quality's right.
    """
    if not pallets:
        raise Refused("请至少填写一个托盘。")
    if status != Status.QUARANTINED and act.by and not permitted(act.by, "release_lot"):
        raise Forbidden("只有质检可以放行批次；请先按待检入库。")
    if Lot.objects.filter(number=lot_number).exists():
        raise Refused(f"批号 {lot_number} 已存在，请换一个批号。", field="lot_number")
    lot = moves.lot_of(
        product, lot_number, made_on=made_on, shelf_until=shelf_until, source=Lot.Source.IMPORT, status=status
    )
    for count, given in enumerate(pallets, start=1):
        moves.receive(
            lot,
            number=given.number or f"{lot_number}-{count:02d}",
            quantity=given.quantity,
            pieces=given.pieces,
            ref="期初",
            by=act.by,
            at=act.at,
            kind=Move.Kind.OPENED,
        )
    act.record(lot, to=lot.status, pallets=len(pallets))
    queue_reread(act, "product", [product.pk])
    return lot


@action("release_lot", system=True)
def release_lot(act: Act, lot: Lot) -> Lot:
    """Quality lets the lot be reserved and shipped."""
    if lot.status == Status.SCRAPPED:
        raise Refused(f"批次 {lot.number} 已报废，不能放行。")
    return restated(act, lot, Status.RELEASED)


@action("quarantine_lot")
def quarantine_lot(act: Act, lot: Lot) -> Lot:
    """Quality holds the lot back; what is reserved of it stays so, but doesn't leave the house."""
    reason_given(act)
    if lot.status == Status.SCRAPPED:
        raise Refused(f"批次 {lot.number} 已报废。")
    return restated(act, lot, Status.QUARANTINED)


@action("scrap_lot")
def scrap_lot(act: Act, lot: Lot) -> Lot:
    """Quality writes all of the lot off. Raises Refused while part of it is promised to an order."""
    reason_given(act)
    pallets = moves.lock(Pallet.objects.filter(lot=lot).values_list("pk", flat=True))
    for pallet in pallets.values():
        if pallet.reserved:
            raise Refused(f"托盘 {pallet.number} 还有 {pallet.reserved.normalize():f} 已预留，请先取消预留。")
        if pallet.on_hand:
            moves.write_off(pallet, pallet.on_hand, act.reason[:80], act.by, act.at)
    return restated(act, lot, Status.SCRAPPED)


def restated(act: Act, lot: Lot, status: str) -> Lot:
    """Give the lot its new status, under its pallets' locks: whoever reserves holds one of them and reads it then."""
    if lot.status == status:
        raise Refused(f"批次 {lot.number} 已经是「{Status(status).label}」。")
    moves.lock(Pallet.objects.filter(lot=lot).values_list("pk", flat=True))
    old, lot.status = lot.status, status
    lot.version += 1
    lot.save(update_fields=["status", "version"])
    act.record(lot, from_=old, to=status)
    queue_reread(act, "product", [lot.product_id])
    return lot


def reason_given(act: Act) -> None:
    if not act.reason:
        raise Refused("请填写原因。", field="reason")
