"""What each kind of signature judges, as a digest. A signature counts while its digest is what is there now."""

from typing import Any

from audit.keys import digest_of
from orders.models import Revision, RevisionLine, Shipment, ShipmentLine

# Terms that a price is judged with (R5).
TERMS = (
    "deposit_percent",
    "share_before_shipping",
    "starts_early",
    "days_for_rest",
    "payment_stages",
    "deposit_pro_rata",
    "payment_terms",
    "invoice_kind",
)
# What the 订单确认书 prints of the header, but for the dates that production signs.
HEADER = (
    "contact_id",
    "address_id",
    "requested_on",
    "delivery_way",
    "freight",
    "split_allowed",
    "special",
    "currency",
    *TERMS,
)
# What each department's signature judges of a line; `special` of the header stands over all of them.
TECHNICAL = ("product_id", "spec", "formula", "packaging", "special")
MATERIAL = ("product_id", "formula")
TOLERANCE = ("tolerance_minus", "tolerance_plus")
PRICE = ("product_id", "spec", "quantity", "price")
LINE = (
    "product_id",
    "spec",
    "formula",
    "quantity",
    "from_stock",
    "unit",
    "price",
    "tax_rate",
    "tolerance_minus",
    "tolerance_plus",
    "packaging",
    "label_text",
    "special",
    "remark",
    "needs_sample",
)


def of(record: Any, *fields: str) -> list[Any]:
    return [getattr(record, name) for name in fields]


def stamp_line(line: RevisionLine, revision: Revision) -> None:
    """Set the digests of what technical, material, date and price signatures judge on this line."""
    technical = [*of(line, *TECHNICAL), revision.special]
    material = [*of(line, *MATERIAL), line.to_make]
    line.technical_digest = digest_of(technical)
    line.material_digest = digest_of(material)
    line.date_digest = digest_of([technical, material, revision.requested_on, *of(line, *TOLERANCE)])
    line.price_digest = digest_of([*of(line, *PRICE), *of(revision, *TERMS)])


def stamp(revision: Revision, lines: list[RevisionLine]) -> None:
    """Set every digest of a revision and its lines; called wherever terms are written."""
    for line in lines:
        stamp_line(line, revision)
    printed = [of(revision, *HEADER), [[line.line_id, *of(line, *LINE)] for line in lines]]
    revision.check_digest = digest_of(printed)
    revision.credit_digest = digest_of([revision.total, *of(revision, *TERMS)])
    revision.print_digest = digest_of([printed, revision.promised_on, revision.total])


def of_shipment(shipment: Shipment, lines: list[ShipmentLine]) -> str:
    """What clearance and the second check judge: lines, amount, address."""
    return digest_of(
        [
            of(shipment, "receiver", "phone", "address", "way", "pieces", "value", "due_before"),
            [of(line, "line_id", "pallet_id", "quantity") for line in lines],
        ]
    )


def of_advice(shipment: Shipment, lines: list[ShipmentLine]) -> str:
    """What the check of the 发货告知书 judges: all that it tells the customer."""
    told = of(shipment, "receiver", "phone", "address", "way", "pieces", "carrier", "driver", "waybill", "expected_at")
    return digest_of([told, [of(line, "line_id", "pallet_id", "quantity") for line in lines]])
