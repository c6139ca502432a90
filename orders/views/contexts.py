"""What stands beside the form of those actions that need more on their page than the form itself."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from customers.terms import Terms, terms_for
from documents.money import trimmed
from documents.numbering import business_day
from orders import bounds, queries
from orders.models import EntryKind, Order, Revision, RevisionLine
from orders.papers import balance_words, stage_words, tolerance

Context = Callable[[HttpRequest, Order, Any], dict[str, Any]]


def rows_of(revision: Revision) -> QuerySet[RevisionLine]:
    return revision.lines.select_related("product", "line").order_by("position")


def compared(order: Order, revision: Revision) -> list[dict[str, Any]]:
    """Each line beside its reference and the last deal (R5)."""
    rows = list(rows_of(revision))
    last = queries.last_trades(order, [row.product_id for row in rows])
    return [
        {
            "terms": row,
            "tolerance": tolerance(row),
            "last": last.get(row.product_id),
            "price_off": row.departs and row.price != row.reference_price,
            "spec_off": row.spec != row.product.spec,
        }
        for row in rows
    ]


def checking(request: HttpRequest, order: Order, revision: Revision) -> dict[str, Any]:
    """Memo, contract and past trade beside the lines (R5)."""
    return {
        "revision": revision,
        "rows": compared(order, revision),
        "recent": queries.recent_of(order.customer, request.user, but=order.pk),  # type: ignore[arg-type]
        "terms": terms_facts(revision),
    }


def terms_facts(revision: Revision) -> list[tuple[str, str]]:
    """The terms a revision carries, in words."""
    days = f"，余款 {revision.days_for_rest} 天" if revision.days_for_rest else ""
    return [
        ("合同", revision.contract.number if revision.contract else "无有效合同，按客户等级"),
        ("定金", f"{trimmed(revision.deposit_percent)}%"),
        ("发货前应付", f"{trimmed(revision.share_before_shipping)}%{days}"),
        ("确认书", "可先下达，回传后补" if revision.starts_early else "回传核验后下达"),
        ("付款", balance_words(revision)),
        ("付款方式", revision.payment_terms or "未填写"),
    ]


def renewing(request: HttpRequest, order: Order, revision: Revision) -> dict[str, Any]:
    """The terms on the order beside those of today."""
    now = terms_for(order.customer, business_day(timezone.now()))
    return {"revision": revision, "differences": terms_differences(revision, now)}


def terms_differences(revision: Revision, now: Terms) -> list[tuple[str, str, str, bool]]:
    pairs = [
        ("合同", revision.contract_id, now.contract_id),
        ("定金 %", revision.deposit_percent, now.deposit_percent),
        ("发货前应付 %", revision.share_before_shipping, now.share_before_shipping),
        ("余款天数", revision.days_for_rest, now.days_for_rest),
        ("付款阶段", stage_words(revision.payment_stages), stage_words(now.stages)),
        ("可先下达后补传", revision.starts_early, now.starts_early),
        ("定金按比例冲抵", revision.deposit_pro_rata, now.pro_rata),
        ("可特批发货", revision.special_release, now.special_release_allowed),
        ("欠定金也顺延", revision.unpaid_deposit_pushes, now.unpaid_deposit_pushes),
    ]
    return [(label, in_words(old), in_words(new), old != new) for label, old, new in pairs]


def in_words(value: Any) -> str:
    if value is None:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    return trimmed(value) if hasattr(value, "normalize") else f"{value}"


def amending(request: HttpRequest, order: Order, _: Order) -> dict[str, Any]:
    """What is done already, and so stays as it is."""
    return {"done": bounds.done_on(order)}


def closed_short(request: HttpRequest, order: Order, _: Order) -> dict[str, Any]:
    return standing(order, EntryKind.CLOSED_SHORT, "orders:take_back_short_close")


def taken_on(request: HttpRequest, order: Order, _: Order) -> dict[str, Any]:
    return standing(order, EntryKind.EXCESS, "orders:take_back_excess")


def standing(order: Order, kind: EntryKind, page: str) -> dict[str, Any]:
    """What the customer wrote so far, by line, and where it is taken back."""
    rows = RevisionLine.objects.filter(revision=order.revision_id, **{f"line__{kind.value}__gt": 0})
    found = [(row, getattr(row.line, kind.value)) for row in rows.select_related("line").order_by("position")]
    return {"standing": found, "take_back_url": reverse(page, args=[order.number])}


CONTEXTS: dict[str, Context] = {
    "sign_check": checking,
    "renew_terms": renewing,
    "propose_amendment": amending,
    "short_close": closed_short,
    "accept_excess": taken_on,
}
