"""The order's own papers: what the 订单确认书 says, frozen when a revision is approved (R13)."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from customers.models import PaymentStage
from documents import queries as documents
from documents.audience import Audience
from documents.freeze import freeze
from documents.kinds import Kind
from documents.models import Document
from documents.money import cents, trimmed
from orders import changes
from orders.frame import OrderAct
from orders.models import Revision, RevisionLine, Signed, SignOff
from orders.shares import percent_of

CONFIRMATION = Kind(
    code="confirmation",
    prefix="QR",
    title="销售部客户订单确认书",
    template="documents/confirmation.html",
    audience=Audience.PRICES,
    seal="业务专用章",
)
# Grade and 监督工作提示 are for the house alone: a paper of its own, so that no copy sent out can carry them.
CONFIRMATION_INSIDE = Kind(
    code="confirmation_inside",
    prefix="QR",
    title="销售部客户订单确认书（内部联）",
    template="documents/confirmation.html",
    audience=Audience.PRICES,
)
# Between us: not for the customer's copy.
INSIDE = {"supervision", "starts_early", "special_release", "unpaid_deposit_pushes"}
EARNEST_LIMIT = Decimal(20)  # 民法典 586: above this share of the contract a deposit has no force as 定金


def freeze_confirmation(act: OrderAct, revision: Revision, *, restored: bool = False) -> Document:
    """The confirmation of this revision and its inside copy; earlier versions of the order's are superseded.

    `restored`: an approved amendment was given up, and what was in force before goes on.
    """
    data = confirmation_data(revision) | ({"restored": True} if restored else change_data(revision))
    inside = {"grade": act.order.customer.grade, "supervision": revision.supervision}
    keep(act, CONFIRMATION_INSIDE, data | {"inside": inside})
    return keep(act, CONFIRMATION, data)


def confirmation_of(revision: Revision) -> Document | None:
    """The newest confirmation of these very terms: a later revision may have its own already."""
    papers = documents.documents_of("order", revision.order_id).filter(kind=CONFIRMATION.code)
    # Papers frozen before they named their revision are known by the moment of the approval.
    own = papers.filter(Q(data__revision=revision.number) | Q(made_at=revision.approved_at))
    return own.order_by("-version").first()


def keep(act: OrderAct, kind: Kind, data: dict[str, Any]) -> Document:
    order = act.order
    return freeze(
        kind.code, subject_kind="order", subject_id=order.pk, number=order.number, data=data, by=act.by, at=act.at
    )


def confirmation_data(revision: Revision) -> dict[str, Any]:
    """The snapshot of docs/documents.md: everything the customer is asked to confirm."""
    order = revision.order
    signed = SignOff.objects.live().filter(
        kind=Signed.DATE, finish_on__isnull=False, line__terms__revision=revision, digest=F("line__terms__date_digest")
    )
    dates = {row.line_id: row for row in signed}
    rows = list(revision.lines.select_related("product").order_by("position"))
    return {
        "order": order.number,
        "revision": revision.number,
        "ordered_on": order.created_at,
        "customer": customer_data(revision),
        "salesperson": order.salesperson.name,
        "clerk": order.clerk.name if order.clerk else "",
        "contract": revision.contract.number if revision.contract else "",
        "approved_by": revision.approved_by.name if revision.approved_by else "",
        "lines": [line_data(row, dates.get(row.line_id), revision) for row in rows],
        "totals": totals(rows),
        "promised_on": revision.promised_on,
        "ship_to": ship_to(revision),
        "delivery": {
            "way": revision.get_delivery_way_display(),
            "freight": revision.get_freight_display() if revision.freight else "",
            "partial": revision.split_allowed,
        },
        "terms": terms_data(revision),
        "special": revision.special,
    }


def change_data(revision: Revision) -> dict[str, Any]:
    """«改单第 n 版，变更如下»: what an amendment changes of the terms before it, for the customer to read."""
    found = [change for change in changes.of_amendment(revision) if change.field not in INSIDE]
    return {"amendment": {"number": revision.number, "changes": changes.as_data(found)}} if revision.number > 1 else {}


def customer_data(revision: Revision) -> dict[str, str]:
    contact = revision.contact
    return {
        "name": revision.order.customer.name,
        "code": revision.order.customer.code,
        "contact": contact.name if contact else "",
        "phone": (contact.mobile or contact.phone) if contact else "",
        "order_number": revision.order.customer_reference,
    }


def ship_to(revision: Revision) -> dict[str, str]:
    address = revision.address
    if address is None:
        return {"address": "自提", "receiver": "", "phone": ""}
    return {"address": address.address, "receiver": address.receiver, "phone": address.phone}


def line_data(row: RevisionLine, dated: SignOff | None, revision: Revision) -> dict[str, Any]:
    return {
        "no": row.position,
        "code": row.product.code,
        "name": row.product.name,
        "spec": row.spec,
        "formula": row.formula,
        "quantity": row.quantity,
        "tolerance": tolerance(row),
        "unit": row.unit,
        "price": row.price,
        "tax_rate": row.tax_rate,
        "amount": row.amount,
        "packaging": row.packaging,
        "label": row.label_text,
        "special": row.special,
        "produced_on": dated.start_on if dated else None,
        "promised_on": revision.promised_on,
    }


def tolerance(row: RevisionLine) -> str:
    plus, minus = trimmed(row.tolerance_plus), trimmed(row.tolerance_minus)
    if plus == minus:
        return f"±{plus}%" if row.tolerance_plus else "无"
    return f"+{plus}% / −{minus}%"


def totals(rows: list[RevisionLine]) -> dict[str, Decimal]:
    """Net, tax and total: each line's tax is what its rate takes out of the amount with tax."""
    total = sum((row.amount for row in rows), Decimal(0))
    net = sum((cents(row.amount * 100 / (100 + row.tax_rate)) for row in rows), Decimal(0))
    return {"net": net, "tax": total - net, "total": total}


def terms_data(revision: Revision) -> dict[str, Any]:
    """Deposit as 定金 (at most 20 %) and 预付款 (what is above)."""
    earnest = min(revision.deposit_due, percent_of(EARNEST_LIMIT, revision.total))
    return {
        "invoice": revision.get_invoice_kind_display(),
        "deposit_percent": trimmed(revision.deposit_percent),
        "deposit_amount": revision.deposit_due,
        "earnest": earnest,
        "prepaid": revision.deposit_due - earnest,
        "balance": balance_words(revision),
    }


def balance_words(revision: Revision) -> str:
    """When what the deposit leaves is to be paid; a contract's stages in its own words."""
    if revision.payment_stages:
        return stage_words([stage for stage in revision.payment_stages if stage[0] != PaymentStage.Kind.DEPOSIT])
    share, days = revision.share_before_shipping, revision.days_for_rest
    if share >= 100:
        return "余款发货前付清"
    rest = f"其余货到 {days} 天内付清" if days else "其余按合同付款"
    return f"发货前付至 {trimmed(share)}%，{rest}" if share else f"货到 {days} 天内付清" if days else "按合同付款"


def stage_words(stages: list[list[Any]]) -> str:
    """As the contract prints them."""
    return "，".join(
        str(PaymentStage(kind=kind, percent=Decimal(percent), days=days)) for kind, percent, days in stages
    )
