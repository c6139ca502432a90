"""Another carrier or waybill than was written down, or another arrival: put right with its reason (R31, R33)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from audit.errors import Refused
from orders import digests
from orders.frame import OrderAct, order_action
from orders.models import Shipment
from orders.notices import tell
from shipping import papers
from shipping.actions.arriving import must_be_brought
from shipping.actions.dispatching import tie
from shipping.actions.drafting import record
from shipping.road import ON_THE_WAY, must_be_under_way

FACTS = {"carrier": "承运人", "waybill": "运单号", "expected_at": "预计到货"}


@order_action("correct_carriage", shipment_states=ON_THE_WAY)
def correct_carriage(
    act: OrderAct, shipment: Shipment, *, carrier: str, expected_at: datetime, waybill: str = ""
) -> Shipment:
    """The advice is frozen anew, and owed to the customer once more: what they were told is no longer so.

    Raises Refused without a reason, where nothing changes, or where nothing is on the way.
    """
    act.need_reason("请写明更正的原因。")
    must_be_brought(shipment)
    must_be_under_way(shipment)
    if not carrier.strip():
        raise Refused("请填写承运人。", field="carrier")
    if shipment.dispatched_at and expected_at <= shipment.dispatched_at:
        raise Refused("预计到货时间应晚于发出时间。", field="expected_at")
    carrier, waybill = carrier.strip(), waybill.strip()
    given = {"carrier": carrier, "waybill": waybill, "expected_at": expected_at}
    changes = differences(shipment, given)
    if not changes:
        raise Refused("没有改动，无须更正。")
    is_later = move_arrival(shipment, expected_at)
    shipment.carrier, shipment.waybill = carrier, waybill
    tie(shipment)
    shipment.advice_digest = digests.of_advice(shipment, list(shipment.lines.order_by("id")))
    shipment.advised_at, shipment.advice_heard_at = None, None
    papers.freeze_advice(act, shipment)
    record(act, shipment, changes=changes)
    for order in act.orders.values():
        tell(act, order, "arrival_later" if is_later else "carriage_corrected", in_words(changes))
    return shipment


def differences(shipment: Shipment, given: dict[str, Any]) -> list[list[str]]:
    """As a story tells them: (field, label, before, after)."""
    now = {name: getattr(shipment, name) for name in FACTS}
    return [
        [name, FACTS[name], shown(now[name]), shown(value)]
        for name, value in given.items()
        # A page shows and sends times to the minute.
        if shown(now[name]) != shown(value)
    ]


def shown(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value or "")


def in_words(changes: list[list[str]]) -> str:
    return "；".join(f"{label} {before or '—'} → {after or '—'}" for _, label, before, after in changes)


def move_arrival(shipment: Shipment, expected_at: datetime) -> bool:
    """The 监督检查 moves with the arrival; whether it is later than was told."""
    before = shipment.expected_at
    if before and shipment.check_at:
        shipment.check_at += expected_at - before
    shipment.expected_at = expected_at
    return before is not None and expected_at > before
