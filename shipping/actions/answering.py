"""What the customer noted on their 到货回单 is answered: in words, and where they are right, in the books (R34)."""

from collections.abc import Sequence
from decimal import Decimal

from audit.errors import Refused
from documents.money import trimmed
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order, Shipment, ShipmentLine, ShipmentState, State
from orders.notices import tell
from shipping import queries
from shipping.actions.arriving import make_again, must_not_exceed, own_rows, take_off_bill
from shipping.actions.drafting import record
from shipping.models import Receipt, ReceiptAnswer

# (row, not received in truth, received and not accepted)
Conceded = tuple[ShipmentLine, Decimal, Decimal]


@order_action("answer_receipt", shipment_states={ShipmentState.SIGNED}, adds=True, exposure=True)
def answer_receipt(act: OrderAct, shipment: Shipment, *, words: str, rows: Sequence[Conceded] = ()) -> Shipment:
    """What the customer was answered about the shortage or damage noted on their receipt (R34); `rows` says what of it
    did not arrive or is not accepted after all.

    Raises Refused for more than was recorded as arrived, or on a completed order.
    """
    receipt = Receipt.objects.filter(shipment=shipment).first()
    if receipt is None or receipt.condition == Receipt.Condition.WHOLE:
        raise Refused("回单上没有短少或破损，无须答复。")
    if ReceiptAnswer.objects.filter(receipt=receipt).exists():
        raise Refused("回单上的问题已答复。")
    if not words.strip():
        raise Refused("请写明如何答复客户。", field="words")
    ReceiptAnswer.objects.create(receipt=receipt, words=words.strip(), by=act.by, at=act.at)
    conceded = concede(act, shipment, rows, words.strip()) if rows else []
    said = "；".join([words.strip(), *map(counted, conceded)])
    record(act, shipment, words=said)
    short = {row.line.order_id for row, lost, _ in conceded if lost}
    for order in act.orders.values():
        if order.pk in short:
            make_again(act, order)
        tell(act, order, "receipt_answered", said)
    return shipment


def concede(act: OrderAct, shipment: Shipment, rows: Sequence[Conceded], words: str) -> list[Conceded]:
    """Take back what had been recorded as arrived: lost, or refused and to come back."""
    known = own_rows(shipment, [row for row, _, _ in rows])
    fates = queries.fates(shipment)
    conceded = [(known[row.pk], lost, refused) for row, lost, refused in rows]
    for row, lost, refused in conceded:
        field = f"q-{row.pk}-{'l' if lost else 'r'}"
        if min(lost, refused) < 0:
            raise Refused("数量不能为负。", field=field)
        must_not_be_completed(act.orders[row.line.order_id], field)
        must_not_exceed(row, lost + refused, fates[row.line_id, row.pallet_id].arrived, "已到货", field)
        # First off what arrived: the database holds that what arrived and what is lost are within what left.
        facts = {EntryKind.ARRIVED: -lost - refused, EntryKind.LOST: lost, EntryKind.REFUSED: refused}
        for kind, quantity in facts.items():
            if quantity:
                post(act, row.line, kind, quantity, pallet=row.pallet, shipment=shipment, note=words[:500])
    take_off_bill(act, [(row, lost) for row, lost, _ in conceded])
    return conceded


def must_not_be_completed(order: Order, field: str) -> None:
    if order.state == State.COMPLETED:
        raise Refused(
            f"{order.number} 已完成，数量不能再改：先由客服主管「重开」，或不填数量、按售后另行补发。", field=field
        )


def counted(row: Conceded) -> str:
    of, lost, refused = row
    parts = [f"{word} {trimmed(quantity)}" for word, quantity in (("未收到", lost), ("拒收", refused)) if quantity]
    return f"{of.pallet.number} {'、'.join(parts)}"
