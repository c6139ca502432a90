"""Raw material promised to the lines of an order that is made: what is promised, promising it, giving it back (R9).

A promise is a ledger row of the line and a move of the lot, both under the order's lock and then the lots'.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from documents.numbering import business_day
from orders.frame import OrderAct
from orders.models import Order, RevisionLine, State, Status
from production import materials, statements
from production.actions.anomalies import raise_by_itself
from production.models import AnomalyKind, MaterialReserved
from stock import promises
from stock.materials import moves
from stock.materials import queries as store
from stock.models import MaterialLot

Promised = dict[tuple[int, int], Decimal]
ZERO = Decimal(0)


def promised(order: Order) -> Promised:
    """By line and lot, what is promised now; one query."""
    rows = (
        MaterialReserved.objects.filter(order=order)
        .order_by()
        .values("line_id", "lot_id")
        .annotate(left=Sum("quantity"))
        .filter(left__gt=0)
    )
    return {(row["line_id"], row["lot_id"]): row["left"] for row in rows}


def differing() -> promises.Differing:
    """The lots whose reserved quantity is not what the lines' ledger says is promised."""
    rows = MaterialReserved.objects.filter(lot=OuterRef("pk")).order_by().values("lot")
    kept = Subquery(rows.annotate(left=Sum("quantity")).values("left"))
    found = MaterialLot.objects.annotate(ledger=Coalesce(kept, ZERO, output_field=store.QUANTITY))
    wrong = found.exclude(reserved=F("ledger")).order_by("pk")
    return list(wrong.values_list("number", "reserved", "ledger"))


def promise_or_ask(act: OrderAct, order: Order) -> None:
    """Promise, and ask for a plan for each line that lacks more than its material statement did when it was signed."""
    promise(act, order)
    for row, words in unsaid(order):
        raise_by_itself(act, order, row.line, AnomalyKind.MATERIAL, f"第 {row.position} 行未能预留：{words}。")


def unsaid(order: Order) -> list[tuple[RevisionLine, str]]:
    """Each line with the materials that are not promised to it, beyond what its statement said was short."""
    lacking = [want for want in wanted_by(order) if want.lacks > 0]
    signed = statements.standing(want.row for want in lacking)
    stood = statements.stood_on(signed.values(), {want.material.pk for want in lacking})
    found: dict[int, tuple[RevisionLine, list[str]]] = {}
    for want in lacking:
        statement = signed.get(want.row.line_id)
        said = stood[statement.pk, want.material.pk].short if statement else ZERO
        if want.lacks > said:
            found.setdefault(want.row.line_id, (want.row, []))[1].append(in_words(want, said))
    return [(row, "；".join(words)) for row, words in found.values()]


def in_words(want: materials.Want, said: Decimal) -> str:
    plain, unit = materials.plain, want.material.unit
    return f"{want.material.name}缺 {plain(want.lacks)} {unit}，书面说明所缺 {plain(said)} {unit}"


def wanted_by(order: Order) -> list[materials.Want]:
    """What the terms in force want; nothing where the order is not being made."""
    return materials.wants(order, to_make(order)) if order.state == State.PRODUCTION else []


def promise(act: OrderAct, order: Order) -> None:
    """Promise anew what the terms in force still need, oldest lots first, as far as it lies free; nothing where the
    order is not being made."""
    wanted = wanted_by(order)
    held = promised(order)
    lots = lock_lots(act, {want.material.pk for want in wanted}, held)
    give_back(act, order, held, lots)
    for want in wanted:
        left = want.due
        for lot in sorted(lots.values(), key=lambda each: (each.received_on, each.pk)):
            part = min(left, lot.free) if lot.material_id == want.material.pk and is_usable(act, lot) else ZERO
            if part > 0:
                moves.reserve(lot, part, order.number, act.by, act.at)
                write(act, order, want.row.line_id, lot, part)
                left -= part


def lock_lots(act: OrderAct, material_ids: Iterable[int], held: Promised) -> dict[int, MaterialLot]:
    """The lots that may be promised or given back, all locked together by id."""
    there = MaterialLot.objects.filter(
        store.usable(business_day(act.at)), material__in=material_ids, on_hand__gt=F("reserved")
    )
    return moves.lock({*there.values_list("pk", flat=True), *(lot for _, lot in held)})


def lock_promised(orders: Iterable[int]) -> None:
    """All lots promised to these orders, together and by id, before any of them is trimmed: two sheets of different
    orders that took them order by order could wait for each other."""
    rows = MaterialReserved.objects.filter(order__in=list(orders)).order_by().values("lot_id")
    moves.lock(rows.annotate(left=Sum("quantity")).filter(left__gt=0).values_list("lot_id", flat=True))


def is_usable(act: OrderAct, lot: MaterialLot) -> bool:
    return lot.shelf_until is None or lot.shelf_until >= business_day(act.at)


def to_make(order: Order) -> list[RevisionLine]:
    rows = RevisionLine.objects.filter(revision__order=order, revision__status=Status.IN_FORCE)
    return [row for row in rows.select_related("product", "line").order_by("position") if row.to_make > 0]


def free_promised(act: OrderAct, order: Order) -> None:
    """All that is promised to the order is anybody's again."""
    held = promised(order)
    give_back(act, order, held, lock_lots(act, (), held))


def trim(act: OrderAct, order: Order) -> None:
    """Give back what is promised beyond what is still to be made, the newest lots first."""
    held = promised(order)
    if not held:
        return
    lots = lock_lots(act, (), held)
    due = {(want.row.line_id, want.material.pk): want.due for want in materials.wants(order, to_make(order))}
    too_much: Promised = {}
    for (line, lot), quantity in sorted(held.items(), key=lambda each: (lots[each[0][1]].received_on, each[0])):
        key = (line, lots[lot].material_id)
        kept = min(quantity, due.get(key, ZERO))
        due[key] = due.get(key, ZERO) - kept
        if kept < quantity:
            too_much[line, lot] = quantity - kept
    give_back(act, order, too_much, lots)


def give_back(act: OrderAct, order: Order, held: Promised, lots: dict[int, MaterialLot]) -> None:
    for (line, lot), quantity in sorted(held.items()):
        moves.unreserve(lots[lot], quantity, order.number, act.by, act.at)
        write(act, order, line, lots[lot], -quantity)


def write(act: OrderAct, order: Order, line_id: int, lot: MaterialLot, quantity: Decimal) -> None:
    MaterialReserved.objects.create(order=order, line_id=line_id, lot=lot, quantity=quantity, by=act.by, at=act.at)
