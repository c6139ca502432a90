"""Quality receives what passed into stock, and what becomes of goods that are no good any more (R23)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.errors import Refused
from audit.models import Event
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order, RevisionLine, State
from orders.models.order import RELEASED
from orders.notices import tell
from orders.reservations import on_pallets, write_off
from production.actions.excess import line_in_force
from production.gates.shared import IN_FORCE, plain
from production.models import Batch, BatchStatus, PalletReceived
from quality.actions.inspection import back_if_short, set_lot
from quality.measures import converted, unit_named
from quality.papers import terms_of
from stock import moves
from stock.models import Lot, Pallet

ZERO = Decimal(0)


@dataclass(frozen=True)
class Put:
    """What was put on one pallet, in the line's unit or in `unit`; its number is given by the house where none is
    typed."""

    quantity: Decimal
    pieces: int
    number: str = ""
    unit: str = ""
    weighed_kg: Decimal | None = None


@order_action("receive_into_stock", states={State.PRODUCTION, State.QUALITY}, adds=True)
def receive_into_stock(act: OrderAct, batch: Batch, *, pallets: list[Put], shelf_until: date | None = None) -> Order:
    """Accepted goods go on pallets of a released lot, reserved for their line; sales is told (R23, R26).

    Raises Refused for a batch that has not passed, for more than is left of it, and for a unit that the product's
    specification doesn't tell in the line's.
    """
    if batch.status != BatchStatus.ACCEPTED:
        raise Refused(f"批次 {batch.number} 现为「{batch.get_status_display()}」，检验合格并会签后才能入库。")
    if not pallets or any(put.quantity <= 0 for put in pallets):
        raise Refused("请填写每个托盘的数量，应大于 0。", field="quantity")
    terms = terms_of(batch)
    quantities = [in_unit_of(terms, put) for put in pallets]
    total = sum(quantities, ZERO)
    if total > batch.to_stock:
        raise Refused(f"此批待入库只有 {plain(batch.to_stock)}，请核对托盘数量。", field="quantity")
    lot = released_lot(act, batch, shelf_until)
    there = lot.pallets.count()
    for index, (put, quantity) in enumerate(zip(pallets, quantities, strict=True), there + 1):
        pallet = moves.receive(
            lot,
            number=put.number.strip() or f"{batch.number}-{index:02d}",
            quantity=quantity,
            pieces=put.pieces,
            ref=act.order.number,
            by=act.by,
            at=act.at,
        )
        pallet.lot = lot
        moves.reserve(pallet, quantity, act.order.number, act.by, act.at)
        post(act, batch.line, EntryKind.STOCKED, quantity, pallet=pallet, note=batch.number)
        keep_receipt(act, batch, pallet, put, terms.unit)
    batch.stocked += total
    batch.version += 1
    batch.save()
    act.record(act.order, batch=batch.number, quantity=total, pallets=len(pallets))
    tell(act, act.order, "stocked")
    return act.order


def in_unit_of(terms: RevisionLine, put: Put) -> Decimal:
    """The pallet's quantity as the line counts."""
    if put.weighed_kg is not None and put.weighed_kg <= 0:
        raise Refused("过磅重量应大于 0。", field="weighed_kg")
    unit = put.unit or terms.unit
    quantity = converted(terms.product, put.quantity, unit, terms.unit)
    if quantity is None:
        raise Refused(f"产品规格不足以把 {unit} 折算成 {terms.unit}，请按 {terms.unit} 填写。", field="unit")
    if quantity <= 0:
        raise Refused(f"{plain(put.quantity)} {unit} 折合不到 0.001 {terms.unit}，请核对。", field="quantity")
    return quantity


def keep_receipt(act: OrderAct, batch: Batch, pallet: Pallet, put: Put, unit: str) -> None:
    """As it was counted, and what it weighed: by weight is weighed."""
    unit = put.unit or unit
    weighed = put.quantity if unit_named(unit) == "kg" and put.weighed_kg is None else put.weighed_kg
    PalletReceived.objects.create(
        batch=batch, pallet=pallet, quantity=put.quantity, unit=unit, weighed_kg=weighed, by=act.by, at=act.at
    )


def released_lot(act: OrderAct, batch: Batch, shelf_until: date | None) -> Lot:
    """The lot of a batch has its number; released now where the withdrawal of an inspection had quarantined it.

    Raises Refused where quality holds the lot back for a reason of its own.
    """
    terms = RevisionLine.objects.select_related("product").get(line=batch.line_id, revision__status=IN_FORCE)
    known = moves.lot_of(
        terms.product,
        batch.number,
        made_on=batch.made_on,
        shelf_until=shelf_until,
        status=Lot.Status.RELEASED,
    )
    lot = Lot.objects.select_for_update(no_key=True).get(pk=known.pk)
    if lot.status == Lot.Status.QUARANTINED:
        if not withdrawn(lot):
            raise Refused(f"批次 {lot.number} 已隔离，请先放行。")
        set_lot(act, lot, Lot.Status.RELEASED)
    return lot


def withdrawn(lot: Lot) -> bool:
    """Whether the last that was said of the lot is the withdrawal of its inspection."""
    said = Event.objects.filter(subject_kind="lot", subject_id=lot.pk).order_by("-seq")
    return said.values_list("action", flat=True).first() == "withdraw_inspection"


@order_action("scrap_goods", states=RELEASED)
def scrap_goods(act: OrderAct, order: Order, *, line_id: int, pallet_id: int, quantity: Decimal) -> Order:
    """Goods of this order that lie in stock are no good any more: written off, and to be made again where short.

    Raises Refused for more than lies there for the line.
    """
    act.need_reason()
    terms = line_in_force(act.order, line_id)
    line = terms.line
    row = next((row for row in on_pallets([line.pk]) if row.pallet_id == pallet_id), None)
    if row is None or not ZERO < quantity <= row.quantity:
        there = plain(row.quantity) if row else "0"
        raise Refused(f"该托盘上属于此行的只有 {there}，请核对。", field="quantity")
    pallet = moves.lock([pallet_id])[pallet_id]
    from_stock = min(quantity, row.from_stock)
    for part, was_reserved in ((from_stock, True), (quantity - from_stock, False)):
        if part:
            write_off(act, line, pallet, part, from_stock=was_reserved, ref=act.order.number, note=act.reason)
    act.record(act.order, line=line.number, pallet=pallet.number, quantity=quantity)
    back_if_short(act)
    return act.order
