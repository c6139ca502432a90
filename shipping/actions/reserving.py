"""The warehouse's written reservation of stock (R6): it stands for the sign-offs that a stock part has no need of."""

from collections.abc import Iterable
from decimal import Decimal

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Line, Order, Revision, RevisionLine, State, Status
from orders.models.order import ENDED
from orders.reservations import free, on_pallets
from stock import moves
from stock.models import Pallet

Pick = tuple[Line, Pallet, Decimal]

RESERVABLE = (Status.PROPOSED, Status.APPROVED, Status.IN_FORCE)
OPEN_ORDER = [state for state in State if state not in ENDED]


@order_action("reserve_stock", states=OPEN_ORDER, statuses=RESERVABLE)
def reserve_stock(act: OrderAct, revision: Revision, *, picks: list[Pick]) -> Order:
    """Promise released pallets to lines of `revision`, at most what its stock part still wants (R6).

    Raises Refused for another product, an unreleased or expired lot, or more than is wanted or free.
    """
    terms = terms_of(revision, picks)
    pallets = moves.lock(pallet.pk for _, pallet, _ in picks)
    wanted = {pk: row.from_stock + row.line.lost - row.line.reserved for pk, row in terms.items()}
    for line, chosen, quantity in picks:
        row, pallet = terms[line.pk], pallets[chosen.pk]
        must_fit(act, row, pallet, quantity, wanted[line.pk])
        moves.reserve(pallet, quantity, act.order.number, act.by, act.at)
        post(act, row.line, EntryKind.RESERVED, quantity, pallet=pallet)
        wanted[line.pk] -= quantity
    act.record(act.order, revision=revision.number, picks=as_words(terms, picks))
    return act.order


@order_action("release_reservation", states=OPEN_ORDER)
def release_reservation(act: OrderAct, revision: Revision, *, picks: list[Pick]) -> Order:
    """Take reservations back: stock is anybody's again (R6). Raises Refused for more than lies there reserved."""
    order = act.order
    lines = Line.objects.filter(order=order).in_bulk([line.pk for line, _, _ in picks])
    lying = {(row.line_id, row.pallet_id): row.from_stock for row in on_pallets(lines)}
    pallets = moves.lock(pallet.pk for _, pallet, _ in picks)
    for line, chosen, quantity in need_picks(picks):
        left = lying.get((line.pk, chosen.pk), Decimal(0))
        if line.pk not in lines or not 0 < quantity <= left:
            raise Refused(f"托盘 {chosen.number} 为此单预留的只有 {left.normalize():f}。", field="quantity")
        free(act, lines[line.pk], pallets[chosen.pk], quantity, from_stock=True, ref=order.number, note=act.reason)
        lying[line.pk, chosen.pk] = left - quantity
    act.record(order, picks=[[line.number, pallet.number, quantity] for line, pallet, quantity in picks])
    return order


def need_picks(picks: list[Pick]) -> list[Pick]:
    if not picks:
        raise Refused("请至少填写一个数量。")
    return picks


def terms_of(revision: Revision, picks: list[Pick]) -> dict[int, RevisionLine]:
    """The terms of the lines picked. Raises Refused for a line that this revision does not have."""
    wanted = {line.pk for line, _, _ in need_picks(picks)}
    found = revision.lines.filter(line__in=wanted).select_related("line", "product")
    terms = {row.line_id: row for row in found}
    if wanted - terms.keys():
        raise Refused("有一行不属于这张订单的现行版本，请刷新后重填。")
    return terms


def must_fit(act: OrderAct, row: RevisionLine, pallet: Pallet, quantity: Decimal, wanted: Decimal) -> None:
    if pallet.lot.product_id != row.product_id:
        raise Refused(f"托盘 {pallet.number} 不是第 {row.position} 行的产品 {row.product.code}，请另选。")
    moves.must_be_in_date(pallet, act.at)
    if quantity > wanted:
        raise Refused(
            f"第 {row.position} 行现货还需预留 {max(wanted, Decimal(0)).normalize():f} {row.unit}，请减少数量。",
            field="quantity",
        )


def as_words(terms: dict[int, RevisionLine], picks: Iterable[Pick]) -> list[list[object]]:
    return [[terms[line.pk].position, pallet.number, quantity] for line, pallet, quantity in picks]
