"""What production puts right of a batch that quality sent back (R23)."""

from decimal import Decimal

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order
from orders.notices import tell
from production.models import Batch, BatchStatus
from quality.actions.inspection import MAKING, save
from quality.models import ReworkReport

MOST_HOURS = Decimal(1000)


@order_action("report_reworked", states=MAKING, adds=True)
def report_reworked(act: OrderAct, batch: Batch, *, hours: Decimal, text: str, scrap: Decimal = Decimal(0)) -> Order:
    """返工登记: the batch is put right and waits for inspection again, without what the rework spoilt.

    Recorded while held, like all that has happened. Raises Refused for a batch that is not sent back.
    """
    inspection = batch.inspection
    if batch.status != BatchStatus.REWORK or inspection is None:
        raise Refused(f"批次 {batch.number} 现为「{batch.get_status_display()}」，没有要登记的返工。")
    if not 0 < hours <= MOST_HOURS:
        raise Refused(f"请填写返工工时，应大于 0、不超过 {MOST_HOURS}。", field="hours")
    if not 0 <= scrap <= batch.quantity:
        raise Refused("返工报废数应在 0 与批量之间。", field="scrap")
    if not text.strip():
        raise Refused("请写明返工做了什么。", field="text")
    ReworkReport.objects.create(
        inspection=inspection, hours=hours, scrap=scrap, text=text.strip(), by=act.by, at=act.at
    )
    batch.quantity -= scrap
    batch.inspection = None
    batch.status = BatchStatus.WAITING
    save(batch)
    if scrap:
        post(act, batch.line, EntryKind.SCRAPPED, scrap, note=f"返工 {batch.number}")
    act.record(act.order, batch=batch.number, hours=hours, scrap=scrap)
    tell(act, act.order, "reworked", batch.number)
    return act.order
