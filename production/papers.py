"""The 生产指令单: what production makes by, without prices (R18)."""

from typing import Any

from django.db.models import F

from documents import kinds, queries
from documents.audience import Audience
from documents.freeze import freeze
from documents.models import Document
from orders import changes
from orders.frame import OrderAct
from orders.models import Confirmation, Revision, RevisionLine, Signed, SignOff
from orders.papers import confirmation_of, tolerance
from production import cards
from production.models import ProcessCard

WORK_ORDER = kinds.Kind(
    "production_order",
    "SC",
    "生产指令单",
    "documents/production_order.html",
    Audience.PLAIN,
    foot=("制单", "客服签字", "生产主管签收", "技术部"),
)


def freeze_work_order(act: OrderAct, revision: Revision) -> Document:
    """The paper of the terms in force; a new one recalls the copies of the one before."""
    order = act.order
    return freeze(
        WORK_ORDER.code,
        subject_kind="order",
        subject_id=order.pk,
        number=order.number,
        data=work_order_data(act, revision),
        by=act.by,
        at=act.at,
    )


def work_order_data(act: OrderAct, revision: Revision) -> dict[str, Any]:
    order = act.order
    confirmation = confirmation_of(revision)
    dates = dates_of(revision)
    rows = [row for row in revision.lines.select_related("product").order_by("position") if row.to_make > 0]
    made_by = cards.judged([row.line_id for row in rows], {row.line_id: row.technical_digest for row in rows})
    lines = [line_data(row, dates.get(row.line_id), made_by.get(row.line_id)) for row in rows]
    return {
        "order": order.number,
        "confirmation": {
            "number": confirmation.number if confirmation else order.number,
            "version": confirmation.version if confirmation else revision.number,
        },
        "returned": "已核验回传" if revision.confirmation == Confirmation.VERIFIED else "待补传",
        "customer": {"name": order.customer.called, "code": order.customer.code},
        "released_at": act.at,
        "released_by": act.by.name,
        "production_head": "",
        "copy_to": "技术部",
        "lines": lines,
        "special": revision.special,
        **change_data(revision, lines),
    }


def change_data(revision: Revision, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Why it takes the place of the one before: other dates for the same terms, or an amendment."""
    if SignOff.objects.filter(kind=Signed.HANDED_OVER, revision=revision).exists():
        return {"change_title": "日期更改", "change": "生产部书面日期已改", "changes": dates_since(revision, lines)}
    return {"change": revision.change_reason if revision.number > 1 else "", "changes": changes_since(revision)}


def dates_since(revision: Revision, lines: list[dict[str, Any]]) -> list[list[str]]:
    before = queries.current_document(WORK_ORDER.code, "order", revision.order_id)
    printed = {line["no"]: line for line in before.data["lines"]} if before else {}
    return [
        [changes.DATE, f"第 {line['no']} 行 {label}", was, now]
        for line in lines
        for field, label in (("produced_on", "生产日期"), ("finish_on", "完工日期"))
        for was, now in [(printed.get(line["no"], {}).get(field) or "", str(line[field] or ""))]
        if was != now
    ]


def changes_since(revision: Revision) -> list[list[str]]:
    """What is otherwise than on the 生产指令单 handed over before, which this one overtakes; never a price."""
    handed = SignOff.objects.filter(kind=Signed.HANDED_OVER, verdict="ok", order=revision.order_id)
    before = handed.exclude(revision=revision).order_by("-at", "-pk").first()
    if before is None or before.revision is None:
        return []
    found = changes.of_amendment(revision, before.revision)
    return changes.as_data(change for change in found if not change.priced and change.kind != changes.ADDRESS)


def line_data(row: RevisionLine, dated: SignOff | None, card: ProcessCard | None) -> dict[str, Any]:
    return {
        "no": row.position,
        "code": row.product.code,
        "name": row.product.name,
        "spec": row.spec,
        "formula": row.formula,
        "card": card_data(card) if card else None,
        "quantity": row.to_make,
        "tolerance": tolerance(row),
        "unit": row.unit,
        "produced_on": dated.start_on if dated else None,
        "finish_on": dated.finish_on if dated else None,
        "packaging": row.packaging,
        "label": row.label_text,
        "special": row.special,
        "remark": row.remark,
    }


def card_data(card: ProcessCard) -> dict[str, Any]:
    """What the shop floor sets its machines by."""
    steps = [
        f"{step.get_step_display()}{f'（{step.parameters}）' if step.parameters else ''}" for step in card.steps.all()
    ]
    return {"title": str(card), "steps": " → ".join(steps), "tooling": card.tooling, "note": card.note}


def dates_of(revision: Revision) -> dict[int, SignOff]:
    """Production's standing written dates for these terms, by line."""
    live = SignOff.objects.live().filter(
        kind=Signed.DATE, finish_on__isnull=False, line__terms__revision=revision, digest=F("line__terms__date_digest")
    )
    return {row.line_id: row for row in live if row.line_id}
