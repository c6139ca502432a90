"""Inspection by quality and customer service together, and what follows from it (R23)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists

from audit.errors import Refused
from documents.attachments import store
from documents.audience import Audience
from documents.freeze import withdraw
from documents.numbering import business_day
from documents.queries import current_document
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order, RevisionLine, Shipment, ShipmentState, Signed, State
from orders.notices import tell
from orders.reservations import on_pallets
from orders.signing import sign
from production.gates.making import measured
from production.gates.shared import IN_FORCE, plain
from production.models import UNJUDGED, Batch, BatchStatus
from quality import severity
from quality.gates import FROM_STOCK
from quality.measuring import Ask, Found, ask_of, finding_of, lot_size_of, record, stand_of, summary_of, trouble_with
from quality.models import Countersignature, Finding, Inspection, InspectionWithdrawal, SampledInspection, Verdict
from quality.papers import REPORT, freeze_report
from quality.switched import note_switch
from stock import moves
from stock.models import Lot

MAKING = {State.PRODUCTION, State.QUALITY}
# What a batch waits for after its verdict; the others for customer service.
WAITS = {Verdict.REWORK: BatchStatus.REWORK, Verdict.CONCEDED: BatchStatus.CONCEDING}
ZERO = Decimal(0)
MOST_PHOTOS = 10


@order_action("inspect_batch", states=MAKING)
def inspect_batch(
    act: OrderAct,
    batch: Batch,
    *,
    verdict: str,
    sample_size: int = 0,
    measured: str = "",
    quantity_ok: bool = False,
    appearance_ok: bool = False,
    packaging_ok: bool = False,
    label_ok: bool = False,
    scrap: Decimal = ZERO,
    reason: str = "",
    paper: Any = None,
    photos: Iterable[Any] = (),
    found: Sequence[Found] = (),
) -> Inspection:
    """Quality's verdict on a batch; `scrap` is what of a passed one is thrown away.

    By a product standard in force each characteristic is `found`, and the samples judge. It takes effect with
    customer service's signature, a concession's before it; 返工 at once. Raises Refused for a verdict that its own
    ticks or its samples contradict, one without its reason, or a batch that is judged already.
    """
    photos = list(photos)
    words = act.reason or reason.strip()
    if batch.status == BatchStatus.REWORK:
        raise Refused(f"批次 {batch.number} 返工未完成，请生产部登记返工后再检验。")
    if batch.status != BatchStatus.WAITING:
        raise Refused(f"批次 {batch.number} 现为「{batch.get_status_display()}」，不能再检验。")
    scrap = batch.quantity if verdict == Verdict.SCRAP else scrap
    ask = ask_of(batch, lock=True)
    findings = judge(ask, found, verdict) if ask else []
    original = not severity.standing().filter(batch=batch).exists()
    inspection = Inspection(
        batch=batch,
        verdict=verdict,
        quantity=batch.quantity,
        scrap=scrap if verdict != Verdict.REWORK else ZERO,
        sample_size=ask.sample_size if ask else sample_size,
        quantity_ok=quantity_ok,
        appearance_ok=appearance_ok,
        packaging_ok=packaging_ok,
        label_ok=label_ok,
        measured=measured.strip() or summary_of(findings)[:2000],
        reason=words,
        by=act.by,
        at=act.at,
    )
    check_inspection(inspection)
    if paper:
        inspection.paper = store(paper, act.by, "order", act.order.pk, Audience.PLAIN)
    if len(photos) > MOST_PHOTOS:
        raise Refused(f"一次最多附 {MOST_PHOTOS} 张照片。", field="photos")
    inspection.save(force_insert=True)
    inspection.photos.set([store(photo, act.by, "order", act.order.pk, Audience.PLAIN) for photo in photos])
    if ask:
        record(ask, inspection, findings, original=original)
        note_switch(act, ask.standard.product, ask.stand, stand_of(ask.standard.product_id))
    batch.inspection = inspection
    batch.status = WAITS.get(Verdict(verdict), BatchStatus.INSPECTED)
    save(batch)
    act.record(act.order, reason=words, batch=batch.number, verdict=verdict)
    if verdict == Verdict.REWORK:
        back_to_production(act)
        tell(act, act.order, "inspection_failed", f"批次 {batch.number} 返工，{words}")
    if verdict == Verdict.CONCEDED:
        tell(act, act.order, "concession_asked", f"批次 {batch.number}，{words}")
    return inspection


def judge(ask: Ask, found: Sequence[Found], verdict: str) -> list[Finding]:
    """What was found of each characteristic that the standard asks for. Raises Refused where one is missing or
    filled in wrong, and for a pass that the samples, or a stop of the sampling, do not allow."""
    given = {one.characteristic_id: one for one in found}
    for asked in ask.items:
        if words := trouble_with(asked, given.get(asked.item.pk), verdict):
            raise Refused(words, field=f"item{asked.item.pk}")
    findings = [finding_of(asked, given[asked.item.pk]) for asked in ask.items]
    bad = [one for one in findings if not one.ok]
    if verdict == Verdict.PASSED and bad:
        names = "、".join(f"{one.characteristic.item}（不合格 {one.defectives}，Ac {one.accept}）" for one in bad)
        raise Refused(f"抽样判定不合格：{names}。请选返工、让步接收或报废。", field="verdict")
    if verdict == Verdict.PASSED and ask.stand.stopped:
        raise Refused("加严检验下累计 5 批不接收，此产品已暂停抽样放行；请先纠正并在出厂标准页恢复。", field="verdict")
    return findings


def check_inspection(given: Inspection) -> None:
    if given.verdict not in Verdict.values:
        raise Refused("请选择结论。", field="verdict")
    if given.quantity <= 0:
        raise Refused("此批已没有数量，无需检验。")
    if given.sample_size < 1:
        raise Refused("请填写抽样数。", field="sample_size")
    if given.sample_size > lot_size_of(given.quantity):
        raise Refused(f"抽样数不能多于批量 {plain(given.quantity)}，请核对。", field="sample_size")
    if not given.measured:
        raise Refused("请填写实测记录。", field="measured")
    if given.scrap < 0 or given.scrap > given.quantity:
        raise Refused("报废数应在 0 与批量之间。", field="scrap")
    if given.verdict == Verdict.PASSED and not given.all_ok:
        raise Refused("数量、外观、包装、标签须逐项合格才能判合格；否则请让步、返工或报废。", field="verdict")
    if given.verdict in (Verdict.PASSED, Verdict.CONCEDED) and given.scrap == given.quantity:
        raise Refused("整批报废时，结论请选「报废」。", field="verdict")
    if given.verdict != Verdict.PASSED and not given.reason:
        raise Refused("请写明原因。", field="reason")


@order_action("countersign_batch", states=MAKING)
def countersign_batch(
    act: OrderAct,
    batch: Batch,
    *,
    quantity_ok: bool = False,
    appearance_ok: bool = False,
    packaging_ok: bool = False,
    label_ok: bool = False,
    note: str = "",
) -> Order:
    """Customer service has looked for itself and signs beside quality: accepted goods count as accepted, scrap as
    scrapped (R23).

    Raises Refused where nothing waits for it, the signer is the inspector, or a passed batch fails one of its looks.
    """
    inspection = batch.inspection
    if batch.status == BatchStatus.CONCEDING:
        raise Refused(f"批次 {batch.number} 的让步接收尚未批准，请客服主管或营销总监先批准。")
    if batch.status != BatchStatus.INSPECTED or inspection is None:
        raise Refused(f"批次 {batch.number} 现为「{batch.get_status_display()}」，不需会签。")
    if inspection.by_id == act.by.pk:
        raise Refused("检验须由质检和客服两人共同签字，检验员本人不能会签。")
    seen = {
        "quantity_ok": quantity_ok,
        "appearance_ok": appearance_ok,
        "packaging_ok": packaging_ok,
        "label_ok": label_ok,
    }
    if inspection.verdict == Verdict.PASSED and not all(seen.values()):
        raise Refused("数量、外观、包装、标签须逐项核对合格才能会签；不合格的，请退回质检。")
    before = act.order.state
    Countersignature.objects.create(inspection=inspection, note=note.strip(), by=act.by, at=act.at, **seen)
    batch.scrapped = inspection.scrap
    batch.accepted = batch.quantity - inspection.scrap
    batch.status = BatchStatus.ACCEPTED if batch.accepted else BatchStatus.SCRAPPED
    save(batch)
    freeze_report(act, batch, inspection)
    if batch.accepted:
        post(act, batch.line, EntryKind.ACCEPTED, batch.accepted, note=batch.number)
    if batch.scrapped:
        post(act, batch.line, EntryKind.SCRAPPED, batch.scrapped, note=batch.number)
    act.record(act.order, batch=batch.number, accepted=batch.accepted, scrapped=batch.scrapped)
    back_if_short(act)
    if batch.status == BatchStatus.SCRAPPED or act.order.state != before:
        tell(
            act,
            act.order,
            "inspection_failed",
            f"批次 {batch.number} 报废 {plain(batch.scrapped)}，{inspection.reason}",
        )
    return act.order


@order_action("withdraw_inspection", states={State.PRODUCTION, State.QUALITY, State.SHIPPING})
def withdraw_inspection(act: OrderAct, batch: Batch) -> Order:
    """Quality takes its word back: counter-rows, the lot in quarantine, the batch to be judged again (R11).

    Raises Refused where part of it has left the house, is on a shipment, or was given to free stock.
    """
    act.need_reason()
    inspection = batch.inspection
    if inspection is None or batch.status == BatchStatus.WAITING:
        raise Refused(f"批次 {batch.number} 尚未检验，没有可撤回的。")
    if batch.stocked:
        quarantine(act, batch)
    for kind, quantity in ((EntryKind.ACCEPTED, batch.accepted), (EntryKind.SCRAPPED, batch.scrapped)):
        if quantity:
            post(act, batch.line, kind, -quantity, note=f"撤回检验 {batch.number}")
    InspectionWithdrawal.objects.create(inspection=inspection, reason=act.reason, by=act.by, at=act.at)
    count_no_more(act, inspection)
    if report := current_document(REPORT.code, "batch", batch.pk):
        withdraw(report, by=act.by, reason=f"撤回检验：{act.reason}", at=act.at)
    batch.accepted = batch.scrapped = batch.stocked = ZERO
    batch.inspection = None
    batch.status = BatchStatus.WAITING
    save(batch)
    act.record(act.order, batch=batch.number)
    if act.order.state == State.SHIPPING:
        back_to_production(act)
    return act.order


def count_no_more(act: OrderAct, inspection: Inspection) -> None:
    """Neither toward how strictly the product is sampled: what that changes is told."""
    sampled = SampledInspection.objects.filter(inspection=inspection).select_related("standard__product").first()
    if sampled is None:
        return
    product = sampled.standard.product
    before = stand_of(product.pk, lock=True)
    severity.forget(inspection)
    note_switch(act, product, before, stand_of(product.pk))


def quarantine(act: OrderAct, batch: Batch) -> None:
    """What was received of the batch leaves the stock's books for its inspection; the lot is released to nobody."""
    lot = Lot.objects.select_for_update(no_key=True).get(number=batch.number)
    ours = [row for row in on_pallets([batch.line_id]) if row.quantity > row.from_stock]
    pallets = moves.lock(lot.pallets.values_list("pk", flat=True))
    lying = {row.pallet_id: row.quantity for row in ours if row.pallet_id in pallets}
    if sum(lying.values(), ZERO) != batch.stocked:
        raise Refused(f"批次 {batch.number} 已有部分发出、转库存或报废，不能撤回检验；请按批处理余下部分。")
    if Shipment.objects.filter(
        lines__pallet__in=pallets, state__in=[ShipmentState.DRAFT, ShipmentState.NOTICED]
    ).exists():
        raise Refused(f"批次 {batch.number} 已列入待发的发货单，请先从发货单上移去。")
    for pallet_id, quantity in lying.items():
        pallet = pallets[pallet_id]
        moves.unreserve(pallet, quantity, act.order.number, act.by, act.at)
        moves.take_back(pallet, quantity, f"撤回检验 {batch.number}", act.by, act.at)
        post(act, batch.line, EntryKind.STOCKED, -quantity, pallet=pallet, note=f"撤回检验 {batch.number}")
    set_lot(act, lot, Lot.Status.QUARANTINED)


def set_lot(act: OrderAct, lot: Lot, status: str) -> None:
    """Kept on the lot too: who quarantined it says whether receiving may release it by itself."""
    if lot.status == status:
        return
    before, lot.status = lot.status, status
    lot.version += 1
    lot.save()
    act.record(lot, from_=before, to=status)


@order_action("pass_quality", states={State.QUALITY})
def pass_quality(act: OrderAct, order: Order) -> Order:
    """质检合格: everything made is judged and in stock (R23). Raises Blocked with what is not."""
    act.step(act.order, "pass_quality")
    return act.order


@order_action("rework", states={State.QUALITY, State.SHIPPING})
def rework(act: OrderAct, order: Order) -> Order:
    """返工: quality sends the order back to production, with the reason (R23)."""
    act.need_reason("请写明返工原因。")
    act.step(act.order, "rework")
    tell(act, act.order, "inspection_failed", f"整单退回返工，{act.reason}")
    return act.order


def back_to_production(act: OrderAct) -> None:
    """By itself where something is to be made again; a held order stays where it is until it is resumed."""
    if act.order.state in (State.QUALITY, State.SHIPPING) and not act.order.is_held:
        act.step(act.order, "rework")


def back_if_short(act: OrderAct) -> None:
    if is_short(act.order):
        back_to_production(act)


def is_short(order: Order) -> bool:
    lines = RevisionLine.objects.filter(revision__order=order, revision__status=IN_FORCE)
    return measured(lines).filter(short__gt=0).exists()


def back_when_resumed(act: OrderAct, order: Order) -> None:
    """What scrap, a loss or a withdrawal left to be made or judged again while the order was held goes back now."""
    open_ones = Batch.objects.filter(line__order=order, quantity__gt=0)
    reworked = open_ones.filter(status=BatchStatus.REWORK).exists()
    unjudged = order.state == State.SHIPPING and open_ones.filter(status__in=UNJUDGED).exists()
    if reworked or unjudged or is_short(order):
        back_to_production(act)


@order_action("sign_outgoing", shipment_states={ShipmentState.DRAFT, ShipmentState.NOTICED})
def sign_outgoing(
    act: OrderAct,
    shipment: Shipment,
    *,
    lot_ok: bool = False,
    shelf_ok: bool = False,
    packing_ok: bool = False,
    label_ok: bool = False,
    text: str = "",
) -> Shipment:
    """出库复检 of goods from stock: lot, shelf life, packing and label, each ticked.

    Raises Refused where a tick is missing, a lot is past its shelf life, or nothing on the shipment came from stock.
    """
    if not Shipment.objects.filter(Exists(FROM_STOCK), pk=shipment.pk).exists():
        raise Refused("此发货单没有现货，无需出库复检。")
    if not (lot_ok and shelf_ok and packing_ok and label_ok):
        raise Refused("批号、保质期、包装、标签须逐项合格；不合格的请从发货单上移去。")
    past = shipment.lines.filter(pallet__lot__shelf_until__lt=business_day(act.at))
    if numbers := list(past.order_by("pallet").values_list("pallet__number", flat=True)):
        raise Refused(f"托盘 {'、'.join(numbers)} 已过保质期，请从发货单上移去。")
    sign(act, Signed.OUTGOING, shipment=shipment, digest=shipment.digest, text=text.strip())
    act.record(shipment)
    for order in act.orders.values():
        act.record(order, shipment=shipment.number)
    return shipment


def save(batch: Batch) -> None:
    batch.version += 1
    batch.save()
