"""短结 and 超量接收: what the customer's authorised person writes about a quantity, and taking it back (R15, R22).

Each is a signature on the line with the paper it stands on, and a fact on the line's ledger.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import Sum

from audit.errors import Refused
from customers.models import Contact
from documents.attachments import store
from documents.money import trimmed
from orders.actions.chain import make_more
from orders.frame import OrderAct, order_action
from orders.ledger import post
from orders.models import EntryKind, Order, RevisionLine, ShipmentLine, ShipmentState, Signed, SignOff
from orders.models.order import RELEASED
from orders.notices import tell
from orders.signing import sign, withdraw

SMALLEST = Decimal("0.001")
ZERO = Decimal(0)


@order_action("short_close", states=RELEASED)
def short_close(
    act: OrderAct, order: Order, *, line_id: int, quantity: Decimal, signer: Contact | None, paper: Any
) -> Order:
    """短结: the customer writes that they do without the rest of a line."""
    act.need_reason("请写明短结的原因。")
    terms = terms_in_force(act.order, line_id)
    left = terms.quantity - terms.line.closed_short - terms.line.out
    if not ZERO < quantity <= left:
        raise Refused(f"短结数量应大于 0 且不超过未发数量 {trimmed(max(left, ZERO))}。", field="quantity")
    write(act, terms, EntryKind.CLOSED_SHORT, Signed.CLOSED_SHORT, quantity, signer, paper)
    tell(act, act.order, "closed_short", f"第 {terms.position} 行 {trimmed(quantity)} {terms.unit}")
    return act.order


@order_action("accept_excess", states=RELEASED, exposure=True)
def accept_excess(
    act: OrderAct, order: Order, *, line_id: int, quantity: Decimal, signer: Contact | None, paper: Any
) -> Order:
    """超量接收: the customer writes that they take what was made over the tolerance, and no more than that."""
    act.need_reason("请写明客户如何同意。")
    terms = terms_in_force(act.order, line_id)
    # A share of a quantity may be finer than what can be typed.
    over = (terms.line.good - terms.most).quantize(SMALLEST, ROUND_CEILING)
    if not ZERO < quantity <= over:
        said = f"第 {terms.position} 行现超出允差 {trimmed(max(over, ZERO))} {terms.unit}"
        raise Refused(f"{said}，超量接收应大于 0 且不超过此数。", field="quantity")
    write(act, terms, EntryKind.EXCESS, Signed.EXCESS, quantity, signer, paper)
    tell(act, act.order, "excess_accepted", f"第 {terms.position} 行 {trimmed(quantity)} {terms.unit}")
    return act.order


@order_action("take_back_short_close", states=RELEASED)
def take_back_short_close(act: OrderAct, order: Order, *, line_id: int) -> Order:
    """The customer wants the rest after all, or it was written down wrongly: what is missing is made again."""
    act.need_reason("请写明撤回短结的原因。")
    terms = terms_in_force(act.order, line_id)
    if terms.line.excess:
        raise Refused("此行的超量接收是按短结后的数量同意的，请先撤回超量接收。")
    take_back(act, terms, EntryKind.CLOSED_SHORT, Signed.CLOSED_SHORT)
    if not act.order.is_held:
        make_more(act, act.order)
    return act.order


@order_action("take_back_excess", states=RELEASED, exposure=True)
def take_back_excess(act: OrderAct, order: Order, *, line_id: int) -> Order:
    """The customer does not take it after all, or it was written down wrongly; while none of it left or is noticed."""
    act.need_reason("请写明撤回超量接收的原因。")
    terms = terms_in_force(act.order, line_id)
    leaving = terms.line.out + noticed(terms)
    if leaving > terms.most - terms.line.excess:
        raise Refused(f"此行已发出或已通知发货 {trimmed(leaving)} {terms.unit}，其中有超量部分，不能撤回。")
    take_back(act, terms, EntryKind.EXCESS, Signed.EXCESS)
    return act.order


def terms_in_force(order: Order, line_id: int) -> RevisionLine:
    """The terms of one of this order's lines, with `line` as the ledger has it. Raises Refused where it has none."""
    terms = RevisionLine.objects.filter(revision=order.revision_id, line=line_id).select_related("line").first()
    if terms is None:
        raise Refused("此行不在这张订单的现行版本中，请刷新后重选。", field="line_id")
    terms.line.order = order
    return terms


def write(
    act: OrderAct,
    terms: RevisionLine,
    kind: EntryKind,
    signed: Signed,
    quantity: Decimal,
    signer: Contact | None,
    paper: Any,
) -> None:
    """The fact, and the customer's word that it stands on: `quantity` of the newest word is the line's whole."""
    order = act.order
    if signer is None or signer.customer_id != order.customer_id or not (signer.may_sign and signer.is_active):
        raise Refused("请选择客户获授权签单的联系人；未获授权的人签字无效。", field="signer")
    if paper is None:
        raise Refused("请附客户的书面同意。", field="paper")
    whole = getattr(terms.line, kind.value) + quantity
    sign(
        act,
        signed,
        order=order,
        line=terms.line,
        quantity=whole,
        text=f"{signer.name}书面同意{trimmed(quantity)} {terms.unit}：{act.reason}",
        paper=store(paper, act.by, "order", order.pk),
    )
    post(act, terms.line, kind, quantity, note=act.reason)
    act.record(order, line=terms.line.number, quantity=quantity, signer=signer.name)


def take_back(act: OrderAct, terms: RevisionLine, kind: EntryKind, signed: Signed) -> None:
    """All that stands of it on the line."""
    quantity = getattr(terms.line, kind.value)
    if not quantity:
        raise Refused(f"第 {terms.position} 行没有{kind.label}，无需撤回。", field="line_id")
    word = SignOff.objects.live().filter(kind=signed, line=terms.line).first()
    if word is not None:
        withdraw(act, word)
    post(act, terms.line, kind, -quantity, note=act.reason)
    act.record(act.order, line=terms.line.number, quantity=-quantity)
    said = f"第 {terms.position} 行{kind.label} {trimmed(quantity)} {terms.unit}"
    tell(act, act.order, "quantity_taken_back", said)


def noticed(terms: RevisionLine) -> Decimal:
    """What of the line is on shipments that the warehouse was told to send."""
    rows = ShipmentLine.objects.filter(line=terms.line, shipment__state=ShipmentState.NOTICED)
    return rows.aggregate(sum=Sum("quantity"))["sum"] or ZERO
