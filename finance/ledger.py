"""Posting money on an order, under its lock: the entry and the running facts on the order."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.errors import Refused
from audit.frame import Act
from documents.money import cents
from finance.models import EntryKind, Method, MoneyEntry
from finance.promises import judge
from orders import written
from orders.frame import OrderAct
from orders.models import Order, Shipment, ShipmentLine, Signed, SignOff
from orders.notices import tell
from orders.shares import STILL_HERE
from orders.signing import withdraw


def post(act: Act, order: Order, kind: EntryKind, amount: Decimal, **facts: Any) -> MoneyEntry:
    """One move of money and what it changes on the order; the frame saves the order."""
    entry = MoneyEntry.objects.create(order=order, kind=kind, amount=amount, by=act.by, at=act.at, **facts)
    if kind == EntryKind.WRITTEN_OFF:
        order.written_off += amount
    else:
        order.received += amount
        note_deposit(order, act.at)
    judge(order, act.at)
    return entry


def note_deposit(order: Order, at: datetime) -> None:
    """When the deposit was complete; nothing again once a reversal or refund has taken it away."""
    due = order.revision.deposit_due if order.revision else Decimal(0)
    if due <= 0 or order.received < due:
        order.deposit_at = None
    elif order.deposit_at is None:
        order.deposit_at = at


def checked(amount: Decimal, field: str = "amount") -> Decimal:
    """An amount of money as one may type it. Raises Refused."""
    if amount <= 0:
        raise Refused("金额应大于 0。", field=field)
    if amount != cents(amount):
        raise Refused("金额最多两位小数。", field=field)
    return amount


def checked_way_back(method: str, bank_ref: str) -> str:
    """How money is sent back, and the bank's reference of it as it is kept. Raises Refused."""
    if method not in Method.values:
        raise Refused("请选择退款方式。", field="method")
    if not bank_ref.strip():
        raise Refused("请填写退款的银行流水号。", field="bank_ref")
    return bank_ref.strip()


def cleared_shipments(order_ids: list[int]) -> list[SignOff]:
    """The living 款项落实 of shipments on these orders that have not left."""
    on_orders = ShipmentLine.objects.filter(line__order__in=order_ids).values("shipment_id")
    shipments = Shipment.objects.filter(pk__in=on_orders, state__in=STILL_HERE)
    rows = SignOff.objects.live().filter(kind=Signed.CLEARANCE, verdict__in=written.OK, shipment__in=shipments)
    return list(rows.select_related("shipment").order_by("shipment_id"))


def withdraw_clearances(act: OrderAct, order_ids: list[int]) -> None:
    """Money went away again: what was cleared on these orders and is still here is not cleared any more.

    Other orders on such a shipment hear of it too; they are not locked here, so no event is chained to them.
    """
    for signoff in cleared_shipments(order_ids):
        withdraw(act, signoff)
        assert signoff.shipment is not None  # noqa: S101 (selected by its shipment)
        act.record(signoff.shipment, action="withdraw_clearance")
        on = ShipmentLine.objects.filter(shipment=signoff.shipment).values_list("line__order_id", flat=True)
        for order in Order.objects.filter(pk__in=on).order_by("pk"):
            if order.pk in act.orders:
                act.record(order, action="withdraw_clearance", shipment=signoff.shipment.number)
            tell(act, order, "clearance_withdrawn", words=signoff.shipment.number)
