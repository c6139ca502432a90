"""What the standard in force asks of a batch, and what the values say of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, Decimal

from orders.models import RevisionLine
from production.gates.shared import IN_FORCE
from production.models import Batch, EditionStatus
from quality.models import (
    Characteristic,
    Finding,
    Inspection,
    ItemKind,
    ProductStandard,
    SampledInspection,
    SamplingState,
    Verdict,
)
from quality.sampling import LotSeen, Plan, Severity, Stand, after, plan_of
from quality.sampling.plans import finer

TAKEN = (Verdict.PASSED, Verdict.CONCEDED)


@dataclass(frozen=True)
class Found:
    """What was filled in for one characteristic: every value, or how many were bad."""

    characteristic_id: int
    values: tuple[Decimal, ...] = ()
    defectives: int | None = None


@dataclass(frozen=True)
class Asked:
    """A characteristic with its plan for this batch."""

    item: Characteristic
    plan: Plan


@dataclass(frozen=True)
class Ask:
    """All that is asked of a batch; `stand` is where its product stands by the switching rules."""

    standard: ProductStandard
    items: list[Asked]
    stand: Stand
    lot_size: int

    @property
    def severity(self) -> str:
        return Severity(self.stand.severity).label

    @property
    def sample_size(self) -> int:
        return max((asked.plan.sample_size for asked in self.items), default=1)


def product_of(batch: Batch) -> int | None:
    rows = RevisionLine.objects.filter(line=batch.line_id, revision__status=IN_FORCE)
    return rows.values_list("product_id", flat=True).first()


def ask_of(batch: Batch, *, lock: bool = False) -> Ask | None:
    """None for a product without a standard in force: it is inspected by the written word, as before."""
    product = product_of(batch)
    standard = ProductStandard.objects.filter(product=product, status=EditionStatus.IN_FORCE).first()
    if standard is None:
        return None
    stand = stand_of(standard.product_id, lock=lock)
    lot = lot_size_of(batch.quantity)
    items = [
        Asked(item, plan_of(lot, item.level, item.aql, stand.severity)) for item in standard.items.order_by("position")
    ]
    return Ask(standard, items, stand, lot)


def lot_size_of(quantity: Decimal) -> int:
    """A part of a unit is looked at like a whole one."""
    return int(quantity.to_integral_value(ROUND_CEILING)) or 1


def stand_of(product_id: int, *, lock: bool = False) -> Stand:
    rows = SamplingState.objects.filter(product=product_id)
    if lock:
        SamplingState.objects.get_or_create(product_id=product_id)
        rows = rows.select_for_update(no_key=True)
    state = rows.first()
    return Stand(**{name: getattr(state, name) for name in asdict(Stand())}) if state else Stand()


def keep(product_id: int, stand: Stand) -> SamplingState:
    """Under the lock of `stand_of(lock=True)`."""
    state = SamplingState.objects.get(product=product_id)
    for name, value in asdict(stand).items():
        setattr(state, name, value)
    state.version += 1
    state.save()
    return state


def is_bad(item: Characteristic, value: Decimal) -> bool:
    return (item.lower is not None and value < item.lower) or (item.upper is not None and value > item.upper)


def finding_of(asked: Asked, found: Found) -> Finding:
    """What was found of one characteristic; unsaved."""
    plan, item = asked.plan, asked.item
    bad = sum(is_bad(item, value) for value in found.values) if found.values else found.defectives or 0
    return Finding(
        characteristic=item,
        letter=plan.letter,
        sample_size=plan.sample_size,
        accept=plan.accept,
        refuse=plan.refuse,
        values=[f"{value.normalize():f}" for value in found.values],
        defectives=bad,
        ok=bad <= plan.accept,
    )


def trouble_with(asked: Asked, found: Found | None, verdict: str) -> str:
    """What is wrong with what was filled in, in words; empty where nothing is.

    What is measured is taken by its values alone. What is plainly bad needn't be measured to its last piece: 返工 and
    报废, which carry their reason, may stand on a count.
    """
    size = asked.plan.sample_size
    measured = asked.item.kind == ItemKind.MEASURED
    if measured and found is not None and not found.values and verdict in TAKEN:
        return f"「{asked.item.item}」是计量项目，须填 {size} 个实测值；只填不合格品数的，只能判返工或报废。"
    if found is None or (not found.values and found.defectives is None):
        how = f"{size} 个实测值，或" if measured else ""
        return f"「{asked.item.item}」须抽 {size}，请填写{how}不合格品数。"
    if found.values and len(found.values) != size:
        return f"「{asked.item.item}」须测 {size} 个，已填 {len(found.values)} 个。"
    if found.defectives is not None and found.defectives > size:
        return f"「{asked.item.item}」不合格品数不能多于样本量 {size}。"
    return ""


def summary_of(findings: Iterable[Finding]) -> str:
    """The 实测记录 where no words were added: each characteristic in a line."""
    return "\n".join(
        f"{one.characteristic.item}（{one.characteristic.limits or '—'}）：抽 {one.sample_size}，"
        f"不合格 {one.defectives}（Ac {one.accept}）" + (f"；{one.shown[:200]}" if one.values else "")
        for one in findings
    )


def seen(findings: list[Finding], lot_size: int, severity: str) -> LotSeen:
    """The lot as the switching rules count it: the smallest Ac, and whether each item had passed one AQL finer."""
    stricter = (
        plan_of(lot_size, one.characteristic.level, finer(one.characteristic.aql), severity) for one in findings
    )
    return LotSeen(
        accepted=all(one.ok for one in findings),
        accept=min(one.accept for one in findings),
        accepted_finer=all(one.defectives <= plan.accept for one, plan in zip(findings, stricter, strict=True)),
    )


def record(ask: Ask, inspection: Inspection, findings: list[Finding], *, original: bool) -> SampledInspection:
    """Keep what was found; an original lot moves the product's severity. The state is locked."""
    for one in findings:
        one.inspection = inspection
    Finding.objects.bulk_create(findings)
    if original and findings:
        keep(ask.standard.product_id, after(ask.stand, seen(findings, ask.lot_size, ask.stand.severity)))
    return SampledInspection.objects.create(
        inspection=inspection,
        standard=ask.standard,
        severity=ask.stand.severity,
        original=original,
        accepted=all(one.ok for one in findings),
    )


def findings_of(inspection: Inspection) -> list[Finding]:
    return list(inspection.findings.select_related("characteristic").order_by("characteristic__position"))
