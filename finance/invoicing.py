"""How much of an order is invoiced, and how much still may be (R40)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from finance import queries
from finance.models import Invoice, InvoiceRequest
from orders.models import Order
from orders.shares import ZERO


@dataclass(frozen=True)
class Invoiced:
    """`billable` is what the order is worth: as agreed, or as shipped where that is more or all there will be."""

    billable: Decimal
    issued: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.billable - self.issued - self.asked)

    @property
    def label(self) -> str:
        if not self.issued:
            return "未开票"
        return "已开票" if self.issued >= self.billable else "部分开票"


def invoiced(order: Order) -> Invoiced:
    """Two queries."""
    standing = queries.standing(order)
    issued = Invoice.objects.filter(order=order).aggregate(sum=Sum("amount"))["sum"] or ZERO
    waiting = InvoiceRequest.objects.filter(order=order, state=InvoiceRequest.State.OPEN)
    asked = waiting.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return Invoiced(max(standing.total, standing.billed), issued, asked)
