"""What a customer may owe us: one definition, as SQL, for gates, lists and pages (rules.md, Money).

A customer's exposure is the sum over their orders; of an order released or approved, the greater of what is shipped
and unpaid and what its terms may let leave unpaid; of a completed one, what is unpaid; of a cancelled one, what is
open of its settlement's charge. 尾差 written off is not owed.
"""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, Round
from django.db.models.lookups import GreaterThan

from customers.models import Customer
from orders import written
from orders.models import Order, Revision, RevisionLine, ShipmentLine, Signed, State, Status
from orders.models.order import ENDED, RELEASED

MONEY = DecimalField(max_digits=20, decimal_places=2)
ZERO = Value(Decimal(0), output_field=MONEY)
EXPOSING = (State.APPROVED, *RELEASED)


def exact(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=MONEY)


def paid(order: str = "") -> Any:
    return F(f"{order}received") + F(f"{order}written_off")


def unpaid(order: str = "") -> Any:
    """Shipped and not paid; negative where more came in."""
    return F(f"{order}billed") - paid(order)


def by_terms() -> Any:
    """Of a Revision: what its terms may let leave unpaid of its total."""
    credit = F("total") * (Value(100) - F("share_before_shipping")) / Value(100)
    return Least(exact(credit), exact(F("total") - paid("order__")), output_field=MONEY)


# Of a Revision, with its own terms in place of its order's.
REVISION = Greatest(ZERO, exact(unpaid("order__")), by_terms(), output_field=MONEY)

# Of an Order: the terms in force, or approved to follow them, whichever lets more leave.
TERMS = Subquery(
    Revision.objects.filter(order=OuterRef("pk"), status__in=[Status.APPROVED, Status.IN_FORCE])
    .order_by()
    .values("order")
    .annotate(most=Max(by_terms()))
    .values("most"),
    output_field=MONEY,
)
OWES = Q(GreaterThan(exact(unpaid()), ZERO))
# A cancelled order takes only what its settlement charges.
TAKES_MONEY = ~Q(state=State.CANCELLED) | OWES
COUNTED = Q(state__in=EXPOSING) | (Q(state__in=ENDED) & OWES)


def of_order(also_billed: Any = None) -> Case:
    """Of an Order, with `also_billed` more shipped than now."""
    owed = exact(unpaid() + also_billed) if also_billed is not None else exact(unpaid())
    return Case(
        When(state__in=EXPOSING, then=Greatest(ZERO, owed, TERMS, output_field=MONEY)),
        default=Greatest(ZERO, owed, output_field=MONEY),
        output_field=MONEY,
    )


def total(orders: QuerySet[Order], each: Any = None) -> Coalesce:
    """The sum of these orders of one customer; an expression for an outer query."""
    summed = orders.filter(COUNTED).order_by().values("customer").annotate(sum=Sum(each or of_order())).values("sum")
    return Coalesce(Subquery(summed, output_field=MONEY), ZERO, output_field=MONEY)


# Of a Customer.
CUSTOMER = total(Order.objects.filter(customer=OuterRef("pk")))


def of_customer(customer_id: int) -> Decimal:
    return Customer.objects.filter(pk=customer_id).values_list(CUSTOMER, flat=True)[0]


def of_revision(revision_id: int) -> Decimal:
    return Revision.objects.filter(pk=revision_id).values_list(REVISION, flat=True)[0]


def order_rows(customer_id: int) -> QuerySet[Order]:
    """The customer's orders that count, each with its `exposure`, the most first."""
    counted = Order.objects.filter(COUNTED, customer=customer_id).select_related("revision")
    return counted.annotate(exposure=of_order()).filter(exposure__gt=0).order_by("-exposure", "id")


def with_exposure(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Customers with `exposure`, in one query for however many."""
    return customers.annotate(exposure=CUSTOMER)


# The gate of a revision: it may leave something unpaid, and with the customer's other orders that is over the limit.
WITH_OTHERS = REVISION + total(Order.objects.filter(customer=OuterRef("order__customer")).exclude(pk=OuterRef("order")))
REVISION_OVER = (
    Q(GreaterThan(REVISION, ZERO))
    & Q(GreaterThan(exact(WITH_OTHERS), F("order__customer__credit_limit")))
    & ~Q(written.on_any_revision(Signed.CREDIT, "credit_digest"))
)

# The gate of a shipment: what of each order on it would leave unpaid counts as if it had left, each line's worth
# rounded over all that is out of it, as it will be billed (orders/shares.py).
ALSO_OUT = Subquery(
    ShipmentLine.objects.filter(shipment=OuterRef(OuterRef(OuterRef("pk"))), line=OuterRef("line"))
    .order_by()
    .values("line")
    .annotate(sum=Sum("quantity"))
    .values("sum")
)
WORTH_OUT = Round(F("line__out") * F("price"), 2)
WORTH_THEN = Round((F("line__out") + ALSO_OUT) * F("price"), 2)
CARRIED = Coalesce(
    Subquery(
        RevisionLine.objects.filter(revision=OuterRef("revision"))
        .order_by()
        .values("revision")
        .annotate(value=Sum(WORTH_THEN - WORTH_OUT, output_field=MONEY))
        .values("value"),
        output_field=MONEY,
    ),
    ZERO,
    output_field=MONEY,
)
IN_WRITING = Exists(
    Revision.objects.filter(
        written.on_any_revision(Signed.CREDIT, "credit_digest"), order=OuterRef("pk"), status=Status.IN_FORCE
    )
)
LEAVES_UNPAID = Exists(
    Order.objects.filter(
        Q(GreaterThan(exact(unpaid() + CARRIED), ZERO)),
        ~IN_WRITING,
        lines__shipment_lines__shipment=OuterRef("pk"),
    )
)
ONCE_LEFT = total(Order.objects.filter(customer=OuterRef("customer")), of_order(CARRIED))
SHIPMENT_OVER = Q(LEAVES_UNPAID) & Q(GreaterThan(ONCE_LEFT, F("customer__credit_limit")))
