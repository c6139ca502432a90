"""Everything that can be done to goods on their way out: reserving, drafting, notice, dispatch, arrival (R29–R34)."""

from shipping.actions.answering import answer_receipt
from shipping.actions.arriving import (
    file_receipt,
    record_arrival,
    record_goods_back,
    record_loss,
    record_trouble,
)
from shipping.actions.carrying import change_carrier, record_checkpoint, renew_carrier_key
from shipping.actions.correcting import correct_carriage
from shipping.actions.dispatching import check_advice, dispatch, record_advice_heard, repeat_terms, send_advice
from shipping.actions.drafting import cancel_shipment, draft_shipment, edit_shipment
from shipping.actions.handing import receive_delivery_note
from shipping.actions.noticing import check_shipment, issue_notice, order_emergency, recall_notice, waive_return
from shipping.actions.picking import scan_pallet, unpick
from shipping.actions.pickup import sign_pickup
from shipping.actions.reserving import release_reservation, reserve_stock
from shipping.actions.telling import tell_trouble

__all__ = [
    "answer_receipt",
    "cancel_shipment",
    "change_carrier",
    "check_advice",
    "check_shipment",
    "correct_carriage",
    "dispatch",
    "draft_shipment",
    "edit_shipment",
    "file_receipt",
    "issue_notice",
    "order_emergency",
    "recall_notice",
    "receive_delivery_note",
    "record_advice_heard",
    "record_arrival",
    "record_checkpoint",
    "record_goods_back",
    "record_loss",
    "record_trouble",
    "release_reservation",
    "renew_carrier_key",
    "repeat_terms",
    "reserve_stock",
    "scan_pallet",
    "send_advice",
    "sign_pickup",
    "tell_trouble",
    "unpick",
    "waive_return",
]
