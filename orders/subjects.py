"""The three kinds of thing of the chain on which something can be owed: a revision, an order, a shipment."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.compiled import Compiled
from accounts.permissions import roles_of
from accounts.roles import SEES_EVERY_ORDER, SEES_FROM_PENDING
from documents.figures import cn_date, money
from flow.subjects import Face, Subject
from orders.models import Order, Revision, Shipment, State
from orders.models.order import seen_by

if TYPE_CHECKING:
    from accounts.models import User

STATES = dict(State.choices)
SHOWN = ("number", "state", "promised_on", "held_at", "revision__total", "revision__requested_on")


def of_orders(user: "User") -> Q:
    return seen_by(user, "order__")


def of_shipments(user: "User") -> Q:
    """Whoever sees an order on it, and none of these is a draft."""
    if roles_of(user) & (SEES_EVERY_ORDER | SEES_FROM_PENDING):
        return Q()
    return Q(subject_id__in=Shipment.objects.visible_to(user).values("pk"))


def faces(model: type, to_order: str = "") -> Callable[[Sequence[int], bool], dict[int, Face]]:
    """Of an order, or of what leads to one."""
    names = ("id", *SHOWN)
    read = Compiled(lambda: model.objects.order_by().values_list("id", *(to_order + name for name in SHOWN)), names)  # type: ignore[attr-defined]

    def named(ids: Sequence[int], prices: bool) -> dict[int, Face]:
        return {
            row["id"]: Face(row["number"], row["number"], tuple(particulars(row, prices=prices)))
            for row in read.read(ids)
        }

    return named


def particulars(row: dict[str, Any], *, prices: bool) -> Iterable[str]:
    yield STATES[row["state"]]
    if row["held_at"]:
        yield "已暂停"
    if row["promised_on"]:
        yield f"预交日 {cn_date(row['promised_on'])}"
    elif row["revision__requested_on"]:
        yield f"要求交期 {cn_date(row['revision__requested_on'])}"
    if prices and row["revision__total"] is not None:
        yield money(row["revision__total"])


SHIPMENTS = Compiled(lambda: Shipment.objects.order_by().values_list("id", "number"), ("id", "number"))


def shipment_faces(ids: Sequence[int], prices: bool) -> dict[int, Face]:
    return {row["id"]: Face(row["number"], row["number"]) for row in SHIPMENTS.read(ids)}


SUBJECTS = (
    Subject(
        Revision,
        "status",
        page="orders:detail",
        order="order_id",
        customer="order__customer_id",
        key="order.number",
        seen=of_orders,
        faces=faces(Revision, "order__"),
        open=Revision.objects.all,
        framed=True,
    ),
    Subject(
        Order,
        "state",
        page="orders:detail",
        order="id",
        seen=of_orders,
        faces=faces(Order),
        open=Order.objects.open,
        framed=True,
    ),
    # Its own page is shipping's.
    Subject(
        Shipment, "state", page="", seen=of_shipments, faces=shipment_faces, open=Shipment.objects.all, framed=True
    ),
)
