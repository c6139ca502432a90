"""What the pages of anomalies read; the list in a fixed number of statements."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from accounts.permissions import may, roles_of
from documents import access
from orders.models import Order
from production.actions.anomalies import AGREE
from production.models import Anomaly

if TYPE_CHECKING:
    from accounts.models import User

OPEN = Q(closed_at__isnull=True)
STANDING = {
    "open": OPEN,
    "unforwarded": OPEN & Q(agreed_at__isnull=True, forwarded_at__isnull=True),
    "unplanned": OPEN & Q(agreed_at__isnull=True),
    "planned": OPEN & Q(agreed_at__isnull=False),
    "closed": ~OPEN,
    "all": Q(),
}


def asked_for(
    user: "User", *, standing: str, q: str = "", kind: str = "", since: date | None = None
) -> QuerySet[Anomaly]:
    found = Anomaly.objects.filter(STANDING[standing], order__in=Order.objects.visible_to(user))
    if kind:
        found = found.filter(kind=kind)
    if since:
        found = found.filter(raised_at__date__gte=since)
    if q := q.strip():
        found = found.filter(Q(order__number__icontains=q) | Q(order__customer__name__icontains=q))
    people = ("raised_by", "planned_by", "agreed_by")
    return found.select_related("order__customer", *people).prefetch_related("lines", "photos")


def may_agree(anomaly: Anomaly, user: Any) -> bool:
    """Whether the plan waits for this person; the action judges by the same two roles."""
    waits = bool(anomaly.plan) and anomaly.agreed_at is None and anomaly.closed_at is None
    if not waits or not may(user, "agree_anomaly_plan") or anomaly.planned_by in (None, user):
        return False
    return roles_of(anomaly.planned_by) | roles_of(user) >= AGREE  # type: ignore[arg-type]


def story(anomaly: Anomaly, user: Any) -> list[dict[str, Any]]:
    """From raising to closing, oldest first, for the timeline."""
    a = anomaly
    told = [moment(a.raised_at, "报告异常", a.raised_by, a.text, tone="danger")]
    if a.forwarded_at and a.forwarded_by_id != a.raised_by_id:
        told.append(moment(a.forwarded_at, "转报销售员、客服主管、营销总监", a.forwarded_by, a.forwarded))
    if a.planned_at:
        told.append(moment(a.planned_at, "写明处理方案", a.planned_by, a.plan))
    if a.agreed_at:
        alone = a.agreed_by_id == a.planned_by_id
        told.append(moment(a.agreed_at, "说明方案已商定" if alone else "同意方案", a.agreed_by, ""))
    for answer in a.answers.select_related("by", "paper"):
        words = f"{answer.said_by}（{answer.get_way_display()}）：{answer.text}"
        what = "客户同意方案" if answer.accepted else "客户不同意方案"
        row = moment(answer.said_at, what, answer.by, words, tone="" if answer.accepted else "danger")
        if answer.paper and access.is_for(user, answer.paper):
            row |= {"url": answer.paper.get_absolute_url(), "link_label": answer.paper.name}
        told.append(row)
    told += [
        moment(one.at, "告知客户延期", one.by, f"预计 {one.foreseen_on} 完成。{one.reason}")
        for one in a.delays_told.select_related("by")
    ]
    if a.closed_at:
        told.append(moment(a.closed_at, "关闭异常", a.closed_by, a.result))
    return sorted(told, key=lambda row: row["at"])


def moment(at: Any, what: str, who: Any, why: str, tone: str = "") -> dict[str, Any]:
    return {"at": at, "what": what, "who": who, "why": why, "tone": tone}


def hours(minutes: int | None) -> str:
    """«3 小时 20 分»."""
    if minutes is None:
        return ""
    whole, left = divmod(minutes, 60)
    return " ".join(filter(None, [f"{whole} 小时" if whole else "", f"{left} 分" if left or not whole else ""]))
