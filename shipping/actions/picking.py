"""Picking by scan: each pallet of a shipment is scanned; what does not belong on it is refused (R29, R30)."""

import unicodedata

from django.utils import timezone

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Shipment, ShipmentLine, ShipmentState
from shipping.models import Pick
from stock.models import Lot, Pallet

HERE = {ShipmentState.DRAFT, ShipmentState.NOTICED}
LONGEST_CODE = 60


@order_action("scan_pallet", shipment_states=HERE, adds=True, quiet=True)
def scan_pallet(act: OrderAct, shipment: Shipment, *, code: str) -> Shipment:
    """A pallet's code was read. Raises Refused for a code that is no pallet, one that is not released, of no order on
    this shipment, not on its list, or scanned before."""
    pallet = pallet_of(code)
    rows = list(ShipmentLine.objects.filter(shipment=shipment, pallet=pallet).select_related("pick__by"))
    if pallet.lot.status != Lot.Status.RELEASED:
        status = pallet.lot.get_status_display()
        raise Refused(f"{pallet} 的批次 {pallet.lot} 未放行（{status}），不能发。", field="code")
    if not rows:
        raise Refused(elsewhere(shipment, pallet), field="code")
    fresh = [row for row in rows if not hasattr(row, "pick")]
    if not fresh:
        known = rows[0].pick  # type: ignore[attr-defined]
        when = timezone.localtime(known.at).strftime("%H:%M")
        raise Refused(f"{pallet} 已由 {known.by} 于 {when} 扫过。", field="code")
    Pick.objects.bulk_create([Pick(row=row, by=act.by, at=act.at) for row in fresh])
    act.record(shipment, pallet=pallet.number)
    if not ShipmentLine.objects.filter(shipment=shipment, pick=None).exists():
        for order in act.orders.values():
            act.record(order, action="all_picked", shipment=shipment.number)
    return shipment


def pallet_of(code: str) -> Pallet:
    """A label carries the number as it is; typed by hand it may be in small or full-width letters."""
    number = unicodedata.normalize("NFKC", code).strip()[:LONGEST_CODE]
    # Both as they are, so that the number's own index finds them.
    found = {
        each.number: each for each in Pallet.objects.filter(number__in={number, number.upper()}).select_related("lot")
    }
    pallet = found.get(number) or found.get(number.upper())
    if pallet is None:
        raise Refused(f"没有托盘「{number}」，请核对标签。" if number else "请扫描或输入托盘号。", field="code")
    return pallet


def elsewhere(shipment: Shipment, pallet: Pallet) -> str:
    """Why a pallet that is not on the list is not to be loaded."""
    other = (
        ShipmentLine.objects.filter(pallet=pallet, shipment__state__in=HERE)
        .exclude(shipment=shipment)
        .select_related("shipment")
        .first()
    )
    if other:
        return f"{pallet} 属于另一张发货 {other.shipment.number}，不能装上本车。"
    return f"{pallet} 不在本次发货的明细里，请放回库位。"


@order_action("unpick", shipment_states=HERE, adds=True, quiet=True)
def unpick(act: OrderAct, shipment: Shipment, *, code: str | None = None) -> Shipment:
    """Begin the picking anew, or take back one pallet's scan. Raises Refused where nothing was scanned."""
    picks = Pick.objects.filter(row__shipment=shipment)
    pallet = None if code is None else pallet_of(code)
    if pallet:
        picks = picks.filter(row__pallet=pallet)
    gone, _ = picks.delete()
    if not gone:
        raise Refused(f"{pallet} 没有扫过，或已撤回。" if pallet else "还没有扫过托盘。")
    act.record(shipment, count=gone, **({"pallet": pallet.number} if pallet else {}))
    return shipment
