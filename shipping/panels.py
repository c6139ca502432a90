"""What pages show of shipments: a shipment's story, the panel on an order's page, and what may be done there."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accounts.permissions import label_of, may, sees_prices
from documents.access import attachments_seen_by, documents_seen_by
from documents.queries import attachments_of, documents_of
from flow.gates import Bolt, Unmet, registry
from orders.models import Order, Shipment, ShipmentState, State
from orders.models.order import RELEASED
from orders.models.revision import DeliveryWay
from orders.panels import Offer, Panel, offers
from orders.queries import rows_of
from orders.reservations import on_pallets
from orders.story import why
from shipping import carriers, gates, queries, truth
from shipping.deeds import ALL, DRAFT, under_way

if TYPE_CHECKING:
    from accounts.models import User

NEXT_STEP = {ShipmentState.DRAFT: ("issue_notice", "dispatch"), ShipmentState.NOTICED: ("dispatch",)}
STATES = dict(ShipmentState.choices)


# --- a shipment's page --------------------------------------------------------------------------------------------


def story(shipment: Shipment, user: "User") -> dict[str, Any]:
    """Everything a shipment's page shows."""
    carried = queries.carried(shipment)
    steps, offered = steps_of(shipment), offers(shipment, user, shipment.state, shipment.number)
    papers = list(documents_seen_by(user, documents_of("shipment", shipment.pk)))
    return facts_of(shipment, user) | {
        "carried": carried,
        "orders": list({each.row.line.order_id: each.row.line.order for each in carried}.values()),
        "steps": steps,
        "may_pick": may(user, "scan_pallet") and shipment.state in (ShipmentState.DRAFT, ShipmentState.NOTICED),
        "main": to_do_now(shipment, user, steps, offered),
        "papers": papers,
        "attachments": attachments_seen_by(user, attachments_of("shipment", shipment.pk)),
        "troubles": queries.troubles(shipment),
        "checkpoints": queries.checkpoints(shipment) if shipment.dispatched_at else [],
        "unanswered": queries.unanswered(shipment),
        "offers": offered,
        "events": [row(event, prices=sees_prices(user)) for event in queries.story(shipment)],
    }


@dataclass(frozen=True)
class NextStep:
    """A step ahead with its gates; `more` are those that an earlier step on the page does not ask already."""

    bolt: Bolt
    gates: list[Unmet]
    more: list[Unmet]

    @property
    def shut(self) -> list[str]:
        return [gate.code for gate in self.gates if not gate.is_open]


def steps_of(shipment: Shipment) -> list[NextStep]:
    found: list[NextStep] = []
    for code in NEXT_STEP.get(ShipmentState(shipment.state), ()):
        gates = registry.explain([code], shipment)
        seen = {gate.code for step in found for gate in step.gates}
        found.append(NextStep(registry.bolts[code], gates, [gate for gate in gates if gate.code not in seen]))
    return found


def to_do_now(shipment: Shipment, user: "User", steps: list[NextStep], offered: list[tuple[Offer, str]]) -> set[str]:
    """What of that which is offered stands out: what this person may do at this moment, and brings the shipment on."""
    found = next_on_the_chain(steps, offered) if steps else next_on_the_road(shipment)
    return {action for action in found if not registry.forbidden(action, shipment, user)}


def next_on_the_chain(steps: list[NextStep], offered: list[tuple[Offer, str]]) -> set[str]:
    """The steps whose gates are all open; of one whose shut gates can all be opened from here, what opens them."""
    here = {offer.page: offer.action for offer, _ in offered}
    found: set[str] = set()
    for step in steps:
        opening = {here.get(registry.gates["shipment", code].page, "") for code in step.shut}
        found |= set() if "" in opening else opening or {step.bolt.code}
    return found - {step.bolt.code for step in steps if step.shut}


def next_on_the_road(shipment: Shipment) -> set[str]:
    if shipment.state == ShipmentState.ARRIVED and not under_way(shipment):
        return {"file_receipt"} if shipment.noticed_at else {"file_receipt", "issue_notice"}
    if shipment.way == DeliveryWay.PICKUP:
        return {"sign_pickup", "issue_notice"}
    if queries.untold(shipment).exists():
        return {"tell_trouble"}
    return {"repeat_terms", "issue_notice", next_of_advice(shipment)}


def next_of_advice(shipment: Shipment) -> str:
    """The advice is checked, sent, heard of; then the arrival is waited for."""
    if shipment.advice_heard_at:
        return "record_arrival"
    if shipment.advised_at:
        return "record_advice_heard"
    return "send_advice" if truth.is_checked(shipment) else "check_advice"


def facts_of(shipment: Shipment, user: "User") -> dict[str, Any]:
    asked = shipment.state in (ShipmentState.DRAFT, ShipmentState.NOTICED, ShipmentState.DISPATCHED)
    return {
        "shipment": shipment,
        "sees_prices": sees_prices(user),
        "duties": duties(shipment),
        "freight_conflict": carriers.freight_conflict(shipment) if asked else "",
    }


def duties(shipment: Shipment) -> list[tuple[str, Any, str]]:
    """(what, when it was done, by whom it is still owed) of what follows dispatch."""
    if shipment.dispatched_at is None:
        return []
    if shipment.way == DeliveryWay.PICKUP:
        return [("自提签收", shipment.receipt_at, "发货员")]
    # What was to be said while the goods were on the road is owed no more once they are there.
    warehouse, clerk = ("发货员", "客服员") if under_way(shipment) else ("", "")
    return [
        ("复述发货条款", shipment.terms_repeated_at, warehouse),
        ("发出发货告知书", shipment.advised_at, clerk),
        ("电话确认收到告知书", shipment.advice_heard_at, clerk),
        ("到货", shipment.arrived_at, "客服员"),
        ("到货回单归档", shipment.receipt_at, "客服员"),
    ]


def row(event: Any, *, prices: bool) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": label_of(event.action),
        "from": STATES.get(event.from_state, ""),
        "to": STATES.get(event.to_state, ""),
        "who": event.by,
        "why": why(event, prices=prices),
    }


# --- on an order's page -------------------------------------------------------------------------------------------


def deliveries(order: Order, user: "User") -> dict[str, Any]:
    """Line by line what is ready, out and arrived, and the order's shipments; two queries, whatever their number,
    and none before anything lay in stock for the order."""
    terms = {row.line_id: row for row in rows_of(order)}
    lines = [row.line for row in terms.values()]
    stocked = any(line.reserved or line.stocked for line in lines)
    lying: dict[int, Decimal] = defaultdict(Decimal)
    for there in on_pallets([line.pk for line in lines]) if stocked else ():
        lying[there.line_id] += there.quantity
    return {
        "progress": [(line, terms[line.pk], lying[line.pk], line.good - line.out) for line in lines],
        "shipments": list(queries.of_order(order)) if stocked else [],
        "sees_prices": sees_prices(user),
    }


def panel(order: Order, user: "User") -> dict[str, Any] | None:
    """Nothing before there is something to reserve or ship."""
    if order.released_at is None and order.state != State.PENDING and order.state != State.APPROVED:
        return None
    context = deliveries(order, user)
    reserving = any(row[1].from_stock > 0 for row in context["progress"])
    if order.released_at is None and not reserving:
        return None
    return context | {
        "order": order,
        "may_draft": may(user, "draft_shipment") and order.state in RELEASED,
        "may_reserve": may(user, "reserve_stock") and reserving,
    }


PANEL = Panel("shipping", "发货", 60, "shipping/panel.html", panel)
OFFERS = (
    Offer("draft_shipment", "拟发货", "shipping:of_order", frozenset(RELEASED)),
    Offer("reserve_stock", "预留现货", "shipping:reserve", frozenset({State.PENDING, State.APPROVED})),
    Offer("edit_shipment", "修改", "shipping:edit", DRAFT, subject="shipment"),
    Offer(
        "waive_return",
        "说明未补传而先发",
        "shipping:waive",
        frozenset({ShipmentState.DRAFT, ShipmentState.NOTICED}),
        subject="shipment",
        when=lambda shipment: gates.unreturned(lines__shipment_lines__shipment=shipment).exists(),
    ),
    *(
        Offer(
            deed.code,
            deed.label,
            f"shipping:{deed.name}",
            deed.states,
            subject="shipment",
            tone=deed.tone,
            when=deed.when,
        )
        for deed in ALL
    ),
)
