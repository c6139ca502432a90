from orders.models.house import HouseRules
from orders.models.importing import ImportRun
from orders.models.ledger import EntryKind, Line, LineEntry, give_places, place_of, places
from orders.models.order import ENDED, RELEASED, UNRELEASED, Channel, Kind, Order, State
from orders.models.push import DatePush, HoldPeriod
from orders.models.returned import ConfirmationReturn
from orders.models.revision import (
    Confirmation,
    DeliveryWay,
    Freight,
    InvoiceKind,
    Revision,
    RevisionLine,
    Status,
)
from orders.models.shipment import Shipment, ShipmentLine, ShipmentState
from orders.models.signoff import Signed, SignOff

__all__ = [
    "ENDED",
    "RELEASED",
    "UNRELEASED",
    "Channel",
    "Confirmation",
    "ConfirmationReturn",
    "DatePush",
    "DeliveryWay",
    "EntryKind",
    "Freight",
    "HoldPeriod",
    "HouseRules",
    "ImportRun",
    "InvoiceKind",
    "Kind",
    "Line",
    "LineEntry",
    "Order",
    "Revision",
    "RevisionLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentState",
    "SignOff",
    "Signed",
    "State",
    "Status",
    "give_places",
    "place_of",
    "places",
]
