"""Invoices: asked for by the desk, issued or refused by finance, taken back in red (R40)."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.records import save
from audit.errors import Refused
from documents.attachments import store
from documents.numbering import business_day
from finance.gates import yuan
from finance.invoicing import invoiced
from finance.ledger import checked
from finance.models import Invoice, InvoiceRequest
from orders.frame import OrderAct, order_action
from orders.models import InvoiceKind, Order, State
from orders.models.order import RELEASED
from orders.notices import tell

INVOICEABLE = (*RELEASED, State.COMPLETED)
OPEN = InvoiceRequest.State.OPEN


@order_action("request_invoice", states=INVOICEABLE, adds=True)
def request_invoice(act: OrderAct, order: Order, *, amount: Decimal, note: str = "") -> Order:
    """Ask finance for an invoice. Raises Refused for an order without invoice, and for more than is left to invoice."""
    order = act.order
    if order.revision is None or order.revision.invoice_kind in ("", InvoiceKind.NONE):
        raise Refused("此单约定不开票；如需开票请先改单。")
    checked(amount)
    if amount > (left := invoiced(order).left):
        raise Refused(f"可申请开票的只有 {yuan(left)}。", field="amount")
    InvoiceRequest.objects.create(order=order, amount=amount, note=note.strip(), by=act.by, at=act.at)
    act.record(order, amount=amount)
    tell(act, order, "invoice_asked", f"{amount:,.2f} 元")
    return order


@order_action("issue_invoice", states=INVOICEABLE, adds=True)
def issue_invoice(act: OrderAct, request: InvoiceRequest, *, number: str, issued_on: date, paper: Any = None) -> Order:
    """The invoice that was asked for. Raises Refused for a request that is over, a number that is known, a day to
    come, or where the order is worth less by now."""
    order, request = act.order, standing(request)
    number = known_once(number)
    if issued_on > business_day(act.at):
        raise Refused("开票日期不能晚于今天。", field="issued_on")
    now = invoiced(order)
    if now.issued + request.amount > now.billable:
        raise Refused(f"开票合计将超过应开票金额 {yuan(now.billable)}，请退回申请。")
    invoice = Invoice.objects.create(
        request=request,
        order=order,
        number=number,
        amount=request.amount,
        issued_on=issued_on,
        paper=store(paper, act.by, "order", order.pk) if paper else None,
        by=act.by,
        at=act.at,
    )
    close(request, InvoiceRequest.State.ISSUED)
    act.record(order, invoice=number, amount=invoice.amount)
    tell(act, order, "invoiced", f"{number}，{invoice.amount:,.2f} 元")
    return order


@order_action("refuse_invoice", states=(*INVOICEABLE, State.CANCELLED), adds=True)
def refuse_invoice(act: OrderAct, request: InvoiceRequest) -> Order:
    """No invoice on this request, and why."""
    act.need_reason("请写明退回的原因。")
    request = standing(request)
    request.reason = act.reason
    close(request, InvoiceRequest.State.REFUSED)
    act.record(act.order, amount=request.amount)
    tell(act, act.order, "invoice_refused", act.reason)
    return act.order


@order_action("red_letter_invoice", adds=True)
def red_letter_invoice(act: OrderAct, invoice: Invoice, *, number: str, issued_on: date, paper: Any = None) -> Order:
    """红冲: the whole invoice is taken back by a red-letter one, and why; what it covered may be invoiced again."""
    act.need_reason("请写明红冲的原因。")
    if invoice.reverses_id or Invoice.objects.filter(reverses=invoice).exists():
        raise Refused("此发票已经红冲，或本身是红字发票。")
    number = known_once(number)
    if not invoice.issued_on <= issued_on <= business_day(act.at):
        raise Refused("红冲日期应在原开票日期之后、今天之前。", field="issued_on")
    Invoice.objects.create(
        order=act.order,
        number=number,
        amount=-invoice.amount,
        issued_on=issued_on,
        paper=store(paper, act.by, "order", act.order.pk) if paper else None,
        reverses=invoice,
        reason=act.reason,
        by=act.by,
        at=act.at,
    )
    act.record(act.order, invoice=invoice.number, red=number, amount=-invoice.amount)
    tell(act, act.order, "invoice_red", invoice.number)
    return act.order


def standing(request: InvoiceRequest) -> InvoiceRequest:
    """The request as it is under the order's lock. Raises Refused once it is over."""
    if request.state != OPEN:
        raise Refused(f"此申请{request.get_state_display()}，请刷新后再看。")
    return request


def close(request: InvoiceRequest, state: InvoiceRequest.State) -> None:
    request.state = state
    request.version += 1
    save(request)


def known_once(number: str) -> str:
    number = number.strip().upper()
    if not number:
        raise Refused("请填写发票号码。", field="number")
    known = Invoice.objects.select_related("order").filter(number=number).first()
    if known is not None:
        raise Refused(f"发票 {number} 已登记在 {known.order.number}。", field="number")
    return number
