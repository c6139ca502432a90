"""What quality issues on paper: the 产品检验报告 of a countersigned batch, and the labels of its rolls, cartons and
pallets."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from audit.frame import Act
from documents import kinds
from documents.audience import Audience
from documents.freeze import freeze
from documents.models import Document
from orders.models import Order, RevisionLine
from production.gates.shared import IN_FORCE
from production.models import Batch
from quality.measures import measures_of
from quality.measuring import findings_of
from quality.models import Inspection

REPORT = kinds.Kind(
    "inspection_report",
    "JY",
    "产品检验报告",
    "documents/inspection_report.html",
    Audience.PLAIN,
    seal="质检专用章",
    foot=("客服会签", "检验员", "质检主管"),
)
LABELS = kinds.Kind(
    "product_labels", "BQ", "产品标签", "documents/labels.html", Audience.PLAIN, foot=(), template_version=2
)

# What is labelled, and the sizes that the house's label printers take, in mm.
LABEL_OF = {"roll": "卷标", "carton": "箱标", "pallet": "托盘标"}
SIZES = {"100x70": (100, 70), "100x150": (100, 150), "80x50": (80, 50)}


def batches_seen(user: Any) -> QuerySet[Batch]:
    return Batch.objects.filter(line__order__in=Order.objects.visible_to(user))


def terms_of(batch: Batch) -> RevisionLine:
    rows = RevisionLine.objects.select_related("product", "revision__order__customer")
    return rows.get(line=batch.line_id, revision__status=IN_FORCE)


def freeze_report(act: Act, batch: Batch, inspection: Inspection) -> Document:
    """At the countersignature; a batch inspected again has a next version."""
    return freeze(
        REPORT.code,
        subject_kind="batch",
        subject_id=batch.pk,
        number=f"JY-{batch.number}",
        data=report_data(act, batch, inspection),
        by=act.by,
        at=act.at,
    )


def report_data(act: Act, batch: Batch, inspection: Inspection) -> dict[str, Any]:
    terms = terms_of(batch)
    order = terms.revision.order
    sampled, beside = getattr(inspection, "sampled", None), inspection.countersignature
    return {
        "order": order.number,
        "customer": {"name": order.customer.called, "code": order.customer.code},
        "batch": batch.number,
        "made_on": batch.made_on,
        "product": {"code": terms.product.code, "name": terms.product.name, "spec": terms.spec},
        "standard": str(sampled.standard) if sampled else terms.product.standard,
        "severity": sampled.get_severity_display() if sampled else "",
        "quantity": batch.quantity,
        "unit": terms.unit,
        "measures": measures_of(terms.product, batch.quantity, terms.unit),
        "sample_size": inspection.sample_size,
        "verdict": inspection.get_verdict_display(),
        "scrap": inspection.scrap,
        "conceded_by": inspection.conceder,
        "reason": inspection.reason,
        "measured": "" if sampled else inspection.measured,
        "remark": inspection.measured if sampled else "",
        "items": [
            {
                "item": one.characteristic.item,
                "limits": one.characteristic.limits,
                "method": one.characteristic.method,
                "sample_size": one.sample_size,
                "accept": one.accept,
                "refuse": one.refuse,
                "found": found_in_words(one.values) or f"不合格 {one.defectives}",
                "defectives": one.defectives,
                "ok": one.ok,
            }
            for one in findings_of(inspection)
        ],
        "joint": [
            ["数量", "与生产数量、装箱单相符", inspection.quantity_ok, beside.quantity_ok],
            ["外观", "按产品出厂标准", inspection.appearance_ok, beside.appearance_ok],
            ["包装", terms.packaging or "按包装规定", inspection.packaging_ok, beside.packaging_ok],
            ["标签", "型号、数量、生产日期", inspection.label_ok, beside.label_ok],
        ],
        "note": beside.note,
        "inspector": inspection.by.name,
        "inspected_at": inspection.at,
        "customer_service": act.by.name,
        "countersigned_at": act.at,
    }


def found_in_words(values: list[str]) -> str:
    """Each value of a small sample; of a large one the least, the greatest and the mean."""
    if len(values) <= 13:
        return "、".join(values)
    numbers = [Decimal(value) for value in values]
    mean = (sum(numbers, Decimal(0)) / len(numbers)).quantize(Decimal("0.001")).normalize()
    return f"最小 {min(numbers):f}，最大 {max(numbers):f}，平均 {mean:f}"


def freeze_labels(act: Act, batch: Batch, *, what: str, size: str, rows: list[dict[str, Any]]) -> Document:
    width, height = SIZES[size]
    terms = terms_of(batch)
    return freeze(
        LABELS.code,
        subject_kind="batch",
        subject_id=batch.pk,
        number=f"BQ-{batch.number}",
        data={
            "order": terms.revision.order.number,
            "customer": {"name": terms.revision.order.customer.called},
            "batch": batch.number,
            "made_on": batch.made_on,
            "code": terms.product.code,
            "name": terms.product.name,
            "spec": terms.spec,
            "unit": terms.unit,
            "text": terms.label_text,
            "what": LABEL_OF[what],
            "size": size,
            "width": width,
            "height": height,
            "labels": rows,
        },
        by=act.by,
        at=act.at,
    )
