"""Every action on a shipment that has a page of its own: one table of action, form, states and words.

`shipping.urls` makes a route of each, `shipping.views.deeds` carries them out, `shipping.panels` offers them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orders.models import Shipment, ShipmentState
from orders.models.revision import DeliveryWay
from shipping import actions, forms, queries, truth
from shipping.road import ON_THE_WAY

DRAFT = frozenset({ShipmentState.DRAFT})
HERE = frozenset({ShipmentState.DRAFT, ShipmentState.NOTICED})
GONE = frozenset({ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED})


@dataclass(frozen=True)
class Deed:
    """`when` narrows the states by the shipment itself; `bolt` names the step whose gates the page shows, `part` a
    template of what is to be looked at before, made of what `facts` reads."""

    code: str
    slug: str
    label: str
    action: Callable[..., Any]
    states: frozenset[Any]
    form: type[forms.DeedForm] = forms.Plain
    note: str = ""
    said: str = "已办理。"
    tone: str = "primary"
    heads: str = ""
    bolt: str = ""
    when: Callable[[Any], bool] | None = None
    part: str = ""
    facts: Callable[[Any], dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        return self.slug.replace("-", "_")


def paper_missing(shipment: Shipment) -> bool:
    """No notice yet, and one may be made: before dispatch, or late after an emergency."""
    return shipment.noticed_at is None and (shipment.state == ShipmentState.DRAFT or shipment.emergency_at is not None)


def brought(shipment: Shipment) -> bool:
    """Not fetched by the customer."""
    return shipment.way != DeliveryWay.PICKUP


def fates_of(shipment: Shipment) -> list[queries.Fate]:
    """Read once for all the buttons of a page."""
    known: list[queries.Fate] | None = shipment.__dict__.get("_fates")
    if known is None:
        known = shipment.__dict__["_fates"] = list(queries.fates(shipment).values())
    return known


def under_way(shipment: Shipment) -> bool:
    return any(fate.under_way > 0 for fate in fates_of(shipment))


def to_come(shipment: Shipment) -> bool:
    """Brought to the customer, and something of it is on the way."""
    return brought(shipment) and under_way(shipment)


def to_come_back(shipment: Shipment) -> bool:
    return any(fate.to_come_back > 0 for fate in fates_of(shipment))


ALL = (
    Deed(
        "check_shipment",
        "check",
        "发货复核签字",
        actions.check_shipment,
        DRAFT,
        forms.Check,
        "地址、收货人、联系方式和每一个数字再核对一遍后签字。",
        said="已复核签字。",
        bolt="issue_notice",
    ),
    Deed(
        "issue_notice",
        "notice",
        "开发货通知单",
        actions.issue_notice,
        DRAFT | GONE,
        note="开出《商品销售发货(申请)通知单》，仓库凭此发货；紧急先发的，在此补开。",
        said="发货通知单已开出。",
        bolt="issue_notice",
        when=paper_missing,
    ),
    Deed(
        "recall_notice",
        "recall",
        "收回通知单",
        actions.recall_notice,
        frozenset({ShipmentState.NOTICED}),
        forms.Reason,
        "收回后原通知单作废，改动后重新复核、开单。",
        said="通知单已收回。",
        tone="danger",
    ),
    Deed(
        "order_emergency",
        "emergency",
        "下令紧急先发",
        actions.order_emergency,
        DRAFT,
        forms.Reason,
        "先发货、后补单：发货通知单须在下一工作日补齐。款项等其他条件照旧。",
        said="已下令紧急先发。",
        tone="danger",
        bolt="dispatch",
        when=lambda shipment: shipment.emergency_at is None,
    ),
    Deed(
        "dispatch",
        "dispatch",
        "登记发货",
        actions.dispatch,
        HERE,
        forms.Dispatch,
        "货物装车离库后登记；随即生成《销售发货单》和《发货告知书》。",
        said="已发货，发货单与告知书正在生成。",
        bolt="dispatch",
    ),
    Deed(
        "cancel_shipment",
        "cancel",
        "取消此发货",
        actions.cancel_shipment,
        HERE,
        forms.Reason,
        "货物仍归原订单，可重新拟发。",
        said="此发货已取消。",
        tone="danger",
    ),
    Deed(
        "repeat_terms",
        "repeat",
        "复述发货条款",
        actions.repeat_terms,
        ON_THE_WAY,
        forms.Repeat,
        "发货员把条款、数量、地址复述一遍，对方确认无误。",
        said="已记下。",
        when=lambda shipment: to_come(shipment) and shipment.terms_repeated_at is None,
        part="shipping/terms.html",
    ),
    Deed(
        "check_advice",
        "advice-check",
        "核对告知书",
        actions.check_advice,
        ON_THE_WAY,
        forms.AdviceCheck,
        "逐项核对告知书属实、到货时间与确认书相符后签字；不一致的须写明如何与客户商定。",
        said="告知书已核对签字。",
        when=lambda shipment: to_come(shipment) and not truth.is_checked(shipment),
        part="shipping/truth.html",
        facts=lambda shipment: {"compared": truth.compared(shipment)},
    ),
    Deed(
        "send_advice",
        "advice",
        "发出告知书",
        actions.send_advice,
        ON_THE_WAY,
        forms.Advice,
        "把核对过的告知书发给客户。",
        said="已记下。",
        when=lambda shipment: to_come(shipment) and truth.is_checked(shipment),
    ),
    Deed(
        "record_advice_heard",
        "heard",
        "电话确认收到告知书",
        actions.record_advice_heard,
        ON_THE_WAY,
        forms.Heard,
        said="已记下。",
        when=lambda shipment: shipment.advised_at is not None and shipment.advice_heard_at is None,
    ),
    Deed(
        "correct_carriage",
        "correct",
        "更正承运与到货",
        actions.correct_carriage,
        ON_THE_WAY,
        forms.Correct,
        "承运人、运单号或预计到货写错了或有变；更正后告知书出新版，须重新核对并发给客户。",
        said="已更正，请重新核对并发出告知书。",
        tone="plain",
        when=to_come,
    ),
    Deed(
        "sign_pickup",
        "pickup",
        "自提签收",
        actions.sign_pickup,
        frozenset({ShipmentState.DISPATCHED}),
        forms.Pickup,
        "提货人在门口点清、签字；货即交付，回单一并归档。没有提走的数量，稍后退回入库或登记丢失。",
        said="已签收，回单已归档。",
        heads="产品|托盘|发出:num|提货:num",
        when=lambda shipment: not brought(shipment),
    ),
    Deed(
        "record_arrival",
        "arrival",
        "登记到货",
        actions.record_arrival,
        GONE,
        forms.Arrival,
        "按客户点收的数量登记；拒收的另填，其余留作在途。",
        said="到货已登记。",
        heads="产品|托盘|发出:num|在途:num|到货:num|拒收:num",
        when=to_come,
    ),
    Deed(
        "record_trouble",
        "trouble",
        "登记运输异常",
        actions.record_trouble,
        ON_THE_WAY,
        forms.Trouble,
        "写明情况、是否已告知客户、何时再查。",
        said="运输异常已登记。",
        when=to_come,
    ),
    Deed(
        "tell_trouble",
        "tell",
        "把异常告知客户",
        actions.tell_trouble,
        GONE,
        forms.Told,
        "电话告知客户出了什么事、预计何时到；记下接听人。",
        said="已记下。",
        when=lambda shipment: queries.untold(shipment).exists(),
    ),
    Deed(
        "record_checkpoint",
        "checkpoint",
        "登记运输轨迹",
        actions.record_checkpoint,
        ON_THE_WAY,
        forms.Checked,
        "向承运人查到的状态；异常会立即告知业务员和客服。",
        said="轨迹已登记。",
        tone="plain",
        when=brought,
    ),
    Deed(
        "file_receipt",
        "receipt",
        "归档到货回单",
        actions.file_receipt,
        frozenset({ShipmentState.ARRIVED}),
        forms.FileReceipt,
        "上传客户签收的到货回单。",
        said="回单已归档。",
        when=lambda shipment: brought(shipment) and not under_way(shipment),
    ),
    Deed(
        "answer_receipt",
        "answer",
        "答复回单问题",
        actions.answer_receipt,
        frozenset({ShipmentState.SIGNED}),
        forms.Answered,
        "客户在到货回单上注明了短少或破损，答复之前一直留在待办里。客户确实没有收到的、不接受的，在该行填数量："
        "未收到的计为丢失，不再应收，订单回到生产补做，或由客户书面短结；拒收的退回后办理「拒收退回入库」。都不填的，只记答复。",
        said="已记下答复。",
        heads="产品|托盘|到货:num|未收到:num|拒收:num",
        when=lambda shipment: queries.unanswered(shipment) is not None,
    ),
    Deed(
        "record_goods_back",
        "back",
        "拒收退回入库",
        actions.record_goods_back,
        GONE,
        forms.Back,
        "退回的货放回原托盘，仍归原订单，可重新发出。",
        said="退回已入库。",
        heads="产品|托盘|拒收未退回:num|退回:num",
        when=to_come_back,
    ),
    Deed(
        "record_loss",
        "loss",
        "登记丢失",
        actions.record_loss,
        GONE,
        forms.Loss,
        "丢失的数量不再计为发出，订单自动回到生产补做，或由客户书面短结。",
        said="丢失已登记。",
        tone="danger",
        heads="产品|托盘|未到货:num|丢失:num",
        when=lambda shipment: under_way(shipment) or to_come_back(shipment),
    ),
)
DEEDS = {deed.name: deed for deed in ALL}
