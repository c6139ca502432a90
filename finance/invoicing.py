"""How much of an order is invoiced, and how much still may be (R40)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact, GreaterThan

from finance import queries
from finance.exposure import MONEY
from finance.models import Invoice, InvoiceRequest
from orders.models import InvoiceKind, Order, State
from orders.models.order import RELEASED
from orders.shares import ZERO


@dataclass(frozen=True)
class Invoiced:
    """`billable` is what the order's goods are worth: as agreed, or as shipped where that is more or all there will be.
    What a cancelled order costs is for no goods."""

    billable: Decimal
    issued: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.billable - self.issued - self.asked)

    @property
    def open(self) -> Decimal:
        """Not invoiced yet, asked for or not."""
        return max(ZERO, self.billable - self.issued)

    @property
    def label(self) -> str:
        if not self.issued:
            return "未开票"
        return "已开票" if self.issued >= self.billable else "部分开票"


def invoiced(order: Order) -> Invoiced:
    """One query."""
    standing = queries.standing(order)
    issued, asked = Order.objects.filter(pk=order.pk).values_list(ISSUED, ASKED).get()
    billable = ZERO if order.state == State.CANCELLED else max(standing.total, standing.billed)
    return Invoiced(billable, issued, asked)


def sum_of(found: QuerySet[Any]) -> Coalesce:
    """Of an outer Order."""
    sums = found.filter(order=OuterRef("pk")).order_by().values("order").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums), Value(ZERO), output_field=MONEY)


ISSUED = sum_of(Invoice.objects.all())
ASKED = sum_of(InvoiceRequest.objects.filter(state=InvoiceRequest.State.OPEN))
# Of an Order whose terms want an invoice, the same in SQL, for the list: released, so that one may be asked for.
BILLABLE = Case(When(state=State.COMPLETED, then=F("billed")), default=Greatest("revision__total", "billed"))
INVOICED_AT_ALL = Q(state__in=(*RELEASED, State.COMPLETED)) & ~Q(revision__invoice_kind__in=("", InvoiceKind.NONE))
INVOICING = {
    "未开票": INVOICED_AT_ALL & Q(Exact(ISSUED, Value(ZERO))),
    "部分开票": INVOICED_AT_ALL & Q(GreaterThan(ISSUED, Value(ZERO))) & Q(GreaterThan(BILLABLE, ISSUED)),
    "已开票": INVOICED_AT_ALL & Q(GreaterThan(ISSUED, Value(ZERO))) & ~Q(GreaterThan(BILLABLE, ISSUED)),
}
