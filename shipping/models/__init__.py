"""Shipping's own records of a shipment's way; its core and quantities are the order's."""

from shipping.models.carriers import Carriage, Carrier, CarrierLead, Checkpoint
from shipping.models.drafting import Drafter
from shipping.models.picking import Pick
from shipping.models.way import HandedOver, Receipt, ReceiptAnswer, Trouble, TroubleTold

__all__ = [
    "Carriage",
    "Carrier",
    "CarrierLead",
    "Checkpoint",
    "Drafter",
    "HandedOver",
    "Pick",
    "Receipt",
    "ReceiptAnswer",
    "Trouble",
    "TroubleTold",
]
