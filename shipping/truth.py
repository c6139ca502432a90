"""The 发货告知书 beside the 订单确认书: is what it tells the customer true, and what was agreed (R31)?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.models import Order, Shipment, Signed, SignOff
from orders.models.revision import DeliveryWay
from shipping import queries
from shipping.queries import Carried

HUNDRED = Decimal(100)
PLACE = (("address", "收货地址"), ("receiver", "收货人"), ("phone", "联系电话"))


@dataclass(frozen=True)
class Compared:
    """One thing that the advice says, beside what the confirmation says of it."""

    label: str
    advised: str
    agreed: str
    differs: bool


def is_checked(shipment: Shipment) -> bool:
    """Whether customer service signed the advice as it reads now."""
    words = SignOff.objects.live().filter(kind=Signed.ADVICE_CHECK, verdict="ok", shipment=shipment)
    return words.filter(digest=shipment.advice_digest).exists()


def compared(shipment: Shipment) -> list[Compared]:
    """Everything that is compared, the differing marked. A fixed number of queries."""
    rows = queries.carried(shipment)
    ids = {each.row.line.order_id for each in rows}
    orders = Order.objects.filter(pk__in=ids).select_related("revision__address").order_by("pk")
    found: list[Compared] = []
    for order in orders:
        name = f"{order.number} " if len(ids) > 1 else ""
        found += place(shipment, order, name)
        found += dates(shipment, order, name)
    return found + [quantity(each) for each in summed(rows)]


def place(shipment: Shipment, order: Order, name: str) -> Iterator[Compared]:
    """Where to; what is fetched at the gate goes nowhere."""
    address = order.revision.address if order.revision else None
    if address is None or shipment.way == DeliveryWay.PICKUP:
        return
    for field, label in PLACE:
        advised, agreed = getattr(shipment, field), getattr(address, field)
        yield Compared(f"{name}{label}", advised, agreed, advised.strip() != agreed.strip())


def dates(shipment: Shipment, order: Order, name: str) -> Iterator[Compared]:
    """The customer asked for the goods by a day; the promise is of their finish, and they leave after that."""
    arrives, left = day_of(shipment.expected_at), day_of(shipment.dispatched_at)
    asked = order.revision.requested_on if order.revision else None
    yield Compared(f"{name}预计到货 / 客户要求", said(arrives), said(asked), is_after(arrives, asked))
    yield Compared(f"{name}发出 / 预交日", said(left), said(order.promised_on), is_after(left, order.promised_on))


def summed(rows: list[Carried]) -> list[tuple[Carried, Decimal]]:
    """Each line once, with all of it that this shipment carries."""
    first: dict[int, Carried] = {}
    sums: dict[int, Decimal] = {}
    for each in rows:
        first.setdefault(each.row.line_id, each)
        sums[each.row.line_id] = sums.get(each.row.line_id, Decimal(0)) + each.row.quantity
    return [(each, sums[line]) for line, each in first.items()]


def quantity(of: tuple[Carried, Decimal]) -> Compared:
    """What is out of a line by now against what was ordered; less is no difference where it may go in parts."""
    each, here = of
    terms, out = each.terms, each.row.line.out
    most = terms.quantity * (HUNDRED + terms.tolerance_plus) / HUNDRED
    least = terms.quantity * (HUNDRED - terms.tolerance_minus) / HUNDRED - each.row.line.closed_short
    differs = out > most or (out < least and not terms.revision.split_allowed)
    return Compared(
        f"{terms.product.code} {terms.product.name}",
        f"{here.normalize():f} {terms.unit}（累计已发 {out.normalize():f}）",
        f"{terms.quantity.normalize():f} {terms.unit}",
        differs,
    )


def day_of(moment: Any) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def said(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else "—"


def is_after(day: date | None, agreed: date | None) -> bool:
    return day is not None and agreed is not None and day > agreed
