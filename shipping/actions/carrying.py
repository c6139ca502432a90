"""Carriers, and what is reported from the road (R33, R35)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from orders.frame import OrderAct, order_action
from orders.models import Shipment
from orders.notices import tell
from shipping.actions.drafting import record
from shipping.adapters import ADAPTERS, Reported
from shipping.models import Carrier, CarrierLead, Checkpoint, Trouble
from shipping.road import ON_THE_WAY, is_under_way

FACTS = {"code", "name", "phone", "freight", "lead_days", "adapter", "is_active", "remark"}
MOST_DAYS = 60
CLOCKS_DIFFER = timedelta(days=1)
TAKEN, KNOWN = "taken", "known"
# What a person must look at: it is theirs to say that goods arrived, whatever the carrier reports.
LOOK_AT = {Checkpoint.Kind.TROUBLE, Checkpoint.Kind.DELIVERED}


@action("change_carrier")
def change_carrier(
    act: Act, carrier: Carrier | None, *, leads: Iterable[tuple[str, int]] | None = None, **facts: Any
) -> Carrier:
    """Add a carrier (`None`) or change one; `leads`, where given, are all its (region, days).

    Raises Invalid for what the fields refuse, Refused for a region named twice or an unknown adapter.
    """
    if unknown := facts.keys() - FACTS:
        raise TypeError(f"not a fact of a carrier: {sorted(unknown)}")
    if facts.get("adapter") and facts["adapter"] not in ADAPTERS:
        raise Refused("没有这种轨迹回传方式。", field="adapter")
    if carrier is None:
        carrier = Carrier()
    else:
        if facts.get("code", carrier.code) != carrier.code:
            raise Refused("代码用在回传地址里，不能更改。", field="code")
        carrier.version += 1
    changed = {
        name: [str(getattr(carrier, name)), str(value)]
        for name, value in facts.items()
        if getattr(carrier, name) != value
    }
    for name in changed:
        setattr(carrier, name, facts[name])
    save(carrier)
    if leads is not None and (moved := put_leads(carrier, list(leads))):
        changed["leads"] = moved
    act.record(carrier, changed=changed)
    return carrier


def put_leads(carrier: Carrier, leads: list[tuple[str, int]]) -> list[str]:
    """All its days to single regions; what they were and what they are, where that differs."""
    named = [region for region, _ in leads]
    if len(set(named)) < len(named):
        raise Refused("同一地区写了两次，请只留一行。", field="regions")
    if wrong := [region for region, days in leads if not 0 <= days <= MOST_DAYS]:
        raise Refused(f"{wrong[0]} 的天数应在 0 与 {MOST_DAYS} 之间。", field="regions")
    known = CarrierLead.objects.filter(carrier=carrier)
    before = said(known.values_list("region", "days"))
    known.delete()
    CarrierLead.objects.bulk_create(CarrierLead(carrier=carrier, region=region, days=days) for region, days in leads)
    return [before, after] if (after := said(leads)) != before else []


def said(leads: Iterable[tuple[str, int]]) -> str:
    return "、".join(f"{region} {days} 天" for region, days in sorted(leads))


@action("renew_carrier_key")
def renew_carrier_key(act: Act, carrier: Carrier) -> Carrier:
    """Another key for the carrier's reports; what is signed with the old one is refused from now on."""
    carrier.key_number += 1
    carrier.version += 1
    save(carrier)
    act.record(carrier, key=carrier.key_number)
    return carrier


@order_action("record_checkpoint", shipment_states=ON_THE_WAY, quiet=True)
def record_checkpoint(
    act: OrderAct, shipment: Shipment, *, kind: str, seen_at: datetime, place: str = "", words: str = ""
) -> Shipment:
    """Somebody asked the carrier where the goods are (R33). Raises Refused for a time that can't be."""
    if kind not in Checkpoint.Kind.values:
        raise Refused("请选择状态。", field="kind")
    if kind == Checkpoint.Kind.TROUBLE and not words.strip():
        raise Refused("请写明异常情况。", field="words")
    if seen_at > act.at:
        raise Refused("时间不能晚于现在。", field="seen_at")
    if shipment.dispatched_at and seen_at < shipment.dispatched_at.replace(second=0, microsecond=0):
        raise Refused("时间不能早于发出时间。", field="seen_at")
    keep(act, shipment, Checkpoint(kind=kind, seen_at=seen_at, place=place.strip(), words=words.strip()))
    return shipment


@order_action("take_carrier_report", shipment_states=ON_THE_WAY, quiet=True, system=True)
def take_carrier_report(act: OrderAct, shipment: Shipment, *, carrier: Carrier, report: Reported) -> Shipment:
    """A report of the carrier's own system. Raises Refused for one that was taken before, or of other goods: a
    waybill may have been used for something that left long before ours."""
    if is_taken(shipment, carrier, report):
        raise Refused("这条轨迹已登记。")
    if shipment.dispatched_at and report.seen_at < shipment.dispatched_at - CLOCKS_DIFFER:
        raise Refused("时间早于发出一天以上，不是这批货的轨迹。")
    point = Checkpoint(
        kind=report.kind,
        # A carrier's clock may run ahead of ours.
        seen_at=min(report.seen_at, act.at),
        place=report.place,
        words=report.words,
        carrier=carrier,
        report_id=report.report_id,
    )
    keep(act, shipment, point)
    return shipment


def is_taken(shipment: Shipment, carrier: Carrier, report: Reported) -> bool:
    return Checkpoint.objects.filter(shipment=shipment, carrier=carrier, report_id=report.report_id).exists()


def keep(act: OrderAct, shipment: Shipment, point: Checkpoint) -> None:
    """The row; trouble and «delivered» bring the 监督检查 forward to this moment, and trouble, whoever saw it, is told
    at once."""
    point.shipment, point.by, point.at = shipment, act.by, act.at
    point.save(force_insert=True)
    if point.kind in LOOK_AT and is_under_way(shipment):
        shipment.check_at = min(filter(None, (shipment.check_at, act.at)))
        shipment.save(update_fields=["check_at"])
    said = " ".join(filter(None, [point.get_kind_display(), point.place, point.words]))
    record(act, shipment, words=said)
    if point.kind == Checkpoint.Kind.TROUBLE:
        look_at = shipment.check_at or act.at
        Trouble.objects.create(shipment=shipment, words=said, check_at=look_at, by=act.by, at=act.at)
        for order in act.orders.values():
            tell(act, order, "trouble", said)


def take_reports(carrier: Carrier, reports: Iterable[Reported]) -> dict[str, Any]:
    """All of a call, each in a transaction of its own: how many are new, how many were taken before, and the waybills
    that are not on the road with us."""
    taken, known, unknown = 0, 0, set()
    for report in reports:
        outcomes = [take_once(shipment, carrier, report) for shipment in under_waybill(carrier, report.waybill)]
        taken += TAKEN in outcomes
        known += KNOWN in outcomes and TAKEN not in outcomes
        if not {TAKEN, KNOWN} & {*outcomes}:
            unknown.add(report.waybill)
    return {"taken": taken, "known": known, "unknown": sorted(unknown)}


def under_waybill(carrier: Carrier, waybill: str) -> list[Shipment]:
    """What the carrier has of ours under it: two deliveries may travel as one."""
    sent = Shipment.objects.filter(carriage__carrier=carrier, waybill=waybill)
    return list(sent.filter(Q(state__in=ON_THE_WAY) | Q(checkpoints__carrier=carrier)).distinct().order_by("pk"))


def take_once(shipment: Shipment, carrier: Carrier, report: Reported) -> str:
    """TAKEN, KNOWN from before, or nothing where the report is not of this shipment."""
    if is_taken(shipment, carrier, report):
        return KNOWN
    try:
        take_carrier_report(shipment, by=None, carrier=carrier, report=report)
    except Refused:
        # The same call beside this one, or signed for in this very moment.
        return KNOWN if is_taken(shipment, carrier, report) else ""
    return TAKEN
