"""Invoices of finished orders, one of them taken back in red, and some that finance has yet to issue."""

from datetime import datetime
from typing import TYPE_CHECKING

from finance.actions.invoices import issue_invoice, red_letter_invoice, request_invoice
from finance.invoicing import invoiced
from finance.models import Invoice, InvoiceRequest
from orders.models import InvoiceKind, Order, State

if TYPE_CHECKING:
    from home.demo.company import Company

ISSUED, WAITING = 12, 4


def ask_and_issue(company: "Company") -> None:
    finance, at = company.people.of("finance")[0], company.clock.now
    for place, order in enumerate(ended(State.COMPLETED)[:ISSUED]):
        asked = ask(order, at)
        if asked is not None:
            number = f"2632{company.today:%m%d}{place:012d}"
            issue_invoice(asked, by=finance, at=at, number=number, issued_on=company.today)
    for order in ended(State.SHIPPING)[:WAITING]:
        ask(order, at)
    wrong = Invoice.objects.order_by("pk").first()
    if wrong is not None:
        number = f"2632{company.today:%m%d}{999:012d}"
        red_letter_invoice(wrong, by=finance, at=at, number=number, issued_on=company.today, reason="购方税号有误")


def ended(state: str) -> list[Order]:
    found = Order.objects.filter(state=state).exclude(revision__invoice_kind__in=["", InvoiceKind.NONE])
    return list(found.select_related("clerk", "revision").order_by("pk"))


def ask(order: Order, at: datetime) -> InvoiceRequest | None:
    left = invoiced(order).left
    if order.clerk is None or left <= 0:
        return None
    request_invoice(order, by=order.clerk, at=at, amount=left, note="随货寄出，抬头按客户档案")
    return InvoiceRequest.objects.filter(order=order).latest("pk")
