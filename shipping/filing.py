"""Shipping's papers in an order's file: notice, delivery note, advice, signed receipt, hand-over (R32)."""

from collections import defaultdict
from collections.abc import Sequence

from orders.filing import Item, newest
from orders.models import Order, Shipment, ShipmentLine, Signed, SignOff
from orders.models.revision import DeliveryWay
from shipping.models import Receipt
from shipping.road import NOT_ALL_LOST, RECEIVED

PAPERS = (("dispatch_notice", "发货通知单"), ("delivery_note", "销售发货单"), ("dispatch_advice", "发货告知书"))
# What asks for the customer's receipt, as the gate does, and for the month's hand-over.
ENDS = (RECEIVED, NOT_ALL_LOST)


def of_shipments(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """Of every shipment that left with something of the order on it."""
    pairs = ShipmentLine.objects.filter(line__order__in=orders, shipment__dispatched_at__isnull=False)
    rows = pairs.select_related(
        "shipment__receipt__paper", "shipment__receipt__answer", "shipment__handed_over", "line"
    ).order_by("shipment_id")
    shipments = {(row.line.order_id, row.shipment_id): row.shipment for row in rows}
    ids = {shipment for _, shipment in shipments}
    received, kept = (set(Shipment.objects.filter(which, pk__in=ids).values_list("pk", flat=True)) for which in ENDS)
    from_stock = {row.shipment_id for row in rows if row.from_stock}
    words = SignOff.objects.live().filter(kind=Signed.OUTGOING, verdict="ok", shipment__in=from_stock)
    rechecked = set(words.values_list("shipment", flat=True))
    papers = {kind: newest(kind, "shipment", ids) for kind, _ in PAPERS}
    found: dict[int, list[Item]] = defaultdict(list)
    for (order, pk), shipment in shipments.items():
        page = shipment.get_absolute_url()
        for kind, label in PAPERS:
            if kind == "dispatch_advice" and shipment.way == DeliveryWay.PICKUP:
                continue
            found[order].append(Item(f"{label} {shipment.number}", pk in papers[kind], papers[kind].get(pk, page)))
        if pk in from_stock:
            found[order].append(Item(f"出库复检 {shipment.number}", pk in rechecked, page))
        receipt = getattr(shipment, "receipt", None)
        where = receipt.paper.get_absolute_url() if receipt else page
        if receipt or pk in received:
            found[order].append(Item(f"到货回单 {shipment.number}", receipt is not None, where))
        if receipt and receipt.condition != Receipt.Condition.WHOLE:
            found[order].append(Item(f"回单问题答复 {shipment.number}", hasattr(receipt, "answer"), page))
        if pk in kept:
            handed = hasattr(shipment, "handed_over")
            found[order].append(Item(f"发货单移交客服 {shipment.number}", handed, page))
    return found
