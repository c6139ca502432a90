"""监督工作提示, ticked item by item; what is off becomes an anomaly in the same transaction (R20)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.errors import Refused
from documents.numbering import business_day
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from production.actions.anomalies import keep, lines_of
from production.models import Anomaly, AnomalyKind, SupervisionCheck, SupervisionItem
from production.supervised import items_of, seen


@dataclass(frozen=True)
class Tick:
    """What one item was found to be."""

    position: int
    ok: bool
    note: str = ""


@order_action("check_supervision", states={State.PRODUCTION}, adds=True)
def check_supervision(
    act: OrderAct,
    order: Order,
    *,
    ticks: list[Tick],
    seen_items: str,
    kind: str = "",
    raises: bool = False,
    lines: Iterable[int] = (),
) -> SupervisionCheck:
    """The day's look at an order. Every item is answered; what is off is explained, and raised where asked for.

    `seen_items` is the digest of the list that was ticked. Raises Refused where it is another one by now. `lines` are
    those that the anomaly is about; none: the whole order.
    """
    order, day = act.order, business_day(act.at)
    if earlier := SupervisionCheck.objects.filter(order=order, day=day).select_related("by").first():
        raise Refused(f"{order.number} 今天已由 {earlier.by} 检查。如又有不符，请直接报告异常。")
    items, found = items_of(order), {tick.position: tick for tick in ticks}
    if seen_items != seen(items) or set(found) != set(range(1, len(items) + 1)) or len(ticks) != len(items):
        raise Refused("检查项已更改，请刷新后逐项重新勾选。")
    off = [tick for tick in ticks if not tick.ok]
    for tick in off:
        if not tick.note.strip():
            raise Refused(f"「{items[tick.position - 1]}」不符，请写明情况。", field=f"{tick.position}-note")
    anomaly = None
    if off and raises:
        if kind not in AnomalyKind.values:
            raise Refused("请选择异常类别。", field="kind")
        said = "；".join(f"{items[tick.position - 1]}：{tick.note.strip()}" for tick in off)
        anomaly = keep(act, order, lines_of(order, lines), kind, f"监督检查不符——{said}")
    check = SupervisionCheck.objects.create(order=order, day=day, anomaly=anomaly, by=act.by, at=act.at)
    SupervisionItem.objects.bulk_create(
        SupervisionItem(check_of=check, position=at, text=text, ok=found[at].ok, note=found[at].note.strip())
        for at, text in enumerate(items, 1)
    )
    note = "；".join(f"{items[tick.position - 1]} {tick.note.strip()}" for tick in off)
    act.record(order, off=len(off), note=note, **(named(anomaly) if anomaly else {}))
    return check


def named(anomaly: Anomaly) -> dict[str, Any]:
    return {"anomaly": anomaly.pk, "lines": [line.number for line in anomaly.lines.all()]}
