"""自提: the customer fetches the goods and signs for them at the gate (R34)."""

from decimal import Decimal
from typing import Any

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Shipment, ShipmentLine, ShipmentState
from orders.models.revision import DeliveryWay
from shipping import queries
from shipping.actions.arriving import ZERO, Counted, must_not_exceed, own_rows, take_arrival, take_receipt
from shipping.models import Receipt


@order_action("sign_pickup", shipment_states={ShipmentState.DISPATCHED}, adds=True)
def sign_pickup(
    act: OrderAct,
    shipment: Shipment,
    *,
    signer: str,
    document: str,
    paper: Any,
    rows: list[Counted] | None = None,
    condition: str = Receipt.Condition.WHOLE,
    plate: str = "",
    remark: str = "",
) -> Shipment:
    """Whoever fetches the goods counts them at the gate and signs; they have arrived and are signed for at once.

    `document`: the last four of the identity paper shown; `rows`: (line, counted), all that left where None. What is
    not taken along counts as refused: it is put back into stock, or recorded as lost. Raises Refused for goods that
    are brought, more than left, nothing taken, or a shortage called whole.
    """
    if shipment.way != DeliveryWay.PICKUP:
        raise Refused("此发货不是自提，请按到货登记与回单归档办理。")
    if len(document.strip()) != 4:
        raise Refused("请填写证件末四位。", field="document")
    counted = count(shipment, rows)
    if condition == Receipt.Condition.WHOLE and any(behind for _, _, behind in counted):
        raise Refused("点数少于发出数量，货物状况请选「短少」或「有破损」，并在备注写明。", field="condition")
    said = "，".join(filter(None, [f"自提，证件末四位 {document.strip()}", of_plate(plate), remark.strip()]))
    take_arrival(act, shipment, arrived_at=act.at, rows=counted, remark=said)
    shipment.save()  # each step of the chain is written: the database knows no leap
    return take_receipt(act, shipment, signer=signer, signed_at=act.at, condition=condition, paper=paper, remark=said)


def of_plate(plate: str) -> str:
    return f"车牌 {plate.strip()}" if plate.strip() else ""


def count(shipment: Shipment, given: list[Counted] | None) -> list[tuple[ShipmentLine, Decimal, Decimal]]:
    """(line, taken along, left behind) of what left the stock for this customer."""
    taken = None if given is None else {row.pk: quantity for row, quantity in given}
    if given is not None:
        own_rows(shipment, [row for row, _ in given])
    fates = queries.fates(shipment)
    counted = []
    for row in shipment.lines.select_related("pallet").order_by("id"):
        left = fates[row.line_id, row.pallet_id].under_way
        along = left if taken is None else taken.get(row.pk, ZERO)
        if along:
            must_not_exceed(row, along, left, "可提")
        if left:
            counted.append((row, along, left - along))
    if not any(along for _, along, _ in counted):
        raise Refused("一件都没有提走，不能签收。", field="rows")
    return counted
