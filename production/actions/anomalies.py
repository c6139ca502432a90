"""Anomalies: told at once, planned together, closed when done (R21)."""

from audit.errors import Refused
from orders.frame import OrderAct, order_action
from orders.models import Line, Order
from orders.models.order import RELEASED
from orders.notices import tell
from production.models import Anomaly, AnomalyKind


@order_action("raise_anomaly", states=RELEASED, adds=True)
def raise_anomaly(act: OrderAct, order: Order, *, kind: str, text: str, line_id: int | None = None) -> Anomaly:
    """Any department says what goes otherwise than confirmed; those who must know are told at once."""
    if kind not in AnomalyKind.values:
        raise Refused("请选择异常类别。", field="kind")
    if not text.strip():
        raise Refused("请写明情况。", field="text")
    line = act.order.lines.filter(pk=line_id).first() if line_id else None
    if line_id and line is None:
        raise Refused("所选的行不属于此单。", field="line_id")
    anomaly = keep(act, act.order, line, kind, text.strip())
    act.record(act.order, anomaly=anomaly.pk, kind=kind, text=anomaly.text)
    return anomaly


def raise_by_itself(act: OrderAct, order: Order, line: Line, kind: str, text: str) -> None:
    """One that follows from another action; once while it is open."""
    if not Anomaly.objects.filter(order=order, line=line, kind=kind, agreed_at__isnull=True).exists():
        keep(act, order, line, kind, text)


def keep(act: OrderAct, order: Order, line: Line | None, kind: str, text: str) -> Anomaly:
    anomaly = Anomaly.objects.create(order=order, line=line, kind=kind, text=text, raised_by=act.by, raised_at=act.at)
    tell(act, order, "anomaly", text[:100])
    return anomaly


@order_action("plan_anomaly")
def plan_anomaly(act: OrderAct, anomaly: Anomaly, *, plan: str, agreed: bool = False) -> Order:
    """The plan for the customer; `agreed` once those concerned are of one mind. A later one replaces it."""
    if anomaly.closed_at:
        raise Refused("这项异常已经关闭。")
    if not plan.strip():
        raise Refused("请写明处理方案。", field="plan")
    anomaly.plan, anomaly.planned_by, anomaly.planned_at = plan.strip(), act.by, act.at
    anomaly.agreed_by, anomaly.agreed_at = (act.by, act.at) if agreed else (None, None)
    save(anomaly)
    act.record(act.order, anomaly=anomaly.pk, plan=anomaly.plan, agreed=agreed)
    if agreed:
        tell(act, act.order, "anomaly_planned")
    return act.order


@order_action("close_anomaly")
def close_anomaly(act: OrderAct, anomaly: Anomaly, *, result: str) -> Order:
    """What came of it. Raises Refused before a plan is agreed."""
    if anomaly.closed_at:
        raise Refused("这项异常已经关闭。")
    if anomaly.agreed_at is None:
        raise Refused("处理方案尚未商定，请客服主管或营销总监先定方案。")
    if not result.strip():
        raise Refused("请写明处理结果。", field="result")
    anomaly.result, anomaly.closed_by, anomaly.closed_at = result.strip(), act.by, act.at
    save(anomaly)
    act.record(act.order, anomaly=anomaly.pk, result=anomaly.result)
    return act.order


def save(anomaly: Anomaly) -> None:
    anomaly.version += 1
    anomaly.save()
