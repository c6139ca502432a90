"""Anomalies: told at once, passed on by customer service, planned together, answered by the customer, closed (R21)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.calendar import working_minutes_between
from accounts.permissions import roles_of
from audit.errors import Refused
from documents.attachments import store
from documents.audience import Audience
from orders.frame import OrderAct, order_action
from orders.models import Line, Order
from orders.models.order import RELEASED
from orders.notices import tell
from production.models import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay

MOST_PHOTOS = 9
PASSES_ON = {"customer_service", "cs_supervisor"}
AGREE = {"cs_supervisor", "marketing_director"}


@order_action("raise_anomaly", states=RELEASED, adds=True)
def raise_anomaly(
    act: OrderAct,
    order: Order,
    *,
    kind: str,
    text: str,
    lines: Iterable[int] = (),
    photos: Iterable[Any] = (),
) -> Anomaly:
    """Anyone says what goes otherwise than confirmed; those who must know are told at once."""
    photos = list(photos)
    if kind not in AnomalyKind.values:
        raise Refused("请选择异常类别。", field="kind")
    if not text.strip():
        raise Refused("请写明情况。", field="text")
    if len(photos) > MOST_PHOTOS:
        raise Refused(f"一次最多附 {MOST_PHOTOS} 张照片，其余请另报一项。", field="photos")
    found = lines_of(act.order, lines)
    anomaly = keep(act, act.order, found, kind, text.strip())
    anomaly.photos.set([store(photo, act.by, "order", act.order.pk, Audience.PLAIN) for photo in photos])
    numbers = [line.number for line in found]
    act.record(act.order, anomaly=anomaly.pk, kind=kind, text=anomaly.text, lines=numbers, photos=len(photos))
    return anomaly


def lines_of(order: Order, lines: Iterable[int]) -> list[Line]:
    ids = {int(pk) for pk in lines}
    found = list(order.lines.filter(pk__in=ids))
    if len(found) != len(ids):
        raise Refused("所选的行不属于此单。", field="lines")
    return found


def raise_by_itself(act: OrderAct, order: Order, line: Line, kind: str, text: str) -> None:
    """One that follows from another action; once while it is open."""
    if not Anomaly.objects.filter(order=order, lines=line, kind=kind, agreed_at__isnull=True).exists():
        keep(act, order, [line], kind, text)


def keep(act: OrderAct, order: Order, lines: list[Line], kind: str, text: str) -> Anomaly:
    """Raised by customer service it need not be passed on by them as well."""
    anomaly = Anomaly(order=order, kind=kind, text=text, raised_by=act.by, raised_at=act.at)
    if act.by is not None and roles_of(act.by) & PASSES_ON:
        anomaly.forwarded, anomaly.forwarded_by, anomaly.forwarded_at = text, act.by, act.at
    anomaly.save()
    anomaly.lines.set(lines)
    tell(act, order, "anomaly", text[:100])
    return anomaly


@order_action("forward_anomaly")
def forward_anomaly(act: OrderAct, anomaly: Anomaly, *, words: str) -> Order:
    """Customer service passes it on in their own words, to the salesperson and those who make the plan."""
    must_be_open(anomaly)
    if anomaly.forwarded_at:
        raise Refused(f"这项异常已由 {anomaly.forwarded_by} 转报。")
    if not words.strip():
        raise Refused("请写明对客户的影响和您的建议。", field="words")
    anomaly.forwarded, anomaly.forwarded_by, anomaly.forwarded_at = words.strip(), act.by, act.at
    save(anomaly)
    act.record(act.order, anomaly=anomaly.pk, note=anomaly.forwarded)
    tell(act, act.order, "anomaly_forwarded", anomaly.forwarded[:100])
    return act.order


@order_action("plan_anomaly")
def plan_anomaly(act: OrderAct, anomaly: Anomaly, *, plan: str) -> Order:
    """The plan for the customer; who writes it agrees to it, and the other one says so themselves. A later plan
    replaces it."""
    must_be_open(anomaly)
    if not plan.strip():
        raise Refused("请写明处理方案。", field="plan")
    anomaly.plan, anomaly.planned_by, anomaly.planned_at = plan.strip(), act.by, act.at
    anomaly.agreed_by = anomaly.agreed_at = None
    act.record(act.order, anomaly=anomaly.pk, plan=anomaly.plan)
    tell(act, act.order, "anomaly_plan_asked", anomaly.plan[:100])
    save(anomaly)
    return act.order


@order_action("agree_anomaly_plan")
def agree_anomaly_plan(act: OrderAct, anomaly: Anomaly) -> Order:
    """The other of cs_supervisor and marketing_director is of one mind with who wrote the plan."""
    must_be_open(anomaly)
    if not anomaly.plan or anomaly.planned_by is None:
        raise Refused("还没有处理方案，请先写明方案。")
    if anomaly.agreed_at:
        raise Refused(f"方案已由 {anomaly.agreed_by} 同意。")
    if anomaly.planned_by_id == act.by.pk or not roles_of(anomaly.planned_by) | roles_of(act.by) >= AGREE:
        raise Refused("方案须由客服主管和营销总监两人商定：写方案的人不能自己同意，请另一位同意。")
    agree(act, anomaly)
    act.record(act.order, anomaly=anomaly.pk)
    save(anomaly)
    return act.order


def agree(act: OrderAct, anomaly: Anomaly) -> None:
    """From here it no longer holds the finish; how long that took is kept as it was first reached."""
    anomaly.agreed_by, anomaly.agreed_at = act.by, act.at
    if anomaly.minutes_to_plan is None:
        anomaly.minutes_to_plan = working_minutes_between(anomaly.raised_at, act.at)
    tell(act, act.order, "anomaly_planned")


@order_action("answer_anomaly", adds=True)
def answer_anomaly(
    act: OrderAct,
    anomaly: Anomaly,
    *,
    accepted: bool,
    said_by: str,
    way: str,
    text: str,
    said_at: datetime | None = None,
    paper: Any = None,
) -> Order:
    """The customer's word on the plan. Where they will not have it, another plan is to be agreed."""
    must_be_open(anomaly)
    if anomaly.agreed_at is None:
        raise Refused("处理方案尚未商定，请先定方案再征求客户意见。")
    if not said_by.strip():
        raise Refused("请写明是客户的哪一位答复的。", field="said_by")
    if way not in AnswerWay.values:
        raise Refused("请选择客户答复的方式。", field="way")
    if not text.strip():
        raise Refused("请写明客户的答复。", field="text")
    said_at = said_at or act.at
    # Typed to the minute, so that the minute of the raising is not before it.
    if said_at > timezone.now() or said_at < anomaly.raised_at.replace(second=0, microsecond=0):
        raise Refused("答复时间应在报告异常之后、现在之前。", field="said_at")
    AnomalyAnswer.objects.create(
        anomaly=anomaly,
        accepted=accepted,
        said_by=said_by.strip(),
        said_at=said_at,
        way=way,
        text=text.strip(),
        paper=store(paper, act.by, "order", act.order.pk) if paper else None,
        by=act.by,
        at=act.at,
    )
    if not accepted:
        anomaly.agreed_by = anomaly.agreed_at = None
    save(anomaly)
    act.record(act.order, anomaly=anomaly.pk, note=f"{'同意' if accepted else '不同意'}：{text.strip()}")
    tell(act, act.order, "anomaly_answered", f"{'同意' if accepted else '不同意'}，{text.strip()[:80]}")
    return act.order


@order_action("close_anomaly")
def close_anomaly(act: OrderAct, anomaly: Anomaly, *, result: str) -> Order:
    """What came of it. Raises Refused before a plan is agreed."""
    must_be_open(anomaly)
    if anomaly.agreed_at is None:
        raise Refused("处理方案尚未商定，请客服主管或营销总监先定方案。")
    if not result.strip():
        raise Refused("请写明处理结果。", field="result")
    anomaly.result, anomaly.closed_by, anomaly.closed_at = result.strip(), act.by, act.at
    save(anomaly)
    act.record(act.order, anomaly=anomaly.pk, result=anomaly.result)
    return act.order


def must_be_open(anomaly: Anomaly) -> None:
    if anomaly.closed_at:
        raise Refused("这项异常已经关闭。")


def save(anomaly: Anomaly) -> None:
    anomaly.version += 1
    anomaly.save()
