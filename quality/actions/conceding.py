"""Who signs under quality's verdict may also send it back; a concession is signed for before anything else (R23)."""

from typing import Any

from audit.errors import Refused
from documents.attachments import store
from orders.frame import OrderAct, order_action
from orders.models import Order
from orders.notices import tell
from production.models import Batch, BatchStatus
from quality.actions.inspection import MAKING, count_no_more, save
from quality.models import Concession, Inspection, InspectionRefusal


@order_action("approve_concession", states=MAKING)
def approve_concession(act: OrderAct, batch: Batch, *, text: str, paper: Any = None) -> Order:
    """让步接收: the customer-service supervisor or the marketing director takes the batch as it is, in writing.

    Raises Refused where no concession waits, or the signer is the inspector.
    """
    inspection = awaiting(batch, BatchStatus.CONCEDING, "没有待批准的让步")
    if inspection.by_id == act.by.pk:
        raise Refused("让步接收须由检验员以外的人批准。")
    if not text.strip():
        raise Refused("请写明批准的理由和对客户的影响。", field="text")
    kept = store(paper, act.by, "order", act.order.pk) if paper else None
    Concession.objects.create(inspection=inspection, text=text.strip(), paper=kept, by=act.by, at=act.at)
    batch.status = BatchStatus.INSPECTED
    save(batch)
    act.record(act.order, batch=batch.number)
    tell(act, act.order, "conceded", batch.number)
    return act.order


@order_action("refuse_concession", states=MAKING)
def refuse_concession(act: OrderAct, batch: Batch) -> Order:
    """The batch is not taken as it is: quality judges it anew."""
    return send_back(act, batch, awaiting(batch, BatchStatus.CONCEDING, "没有待批准的让步"))


@order_action("refuse_countersign", states=MAKING)
def refuse_countersign(act: OrderAct, batch: Batch) -> Order:
    """Customer service does not find what quality found: the batch waits for inspection again, its first (R23)."""
    inspection = awaiting(batch, BatchStatus.INSPECTED, "不需会签")
    order = send_back(act, batch, inspection)
    count_no_more(act, inspection)
    return order


def awaiting(batch: Batch, status: str, words: str) -> Inspection:
    inspection: Inspection | None = batch.inspection
    if batch.status != status or inspection is None:
        raise Refused(f"批次 {batch.number} 现为「{batch.get_status_display()}」，{words}。")
    return inspection


def send_back(act: OrderAct, batch: Batch, inspection: Inspection) -> Order:
    act.need_reason("请写明退回的原因。")
    InspectionRefusal.objects.create(inspection=inspection, reason=act.reason, by=act.by, at=act.at)
    batch.inspection = None
    batch.status = BatchStatus.WAITING
    save(batch)
    act.record(act.order, batch=batch.number)
    tell(act, act.order, "inspection_refused", batch.number)
    return act.order
