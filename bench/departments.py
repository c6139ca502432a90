"""What technical, production, quality, finance and the warehouse look at and do all day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from documents.numbering import business_day
from flow.models import Owed
from orders import written
from orders.models import Order, Revision, Shipment, ShipmentState, Signed, State
from production.models import Batch
from stock.models import Lot

TRACES = ("追溯(成品批)", "追溯(原料批,1,000 行)")
LOAD = "排产负荷(500 张工单)"
PAGES = {
    "技术待确认": ("technical", "/production/technical/"),
    "生产首页": ("production", "/production/"),
    LOAD: ("production", "/production/schedule/"),
    "生产日报": ("production", "/production/daily/"),
    "一班报表": ("production", "/production/daily/sheet/"),
    "异常": ("production", "/production/anomalies/"),
    "质检首页": ("quality", "/quality/"),
    "成品库存": ("warehouse", "/stock/"),
    "发货首页": ("warehouse", "/shipping/"),
    "财务首页": ("finance", "/finance/"),
    "应收与账龄": ("finance", "/finance/receivables/"),
    "收款": ("finance", "/finance/payments/"),
    "对账单": ("finance", "/finance/statements/"),
    "发票": ("finance", "/finance/invoices/"),
    "归档": ("clerks", "/orders/files/"),
    "报价": ("clerks", "/quotes/"),
}
# Whose start page is looked at beside the clerks'.
HOMES = ("finance", "production", "quality", "warehouse")
# One of these at a time, drawn from the open ones.
OF_ONE = {
    "技术页(一单)": ("technical", "/production/{}/technical/", State.PENDING),
    "报工页(一单)": ("production", "/production/{}/report/", State.PRODUCTION),
    "批次页(一单)": ("quality", "/quality/{}/", State.QUALITY),
    "收付款页(一单)": ("finance", "/finance/orders/{}/", State.SHIPPING),
}
refs = count(1)


@dataclass(frozen=True)
class Todo:
    """A form on a page, what is filled into it beside what stands there, and where it is sent if not to the page."""

    page: str
    filled: dict[str, str] = field(default_factory=dict)
    target: str = ""


def some(state: State, most: int = 40) -> list[str]:
    return list(Order.objects.filter(state=state).order_by("?").values_list("number", flat=True)[:most])


def owing(what: str) -> list[str]:
    found = Owed.objects.open().filter(what=what, order__state=State.PENDING).order_by("?")
    return list(found.values_list("order__number", flat=True))


def last_lot() -> str:
    """Of goods that have left."""
    lots = Lot.objects.filter(source=Lot.Source.PRODUCTION).order_by("-pk")
    return lots.values_list("number", flat=True)[0]


def technical_words() -> Iterator[Todo]:
    return (Todo(f"/production/{number}/technical/") for number in owing("technical_signed"))


def reports() -> Iterator[Todo]:
    """One more unit of each line."""
    unsigned = Owed.objects.open().filter(order=OuterRef("pk"), what="order_signed_for")
    for order in Order.objects.filter(~Exists(unsigned), state=State.PRODUCTION).order_by("-pk")[:200]:
        filled = {f"{line}-good": "1" for line in order.lines.values_list("pk", flat=True)}
        yield Todo(f"/production/{order.number}/report/", filled)


def inspections() -> Iterator[Todo]:
    """The batches that the reports have made."""
    fine = {f"{what}_ok": "on" for what in ("quantity", "appearance", "packaging", "label")}
    fine |= {"sample_size": "1", "measured": "均合格", "verdict": "passed"}
    return (Todo(f"/quality/batches/{pk}/inspect/", fine) for pk in one_of_each(Q(status="waiting")))


def countersignatures() -> Iterator[Todo]:
    """The batches that passed."""
    seen = {f"{what}_ok": "on" for what in ("quantity", "appearance", "packaging", "label")}
    return (Todo(f"/quality/batches/{pk}/countersign/", seen) for pk in one_of_each(Q(status="inspected")))


def receipts_into_stock() -> Iterator[Todo]:
    """The batches that both signed, as one pallet each."""
    return (Todo(f"/quality/batches/{pk}/receive/") for pk in one_of_each(Q(stocked__lt=F("accepted"))))


def one_of_each(wanted: Q) -> QuerySet[Any, int]:
    """One such batch of each order: its forms are opened before any is sent, and a second would be out of date."""
    found = Batch.objects.filter(wanted).order_by("line__order_id", "pk").distinct("line__order_id")
    return found.values_list("pk", flat=True)


def payments() -> Iterator[Todo]:
    """What is left to pay of orders whose goods are ready."""
    rows = Revision.objects.filter(order__in=ready(), status="in_force").values_list(
        "order__number", "total", "order__received"
    )
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    for number, total, received in rows:
        filled = {"amount": str(total - received), "bank_ref": f"P{next(refs):06d}", "received_at": now}
        yield Todo(f"/finance/payments/new/?order={number}", filled)


def drafts() -> Iterator[Todo]:
    return (
        Todo(f"/shipping/new/?order={number}", {"planned_on": str(business_day(timezone.now()) + timedelta(days=1))})
        for number in ready().filter(received__gte=F("revision__total")).values_list("number", flat=True)
    )


def clearances() -> Iterator[Todo]:
    found = Shipment.objects.filter(state=ShipmentState.DRAFT).order_by("pk")
    for number in found.values_list("number", flat=True):
        page = f"/finance/shipments/{number}/clear/"
        yield Todo(page, target=f"{page}sign/")


def of_shipments(slug: str, state: ShipmentState, signed: Signed) -> Iterator[Todo]:
    """The step that follows this word on a shipment."""
    word = written.word(signed, shipment=OuterRef("pk"), digest=OuterRef("digest"))
    found = Shipment.objects.filter(Exists(word), state=state).order_by("-pk").values_list("number", flat=True)
    return (Todo(f"/shipping/{number}/{slug}/") for number in found)


def checks() -> Iterator[Todo]:
    return of_shipments("check", ShipmentState.DRAFT, Signed.CLEARANCE)


def notices() -> Iterator[Todo]:
    return of_shipments("notice", ShipmentState.DRAFT, Signed.SHIPMENT_CHECK)


def dispatches() -> Iterator[Todo]:
    for todo in of_shipments("dispatch", ShipmentState.NOTICED, Signed.SHIPMENT_CHECK):
        yield Todo(todo.page, {"carrier": "安能物流"})


def ready() -> QuerySet[Order]:
    """Orders in 发货 of which nothing is on a shipment yet."""
    return Order.objects.filter(state=State.SHIPPING, lines__shipment_lines=None).distinct().order_by("pk")
