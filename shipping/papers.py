"""Shipping's papers: 商品销售发货(申请)通知单, 销售发货单, 发货告知书 (R29, R31). Shapes: docs/documents.md."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from audit.errors import Refused
from documents import kinds, sending
from documents.audience import Audience
from documents.freeze import freeze
from documents.kinds import THREE_COPIES, Kind
from documents.models import Document
from documents.money import trimmed
from documents.numbering import next_number
from documents.queries import current_document
from orders import shares
from orders.frame import OrderAct
from orders.models import Shipment, Signed, SignOff
from orders.models.revision import DeliveryWay
from orders.papers import tolerance
from shipping.models import Receipt
from shipping.queries import Carried, carried, pieces_of

SEAL = "发货专用章"
PLAIN = Audience.PLAIN
CONTINUOUS = "documents/delivery_note_continuous.html"
KINDS = (
    Kind("dispatch_notice", "FT", "商品销售发货(申请)通知单", "documents/dispatch_notice.html", PLAIN, seal=SEAL),
    Kind(
        "delivery_note",
        "FH",
        "销售发货单",
        "documents/delivery_note.html",
        PLAIN,
        seal=SEAL,
        copies=THREE_COPIES,
        continuous=CONTINUOUS,
    ),
    # The customer who wants prices on it gets this one from customer service; the warehouse prints the plain one.
    Kind(
        "delivery_note_priced",
        "FH",
        "销售发货单",
        "documents/delivery_note.html",
        Audience.PRICES,
        seal=SEAL,
        copies=THREE_COPIES,
        continuous=CONTINUOUS,
    ),
    Kind("dispatch_advice", "FG", "发货告知书", "documents/dispatch_advice.html", PLAIN, seal=SEAL),
    # It travels with the goods to be signed; what came back is filed beside it, and both keep counting.
    Kind("arrival_receipt", "HD", "到货回单", "documents/arrival_receipt.html", PLAIN, seal=SEAL),
    Kind("arrival_receipt_filed", "HD", "到货回单（归档）", "documents/arrival_receipt.html", PLAIN),
)
WORDS_ON_MONEY = {
    Signed.CLEARANCE: "财务已落实款项",
    Signed.TERMS_CHECK: "按合同条款发货，客服已核对",
    Signed.SPECIAL_FIN: "特批发货",
}


def freeze_notice(act: OrderAct, shipment: Shipment) -> Document:
    rows = carried(shipment)
    data = common(shipment, rows) | {
        "delivery": {"way": shipment.get_way_display(), "freight": freight_of(rows), "carrier": carrier_of(shipment)},
        "planned_on": shipment.planned_on,
        "lines": lines_of(rows),
        "clearance": word_on_money(shipment),
        "checked_by": checker(shipment),
        "special": shipment.remark,
        "emergency": emergency(shipment),
    }
    return keep(act, shipment, "dispatch_notice", data)


def carrier_of(shipment: Shipment) -> str:
    """Whom the house means to send it by; what is fetched goes by nobody."""
    return shipment.get_way_display() if shipment.way == DeliveryWay.PICKUP else shipment.carrier


def on_its_way(shipment: Shipment, rows: list[Carried]) -> dict[str, Any]:
    """What all papers of a shipment that left say: by which notice, and with whom it goes."""
    carrier = {
        "name": shipment.carrier or shipment.get_way_display(),
        "fetched": shipment.way == DeliveryWay.PICKUP,
        "driver": shipment.driver,
        "phone": shipment.driver_phone,
        "plate": shipment.plate,
        "waybill": shipment.waybill,
    }
    notice = current_document("dispatch_notice", "shipment", shipment.pk)
    return common(shipment, rows) | {"notice": notice.number if notice else "", "carrier": carrier}


def freeze_delivery(act: OrderAct, shipment: Shipment) -> None:
    """销售发货单, also with prices where the customer wants it so, 发货告知书 and the 到货回单 to be signed.

    Whoever fetches the goods need not be told that they are under way.
    """
    rows = carried(shipment)
    data, lines = on_its_way(shipment, rows), lines_of(rows)
    keep(act, shipment, "delivery_note", data | {"shipped_at": act.at, "lines": lines})
    if shipment.customer.delivery_note_prices:
        amounts = amounts_of(rows)
        priced = [
            shown | {"price": row.terms.price, "tax_rate": row.terms.tax_rate, "amount": amount}
            for shown, row, amount in zip(lines, rows, amounts, strict=True)
        ]
        totals = {"total": sum((each["amount"] for each in priced), Decimal(0))}
        keep(act, shipment, "delivery_note_priced", data | {"shipped_at": act.at, "lines": priced, "totals": totals})
    if shipment.way != DeliveryWay.PICKUP:
        keep(act, shipment, "dispatch_advice", data | told_of(shipment, rows, lines))
    receipt = data | {
        "delivery_note": shipment.number,
        "dispatched_at": act.at,
        "lines": lines,
        "conditions": Receipt.Condition.labels,
        "contact": clerk(rows),
    }
    keep(act, shipment, "arrival_receipt", receipt)


def freeze_advice(act: OrderAct, shipment: Shipment) -> Document:
    """The 发货告知书 of what was put right since."""
    rows = carried(shipment)
    return keep(act, shipment, "dispatch_advice", on_its_way(shipment, rows) | told_of(shipment, rows, lines_of(rows)))


def told_of(shipment: Shipment, rows: list[Carried], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the customer is told beside that: when it left, when it should be there, whom to ask."""
    return {
        "delivery_note": shipment.number,
        "dispatched_at": shipment.dispatched_at,
        "expected_at": shipment.expected_at,
        "check_at": shipment.check_at,
        "pieces": str(shipment.pieces),
        "lines": lines,
        "contact": clerk(rows),
    }


def audience_of_receipt(shipment: Shipment) -> Audience:
    """Who may look at what the customer signed: where a note with prices went along, it may be that one."""
    priced = current_document("delivery_note_priced", "shipment", shipment.pk)
    return Audience.PRICES if priced else PLAIN


def freeze_filed_receipt(act: OrderAct, shipment: Shipment, filed: Receipt) -> Document | None:
    """What the customer signed, beside what was sent: quantities as they arrived, and the original's fingerprint."""
    blank = current_document("arrival_receipt", "shipment", shipment.pk)
    rows = carried(shipment)
    if not rows:
        return None
    data = blank.data if blank else common(shipment, rows) | {"delivery_note": shipment.number}
    behind = "未提" if shipment.way == DeliveryWay.PICKUP else "拒收"
    lines = [shown | difference(row, behind) for shown, row in zip(lines_of(rows), rows, strict=True)]
    signed = {
        "condition": filed.get_condition_display(),
        "by": filed.signer,
        "at": filed.signed_at,
        "remark": filed.remark,
        "paper": filed.paper.name if filed.paper.audience == PLAIN else "原件另存",
        "sha256": filed.paper.sha256,
    }
    contact = {"name": act.by.name, "phone": ""}
    more = {"conditions": Receipt.Condition.labels, "arrived_at": shipment.arrived_at, "contact": contact}
    data = data | more | {"lines": lines, "signed": signed}
    return keep(act, shipment, "arrival_receipt_filed", data, number=blank.number if blank else "")


def difference(row: Carried, behind: str) -> dict[str, Any]:
    """What arrived of a line, and what did not; `behind` is how what was not taken is called."""
    fate = row.fate
    short = [(fate.refused, behind), (fate.lost, "丢失"), (fate.under_way, "未到")]
    words = [f"{word} {trimmed(quantity)} {row.terms.unit}" for quantity, word in short if quantity]
    return {"arrived": fate.arrived, "difference": "，".join(words)}


def keep(act: OrderAct, shipment: Shipment, kind: str, data: dict[str, Any], *, number: str = "") -> Document:
    """The next version of that paper: a corrected one keeps its number."""
    before = current_document(kind, "shipment", shipment.pk)
    number = before.number if before else number or number_for(act, shipment, kind)
    return freeze(kind, subject_kind="shipment", subject_id=shipment.pk, number=number, data=data, by=act.by, at=act.at)


def number_for(act: OrderAct, shipment: Shipment, kind: str) -> str:
    """The delivery note bears the shipment's own number."""
    prefix = kinds.get(kind).prefix
    return shipment.number if shipment.number.startswith(f"{prefix}-") else next_number(prefix, act.at)


def common(shipment: Shipment, rows: Iterable[Carried]) -> dict[str, Any]:
    orders = {row.row.line.order_id: row.row.line.order for row in rows}
    customer = shipment.customer
    references = [order.customer_reference for order in orders.values() if order.customer_reference]
    return {
        "orders": [order.number for order in orders.values()],
        "customer": {
            "name": customer.name,
            "code": customer.code,
            "contact": shipment.receiver,
            "phone": shipment.phone,
            "order_number": "、".join(references),
        },
        "ship_to": {"address": shipment.address, "receiver": shipment.receiver, "phone": shipment.phone},
    }


def lines_of(rows: list[Carried]) -> list[dict[str, Any]]:
    pieces = pieces_of((each.row.pallet, each.row.quantity) for each in rows)
    return [line(number, *pair) for number, pair in enumerate(zip(rows, pieces, strict=True), 1)]


def line(number: int, carried: Carried, pieces: int) -> dict[str, Any]:
    row, terms = carried.row, carried.terms
    return {
        "no": number,
        "code": terms.product.code,
        "name": terms.product.name,
        "spec": terms.spec,
        "formula": terms.formula,
        "quantity": row.quantity,
        "tolerance": tolerance(terms),
        "unit": terms.unit,
        "pieces": pieces or None,
        "lot": row.pallet.lot.number,
        "pallet": row.pallet.number,
        "order": row.line.order.number,
        "packaging": terms.packaging,
        "label": terms.label_text,
        "special": terms.special,
        "produced_on": row.pallet.lot.made_on,
    }


def amounts_of(rows: list[Carried]) -> list[Decimal]:
    """What each row is worth in its turn, so that the paper adds up to what the orders were billed for."""
    orders = {row.row.line.order_id: row.row.line.order for row in rows}
    before = {line: out for order in orders.values() for line, out in shares.out_of(order).items()}
    for row in rows:
        before[row.row.line_id] -= row.row.quantity
    amounts = []
    for row in rows:
        line_id = row.row.line_id
        amounts.append(shares.step_worth({line_id: row.terms}, {line_id: before[line_id]}, {line_id: row.row.quantity}))
        before[line_id] += row.row.quantity
    return amounts


def freight_of(rows: Iterable[Carried]) -> str:
    first = next(iter(rows)).terms.revision
    return first.get_freight_display() if first.freight else ""


def clerk(rows: Iterable[Carried]) -> dict[str, str]:
    order = next(iter(rows)).row.line.order
    return {"name": order.clerk.name if order.clerk else "客服部", "phone": ""}


def words(shipment: Shipment, *kinds: Signed) -> Iterable[SignOff]:
    return (
        SignOff.objects.live()
        .filter(shipment=shipment, kind__in=kinds, digest=shipment.digest, verdict="ok")
        .select_related("by")
        .order_by("at", "pk")
    )


def word_on_money(shipment: Shipment) -> str:
    said = list(words(shipment, *WORDS_ON_MONEY))
    return "；".join(f"{WORDS_ON_MONEY[Signed(each.kind)]}（{each.by.name}）" for each in said)


def checker(shipment: Shipment) -> str:
    return "、".join(each.by.name for each in words(shipment, Signed.SHIPMENT_CHECK))


def emergency(shipment: Shipment) -> str:
    """Why it was ordered out before the paper; empty where it was not."""
    if shipment.emergency_at is None or shipment.emergency_by is None:
        return ""
    said = SignOff.objects.filter(shipment=shipment, kind=Signed.EMERGENCY).order_by("-at", "-pk").first()
    return f"紧急先发，{shipment.emergency_by.name} 下令：{said.text if said else ''}"


def send_advice(act: OrderAct, shipment: Shipment, *, way: str, to: str) -> None:
    """Send the advice, or note how it went. Raises Refused without the paper, or a mail without an address."""
    document = current_document("dispatch_advice", "shipment", shipment.pk)
    if document is None:
        raise Refused("此单还没有发货告知书。")
    letter = sending.Letter(
        f"发货告知书 {shipment.number}",
        f"尊敬的客户：\n\n您的货物（{shipment.number}）已发出，附件为《发货告知书》，"
        "请查收；我司客服将致电与您确认。\n\n谢谢。",
    )
    sending.send_paper(document, way=way, to=to, letter=letter, by=act.by, at=act.at, about=shipment.number)
