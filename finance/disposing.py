"""Where the goods of a cancelled order go: as the settlement says, line by line, as the order is cancelled."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F

from audit.errors import Refused
from documents.money import trimmed
from finance.models import CancelGoods, CancelSettlement, Goods
from orders.frame import OrderAct
from orders.models import Line, Order, RevisionLine
from orders.reservations import Lying, on_pallets, write_off
from stock import moves

NONE = Decimal(0)
Scrap = Mapping[int, Decimal]


def made_for(order: Order) -> dict[int, Decimal]:
    """By line, what was made for it and lies in stock. What was reserved from stock goes back there in any case."""
    lines = Line.objects.filter(order=order, stocked__gt=F("freed")).order_by("pk")
    return {line.pk: line.stocked - line.freed for line in lines}


def terms_lying(order: Order) -> list[tuple[RevisionLine, Decimal]]:
    """The same, with the line's terms, for a page."""
    lying = made_for(order)
    rows = RevisionLine.objects.filter(revision=order.revision_id, line__in=lying).select_related("product")
    return [(row, lying[row.line_id]) for row in rows.order_by("position")]


def divided(order: Order, goods: str, scrap: Scrap) -> list[tuple[int, Decimal, Decimal]]:
    """(line, what lies there, what of it is scrapped). Raises Refused where something is left without a place."""
    lying = made_for(order)
    if goods == Goods.NONE and lying:
        total = trimmed(sum(lying.values(), NONE))
        raise Refused(f"还有 {total} 成品在库，请选择转库存、报废或两者各一部分。", field="goods")
    if goods != Goods.BOTH:
        return [(line, there, there if goods == Goods.SCRAP else NONE) for line, there in lying.items()]
    if any(not NONE <= part <= lying.get(line, NONE) for line, part in scrap.items()):
        raise Refused("报废数量应在 0 与该行在库数量之间。", field="goods")
    if not NONE < sum(scrap.values(), NONE) < sum(lying.values(), NONE):
        raise Refused("部分转库存、部分报废的，请填写各行的报废数量。", field="goods")
    return [(line, there, scrap.get(line, NONE)) for line, there in lying.items()]


def keep(settlement: CancelSettlement, rows: list[tuple[int, Decimal, Decimal]]) -> None:
    for line, there, part in rows:
        CancelGoods.objects.create(settlement=settlement, line_id=line, quantity=there, scrap=part)


def scrap_settled(act: OrderAct, order: Order) -> None:
    """What the standing settlement scraps is written off, the oldest pallet first; all else is freed after it."""
    rows = CancelGoods.objects.filter(
        settlement__order=order, settlement__signoff__superseded_by__isnull=True, scrap__gt=0
    )
    there = on_pallets(order.lines.order_by().values_list("pk", flat=True))
    # All of the order's pallets, since what is not scrapped is freed next: locked by id once.
    pallets = moves.lock(row.pallet_id for row in there)
    for row in rows.select_related("line").order_by("line"):
        for pallet_id, part in parts(row, there):
            pallet = pallets[pallet_id]
            write_off(
                act, row.line, pallet, part, from_stock=False, ref=order.number, note=f"{order.number} 取消，报废"
            )


def parts(row: CancelGoods, there: list[Lying]) -> list[tuple[int, Decimal]]:
    found, left = [], row.scrap
    for lying in there:
        part = min(left, lying.quantity - lying.from_stock) if lying.line_id == row.line_id else NONE
        if part > 0:
            found.append((lying.pallet_id, part))
            left -= part
    return found
