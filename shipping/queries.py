"""What shipping reads: what lies ready, what is on open shipments, what became of what was sent."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Now

from audit.models import Event
from documents.queries import next_month, start_of
from orders.models import EntryKind, Line, LineEntry, Order, RevisionLine, Shipment, ShipmentLine, ShipmentState
from orders.models.order import RELEASED
from orders.models.revision import DeliveryWay
from orders.reservations import on_pallets
from orders.shares import STILL_HERE
from shipping import carriers
from shipping.models import Carriage, Carrier, Checkpoint, Receipt, Trouble
from shipping.road import NOT_ALL_LOST, ON_THE_ROAD, UNDER_WAY
from stock.models import Move, Pallet
from stock.queries import promisable

if TYPE_CHECKING:
    from accounts.models import User

ZERO = Decimal(0)
PUT_ON = (Move.Kind.OPENED, Move.Kind.RECEIVED)


# --- what may be put on a shipment --------------------------------------------------------------------------------


@dataclass
class Ready:
    """A line on a pallet: `lying` there for it, `planned` on other open shipments, so `free` may be planned now."""

    line: Line
    terms: RevisionLine
    pallet: Pallet
    lying: Decimal
    planned: Decimal
    from_stock: bool
    chosen: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.lying - self.planned

    @property
    def key(self) -> tuple[int, int]:
        return self.line.pk, self.pallet.pk


def ready(orders: Iterable[Order], *, besides: Shipment | None = None) -> list[Ready]:
    """What of these orders lies in stock and is on no open shipment but `besides`. Five queries, whatever the lines."""
    revisions = [order.revision_id for order in orders]
    terms = {
        row.line_id: row
        for row in RevisionLine.objects.filter(revision__in=revisions)
        .select_related("line__order", "product")
        .order_by("line__order_id", "position")
    }
    lying = on_pallets(terms)
    pallets = Pallet.objects.select_related("lot").in_bulk({row.pallet_id for row in lying})
    planned = planned_elsewhere(terms, besides)
    chosen = quantities(besides) if besides else {}
    order_of = {line_id: place for place, line_id in enumerate(terms)}
    found = [
        Ready(
            line=terms[row.line_id].line,
            terms=terms[row.line_id],
            pallet=pallets[row.pallet_id],
            lying=row.quantity,
            planned=planned.get((row.line_id, row.pallet_id), ZERO),
            from_stock=row.from_stock > 0,
            chosen=chosen.get((row.line_id, row.pallet_id), ZERO),
        )
        for row in sorted(lying, key=lambda row: (order_of[row.line_id], row.pallet_id))
    ]
    return [row for row in found if row.free > 0]


def planned_elsewhere(line_ids: Iterable[int], besides: Shipment | None) -> dict[tuple[int, int], Decimal]:
    """(line, pallet) → what other drafted or noticed shipments already carry of it."""
    rows = ShipmentLine.objects.filter(line__in=list(line_ids), shipment__state__in=STILL_HERE)
    if besides:
        rows = rows.exclude(shipment=besides)
    summed = rows.order_by().values_list("line_id", "pallet_id").annotate(Sum("quantity"))
    return {(line, pallet): quantity for line, pallet, quantity in summed}


def quantities(shipment: Shipment) -> dict[tuple[int, int], Decimal]:
    rows = shipment.lines.values_list("line_id", "pallet_id", "quantity")
    return {(line, pallet): quantity for line, pallet, quantity in rows}


def orders_ready(user: "User") -> QuerySet[Order]:
    """Released orders with stocked or reserved goods that have not left and are on no open shipment yet."""
    here = Line.objects.filter(order=OuterRef("pk")).filter(
        Q(reserved__gt=0) | Q(stocked__gt=F("freed")), good__gt=F("out")
    )
    open_lines = ShipmentLine.objects.filter(line=OuterRef("pk"), shipment__state__in=STILL_HERE)
    return (
        Order.objects.visible_to(user)
        .filter(state__in=RELEASED)
        .filter(Exists(here.exclude(Exists(open_lines))))
        .select_related("customer", "revision")
        .order_by("released_at", "pk")
    )


def pieces_of(loads: Iterable[tuple[Pallet, Decimal]]) -> list[int]:
    """How many of a pallet's pieces a quantity makes, by what was put on the pallet; one query, nothing is counted."""
    known = list(loads)
    put_on = dict(
        Move.objects.filter(pallet__in=[pallet.pk for pallet, _ in known], kind__in=PUT_ON)
        .order_by()
        .values_list("pallet_id")
        .annotate(Sum("quantity"))
    )
    return [
        int((pallet.pieces * quantity / put_on[pallet.pk]).to_integral_value(ROUND_HALF_UP))
        if pallet.pk in put_on
        else 0
        for pallet, quantity in known
    ]


# --- what may be reserved -----------------------------------------------------------------------------------------


def free_pallets(product_ids: Iterable[int], day: date) -> dict[int, list[Pallet]]:
    """Product → pallets that may be reserved on `day`, the oldest lot first; one query."""
    found: dict[int, list[Pallet]] = defaultdict(list)
    for pallet in promisable(product_ids, day).select_related("lot").order_by("lot__made_on", "lot_id", "pk"):
        found[pallet.lot.product_id].append(pallet)
    return found


# --- what became of it --------------------------------------------------------------------------------------------


@dataclass
class Fate:
    """What became of one line of a shipment, in the ledger's words."""

    shipped: Decimal = ZERO
    arrived: Decimal = ZERO
    refused: Decimal = ZERO
    returned: Decimal = ZERO
    lost: Decimal = ZERO

    @property
    def under_way(self) -> Decimal:
        """Not heard of yet."""
        return self.shipped - self.arrived - self.refused - self.lost

    @property
    def to_come_back(self) -> Decimal:
        """Refused, and not back in the house yet."""
        return self.refused - self.returned


OF_THE_WAY = {
    EntryKind.SHIPPED: "shipped",
    EntryKind.ARRIVED: "arrived",
    EntryKind.REFUSED: "refused",
    EntryKind.RETURNED: "returned",
    EntryKind.LOST: "lost",
}


def fates(shipment: Shipment) -> dict[tuple[int, int], Fate]:
    """(line, pallet) → what became of what this shipment carried; one query."""
    found: dict[tuple[int, int], Fate] = defaultdict(Fate)
    rows = (
        LineEntry.objects.filter(shipment=shipment, kind__in=OF_THE_WAY)
        .order_by()
        .values_list("line_id", "pallet_id", "kind")
        .annotate(Sum("quantity"))
    )
    for line_id, pallet_id, kind, quantity in rows:
        setattr(found[line_id, pallet_id], OF_THE_WAY[EntryKind(kind)], quantity)
    return found


@dataclass
class Carried:
    """A line of a shipment with its terms and its fate, as pages and papers show it."""

    row: ShipmentLine
    terms: RevisionLine
    fate: Fate = field(default_factory=Fate)


def carried(shipment: Shipment) -> list[Carried]:
    """The shipment's lines with order, terms in force, pallet, lot and fate; three queries."""
    rows = list(shipment.lines.select_related("line__order", "pallet__lot").order_by("id"))
    terms = {
        row.line_id: row
        for row in RevisionLine.objects.filter(
            line__in=[row.line_id for row in rows], revision=F("line__order__revision")
        ).select_related("product", "revision")
    }
    known = fates(shipment) if shipment.dispatched_at else {}
    return [
        Carried(row, terms[row.line_id], known.get((row.line_id, row.pallet_id), Fate()))
        for row in rows
        if row.line_id in terms
    ]


@dataclass
class Said:
    """One thing that the order and the shipment both say."""

    label: str
    ordered: str
    planned: str
    differs: bool


@dataclass
class Place:
    """Where one of a shipment's orders goes by its terms in force, beside where the shipment goes."""

    order: Order
    said: list[Said]

    @property
    def differs(self) -> bool:
        return any(each.differs for each in self.said)


def places(shipment: Shipment) -> list[Place]:
    """Order by order; what is fetched at the gate goes to no address."""
    found = Order.objects.filter(lines__shipment_lines__shipment=shipment).select_related("revision__address")
    fetched = shipment.way == DeliveryWay.PICKUP
    said = []
    for order in found.distinct().order_by("pk"):
        terms: Any = order.revision
        here = [] if fetched else [where(name, label, terms.address, shipment) for name, label in WHERE]
        way = Said(
            "交货方式",
            terms.get_delivery_way_display(),
            shipment.get_way_display(),
            (terms.delivery_way == DeliveryWay.PICKUP) != fetched,
        )
        said.append(Place(order, [way, *here]))
    return said


WHERE = (("receiver", "收货人"), ("phone", "联系电话"), ("address", "收货地址"))


def where(name: str, label: str, address: Any, shipment: Shipment) -> Said:
    ordered, planned = (getattr(each, name, "").strip() for each in (address, shipment))
    return Said(label, ordered, planned, ordered != planned)


@dataclass
class ToPick:
    """A pallet on a shipment's pick list."""

    row: ShipmentLine
    terms: RevisionLine

    @property
    def pallet(self) -> Pallet:
        return self.row.pallet

    @property
    def line(self) -> Line:
        return self.row.line

    @property
    def quantity(self) -> Decimal:
        return self.row.quantity

    @property
    def pick(self) -> Any:
        return getattr(self.row, "pick", None)

    @property
    def is_picked(self) -> bool:
        return self.pick is not None

    @property
    def code(self) -> dict[str, str]:
        """As the scan page sends it."""
        return {"code": self.pallet.number}


def to_pick(shipment: Shipment) -> list[ToPick]:
    """What is still to be scanned first, then what was; two queries."""
    rows = shipment.lines.select_related("line__order", "pallet__lot", "pick__by").order_by("pallet__number")
    found = list(rows)
    terms = {
        row.line_id: row
        for row in RevisionLine.objects.filter(
            line__in=[row.line_id for row in found], revision=F("line__order__revision")
        ).select_related("product")
    }
    # A cancelled shipment may hold a line that an amendment has dropped since.
    listed = [ToPick(row, terms[row.line_id]) for row in found if row.line_id in terms]
    return sorted(listed, key=lambda each: each.is_picked)


# --- lists --------------------------------------------------------------------------------------------------------

SHELVES = {
    "draft": ("拟发", Q(state=ShipmentState.DRAFT)),
    "noticed": ("已通知", Q(state=ShipmentState.NOTICED)),
    "dispatched": ("在途", ON_THE_ROAD),
    "late": ("逾期未到", ON_THE_ROAD & Q(expected_at__lt=Now()) & ~Q(way=DeliveryWay.PICKUP)),
    "arrived": ("待回单", Q(state=ShipmentState.ARRIVED) & ~Q(UNDER_WAY)),
    "signed": ("已签收", Q(state=ShipmentState.SIGNED)),
    "lost": ("全部丢失", Q(state=ShipmentState.DISPATCHED) & ~Q(UNDER_WAY)),
    "cancelled": ("已取消", Q(state=ShipmentState.CANCELLED)),
}


# On these what should be there longest comes first; on the others what was drafted last.
AWAITED = frozenset({"dispatched", "late"})


def shipments(user: "User", shelf: str) -> QuerySet[Shipment]:
    """One shelf of the list, with what a row shows."""
    lines = ShipmentLine.objects.select_related("line__order").order_by("id")
    return (
        Shipment.objects.visible_to(user)
        .filter(SHELVES[shelf][1])
        .select_related("customer", "carriage__carrier")
        .prefetch_related(Prefetch("lines", lines))
        .order_by(*(("expected_at", "pk") if shelf in AWAITED else ("-created_at", "-pk")))
    )


def days_late(shipment: Shipment, now: datetime) -> int | None:
    """Whole days since it should have been there; None where its time has not come."""
    late = shipment.expected_at is not None and shipment.expected_at < now
    return (now - shipment.expected_at).days if late and shipment.expected_at else None


def order_numbers(shipment: Shipment) -> list[str]:
    """Of a shipment with its lines prefetched."""
    return list(dict.fromkeys(row.line.order.number for row in shipment.lines.all()))


def counts(user: "User") -> dict[str, int]:
    """How many shipments stand on each shelf that still wants work."""
    seen = Shipment.objects.visible_to(user).exclude(state__in=[ShipmentState.SIGNED, ShipmentState.CANCELLED])
    working = ("draft", "noticed", "dispatched", "late", "arrived")
    asked = {shelf: Count("pk", filter=SHELVES[shelf][1]) for shelf in working}
    return {**dict.fromkeys(SHELVES, 0), **seen.order_by().aggregate(**asked)}


def delivery_notes(user: "User", month: date) -> QuerySet[Shipment]:
    """What left in that month, by when, with who received its 销售发货单."""
    gone = [ShipmentState.DISPATCHED, ShipmentState.ARRIVED, ShipmentState.SIGNED]
    return (
        Shipment.objects.visible_to(user)
        .filter(state__in=gone, dispatched_at__gte=start_of(month), dispatched_at__lt=start_of(next_month(month)))
        .filter(NOT_ALL_LOST)
        .select_related("customer", "handed_over__by")
        .order_by("dispatched_at", "pk")
    )


def handed_over(found: QuerySet[Shipment]) -> dict[str, int]:
    return found.order_by().aggregate(all=Count("pk"), received=Count("handed_over"))


def of_order(order: Order) -> QuerySet[Shipment]:
    """The order's shipments, newest first."""
    on_order = ShipmentLine.objects.filter(line__order=order).values("shipment_id")
    return Shipment.objects.filter(pk__in=on_order).order_by("-created_at", "-pk")


def story(shipment: Shipment) -> QuerySet[Event]:
    return Event.objects.filter(subject_kind="shipment", subject_id=shipment.pk).select_related("by").order_by("-seq")


def troubles(shipment: Shipment) -> QuerySet[Trouble]:
    return shipment.troubles.select_related("by", "told__by")  # type: ignore[attr-defined]


def untold(shipment: Shipment) -> QuerySet[Trouble]:
    """What went wrong and the customer does not know of."""
    return Trouble.objects.filter(shipment=shipment, customer_told_at=None, told=None)


MOST_CHECKPOINTS = 100


def checkpoints(shipment: Shipment) -> list[Checkpoint]:
    """Where the goods were seen, newest first."""
    return list(Checkpoint.objects.filter(shipment=shipment).select_related("by", "carrier")[:MOST_CHECKPOINTS])


def likely_carrier(shipment: Shipment) -> Carrier | None:
    """The one that went to this customer last; for a first shipment the only one there is, or the only one that knows
    the way there."""
    if last := last_carrier(shipment):
        return last
    known = list(Carrier.objects.filter(is_active=True).prefetch_related("leads"))
    fitting = known if len(known) == 1 else [each for each in known if carriers.goes_to(each, shipment.address)]
    return fitting[0] if len(fitting) == 1 else None


def last_carrier(shipment: Shipment) -> Carrier | None:
    """The known carrier that last went to this customer, the same address before others."""
    went = Carriage.objects.filter(shipment__customer=shipment.customer_id, carrier__is_active=True)
    same = Case(When(shipment__address=shipment.address, then=Value(0)), default=Value(1))
    last = went.select_related("carrier").prefetch_related("carrier__leads").order_by(same, "-pk").first()
    return last.carrier if last else None


def unanswered(shipment: Shipment) -> Receipt | None:
    """The filed receipt, while what is amiss on it has no answer."""
    if shipment.state != ShipmentState.SIGNED:
        return None
    amiss = Receipt.objects.filter(shipment=shipment, answer=None).exclude(condition=Receipt.Condition.WHOLE)
    return amiss.first()
