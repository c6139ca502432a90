"""Who carries the goods, and what was heard of those on the road today."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orders.models import Shipment, ShipmentState
from shipping.actions.carrying import change_carrier, record_checkpoint

if TYPE_CHECKING:
    from home.demo.company import Company
    from home.demo.people import People

CARRIERS = (
    ("jianglan", "江澜物流", "0512-66550101", 3, (("江苏", 1), ("浙江", 1), ("上海", 1), ("广东", 2))),
    ("wuyue", "吴越快运", "0571-88120202", 2, (("江苏", 1), ("浙江", 1), ("上海", 1))),
    ("yunhe", "运河配载", "0512-66550303", 4, (("江苏", 1), ("安徽", 2), ("山东", 2))),
    ("own", "本厂车队", "0512-66550404", 1, ()),
)
SEEN = (
    ("moving", "无锡分拨中心", "已到分拨，今晚发出"),
    ("delivering", "目的地网点", "派送员已取件"),
    ("trouble", "沪宁高速昆山段", "车辆爆胎，换车续运，预计晚两小时"),
    ("picked_up", "厂区", ""),
)


def add_carriers(staff: "People", founded: datetime) -> None:
    for code, name, phone, days, leads in CARRIERS:
        change_carrier(
            None, by=staff["logistics"], at=founded, code=code, name=name, phone=phone, lead_days=days, leads=leads
        )


def hear(company: "Company") -> None:
    """Logistics asked after every second shipment that is under way."""
    at = company.clock.now
    under_way = Shipment.objects.filter(state=ShipmentState.DISPATCHED, dispatched_at__lt=at).order_by("pk")
    for number, shipment in enumerate(under_way[:12]):
        if number % 2 == 0:
            kind, place, words = SEEN[number // 2 % len(SEEN)]
            seen_at = max(at - timedelta(minutes=35), shipment.dispatched_at or at)
            record_checkpoint(
                shipment, by=company.people["logistics"], at=at, kind=kind, place=place, words=words, seen_at=seen_at
            )
