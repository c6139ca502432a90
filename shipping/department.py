"""What shipping brings to the house."""

from flow.gates import Bolt
from orders.departments import Department
from orders.models import ShipmentState
from shipping import filing, gates, month, panels, papers

SHIPPING = Department(
    # No gate holds these, but their guards need the step by name.
    bolts=(
        Bolt("check_shipment", "shipment", "发货复核", frozenset({ShipmentState.DRAFT}), ()),
        Bolt("order_emergency", "shipment", "紧急先发", frozenset({ShipmentState.DRAFT}), ()),
    ),
    gates=gates.GATES,
    duties=(*gates.DUTIES, month.DUTY),
    guards=gates.GUARDS,
    houses={"shipment": "shipping:detail"},
    papers=papers.KINDS,
    panels=(panels.PANEL,),
    offers=panels.OFFERS,
    filings=(filing.of_shipments,),
)
