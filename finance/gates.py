"""The gates that finance holds: credit, deposit, clearance, settlement — and the balance letter as a duty."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least, Round
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from accounts.permissions import roles_that_may
from finance import exposure
from finance.exposure import MONEY, ZERO, exact, paid, unpaid
from finance.models import BalanceLetter, CancelGoods, GradeSuggestion, InvoiceRequest
from flow.gates import ALWAYS, Duty, Gate, Owing
from orders import written
from orders.models import Line, Order, Revision, RevisionLine, Shipment, ShipmentLine, Signed, Status
from orders.models.order import RELEASED

FINANCE = Owing("finance")


def yuan(amount: Decimal) -> str:
    """1234.5 → «1,234.50 元»."""
    return f"{amount:,.2f} 元"


# 款项落实, or where nothing is due before shipping the terms check, or 特批 by both where every order allows it.
WAIVED = Q(due_before=0)
NO_SPECIAL = ShipmentLine.objects.filter(shipment=OuterRef("pk"), line__order__revision__special_release=False)
SPECIAL = written.on_shipment(Signed.SPECIAL_MD) & written.on_shipment(Signed.SPECIAL_FIN) & ~Exists(NO_SPECIAL)
CLEARED = Q(written.on_shipment(Signed.CLEARANCE)) | Q(SPECIAL)
CHECKED = WAIVED & Q(written.on_shipment(Signed.TERMS_CHECK))
NOT_CLEARED = Q(~(CLEARED | CHECKED))


def special_pay_by(shipment: str) -> Subquery:
    """The day by which a shipment that `shipment` leads to is to be paid, where both let it go unpaid."""
    both = Exists(written.word(Signed.SPECIAL_MD, shipment=OuterRef("shipment"), digest=OuterRef("digest")))
    word = written.word(Signed.SPECIAL_FIN, shipment=OuterRef(shipment), digest=OuterRef(f"{shipment}__digest"))
    return Subquery(word.filter(both).values("due_on")[:1])


# At completion a balance may stand where the terms leave one for later; more than was billed never.
IN_FORCE = Revision.objects.filter(order=OuterRef("pk"), status=Status.IN_FORCE)
LATER_ALLOWED = Round(OuterRef("billed") * (Value(100) - F("share_before_shipping")) / Value(100), 2)
ON_CREDIT = Exists(
    IN_FORCE.filter(
        GreaterThanOrEqual(
            exact(LATER_ALLOWED), exact(OuterRef("billed") - OuterRef("received") - OuterRef("written_off"))
        ),
        share_before_shipping__lt=100,
        days_for_rest__isnull=False,
    )
)
# What is still to leave is no overpayment: all_shipped holds the order as long.
TO_LEAVE = Exists(Line.objects.filter(order=OuterRef("pk"), good__gt=F("out")))
OVERPAID = Q(GreaterThan(exact(paid()), F("billed"))) & ~TO_LEAVE
SHORT = Q(GreaterThan(exact(unpaid()), ZERO))

# The word covers the money that is left on the order: what comes in later is not settled by it.
CANCEL_WORD = Exists(
    written.word(
        Signed.CANCEL_SETTLED,
        order=OuterRef("pk"),
        at__gte=OuterRef("cancel_requested_at"),
        quantity=OuterRef("received"),
    )
)
# Nor are goods that came into stock, or left it, after the word said where they go.
PLACED = CancelGoods.objects.filter(
    line=OuterRef("pk"),
    quantity=OuterRef("stocked") - OuterRef("freed"),
    settlement__signoff__superseded_by__isnull=True,
)
UNPLACED = Exists(Line.objects.filter(order=OuterRef("pk"), stocked__gt=F("freed")).exclude(Exists(PLACED)))
UNSETTLED = ((~Q(received=0) | Q(released_at__isnull=False)) & ~Q(CANCEL_WORD)) | Q(UNPLACED)


def worth(quantity: Any) -> Coalesce:
    """Of an Order: `quantity` of each line at its price now."""
    rows = RevisionLine.objects.filter(revision=OuterRef("revision")).order_by().values("revision")
    return Coalesce(
        Subquery(rows.annotate(worth=Sum(Round(quantity * F("price"), 2), output_field=MONEY)).values("worth")),
        ZERO,
        output_field=MONEY,
    )


# What is in stock for the customer, or was, as far as it may leave: what a 余款催收通知书 asks the balance for (R27).
WANTED = F("quantity") - F("line__closed_short")
IN_STOCK = Least(
    F("line__reserved") + F("line__stocked") - F("line__freed") - F("line__lost"),
    WANTED * (Value(100) + F("tolerance_plus")) / Value(100) + F("line__excess"),
)
STOCKED = worth(IN_STOCK)
SHARE = Subquery(IN_FORCE.values("share_before_shipping")[:1])
ASKED_FOR = Coalesce(
    Subquery(
        BalanceLetter.objects.filter(order=OuterRef("pk"))
        .order_by()
        .values("order")
        .annotate(most=Max("covers"))
        .values("most")
    ),
    ZERO,
    output_field=MONEY,
)

# What of an order is in stock or has left, as clearing.missing reads a shipment of all of it.
NOT_ALL = Exists(
    RevisionLine.objects.filter(
        Q(line__order__state="SHIPPING", line__good__gt=IN_STOCK)
        | ~Q(line__order__state="SHIPPING")
        & Q(GreaterThan(Greatest(F("line__good"), F("quantity") - F("line__closed_short")), IN_STOCK)),
        revision=OuterRef("revision"),
    )
) | Exists(
    Line.objects.filter(
        ~Exists(RevisionLine.objects.filter(line=OuterRef("pk"), revision=OuterRef("order__revision"))),
        order=OuterRef("pk"),
        good__gt=0,
    )
)
DUE_OF_STOCKED = Round(STOCKED * SHARE / Value(100), 2, output_field=MONEY)
TOTAL = F("revision__total")


def held_back(deposit: Any) -> Case:
    """Of an Order: what of `deposit` stays for the last goods."""
    return Case(
        When(~NOT_ALL, then=ZERO),
        When(
            revision__deposit_pro_rata=True,
            revision__total__gt=0,
            then=Round(deposit * Greatest(exact(TOTAL - STOCKED), ZERO) / TOTAL, 2, output_field=MONEY),
        ),
        default=Least(deposit, Greatest(exact(TOTAL - DUE_OF_STOCKED), ZERO)),
        output_field=MONEY,
    )


DEPOSIT = F("revision__deposit_due")
BALANCE_OPEN = Q(
    GreaterThan(DUE_OF_STOCKED, exact(paid() - held_back(Least(DEPOSIT, exact(paid()), output_field=MONEY))))
)
# Of an Order with an open balance: how much.
BALANCE = exact(DUE_OF_STOCKED + held_back(DEPOSIT) - paid())
LETTER_OWED = (
    Q(Exists(IN_FORCE.filter(Q(split_allowed=True) | Q(order__state="SHIPPING"), share_before_shipping__gt=0)))
    & Q(GreaterThan(STOCKED, ASKED_FOR))
    & BALANCE_OPEN
)

# What the last letter asked for has not all come in; the day that it names.
LAST_LETTER = BalanceLetter.objects.filter(order=OuterRef("pk")).order_by("-pk")
ASKED_LEVEL = Coalesce(
    Subquery(LAST_LETTER.annotate(level=F("received") + F("balance")).values("level")[:1]), ZERO, output_field=MONEY
)
ASKED_BY = Subquery(LAST_LETTER.values("pay_by")[:1])
LETTER_UNPAID = BALANCE_OPEN & Q(GreaterThan(ASKED_LEVEL, exact(paid())))

# Goods that left unpaid by 特批, and what of them was due before they left is not in.
LEFT_BY_SPECIAL = ShipmentLine.objects.filter(
    line__order=OuterRef("pk"), shipment__dispatched_at__isnull=False
).annotate(pay_by=special_pay_by("shipment"))
SPECIAL_BY = Subquery(LEFT_BY_SPECIAL.filter(pay_by__isnull=False).order_by("pay_by").values("pay_by")[:1])
SPECIAL_UNPAID = Q(Exists(LEFT_BY_SPECIAL.filter(pay_by__isnull=False))) & Q(
    GreaterThan(Round(F("billed") * SHARE / Value(100), 2, output_field=MONEY), exact(paid()))
)

GATES = (
    Gate(
        "credit_ok",
        "revision",
        "信用额度",
        "客户的应收敞口将超过信用额度，请先收款，或由财务书面特批。",
        exposure.REVISION_OVER,
        (FINANCE,),
        "finance:credit",
        lambda revision: over_limit(revision.order),
        money=True,
    ),
    Gate(
        "credit_ok",
        "shipment",
        "信用额度",
        "此批货发出后客户的应收敞口将超过信用额度，请先收款，或由财务在订单上书面特批。",
        exposure.SHIPMENT_OVER,
        (FINANCE,),
        "finance:clear",
    ),
    Gate(
        "deposit_received",
        "revision",
        "定金到账",
        "定金尚未到账，请财务登记到账后再下达。",
        Q(deposit_due__gt=F("order__received")),
        (FINANCE,),
        "finance:order",
        lambda revision: missing_deposit(revision),
        money=True,
    ),
    Gate(
        "payment_cleared",
        "shipment",
        "款项落实",
        "财务尚未对此批货签署「款项落实」，请财务核对到账后签字。",
        NOT_CLEARED,
        (Owing("finance", ~WAIVED), Owing("customer_service", WAIVED)),
        "finance:clear",
        lambda shipment: not_cleared(shipment),
    ),
    Gate(
        "settled",
        "order",
        "款项结清",
        "款项尚未结清，请财务核对。",
        OVERPAID | (SHORT & ~ON_CREDIT),
        (FINANCE,),
        "finance:order",
        lambda order: not_settled(order),
        money=True,
    ),
    Gate(
        "cancel_settled",
        "order",
        "取消结算",
        "取消前须由财务结清已收款项（定金退还或不退、损失、成品去向）并签字。",
        UNSETTLED,
        (Owing("finance", Q(cancel_requested_at__isnull=False)),),
        "finance:settlement",
    ),
)

DUTIES = (
    Duty(
        "decide_grade",
        "gradesuggestion",
        "客户等级建议",
        ALWAYS,
        tuple(Owing(role) for role in roles_that_may("decide_grade")),
        "",
        states=frozenset({GradeSuggestion.State.OPEN}),
    ),
    Duty(
        "invoice_asked",
        "order",
        "开具发票",
        Q(Exists(InvoiceRequest.objects.filter(order=OuterRef("pk"), state="open"))),
        (Owing("finance"),),
        "finance:order_invoices",
        # What was asked for before an order was cancelled is still to be answered.
        frozenset({*RELEASED, "COMPLETED", "CANCELLED"}),
    ),
    Duty(
        "balance_letter",
        "order",
        "发出余款催收通知书",
        LETTER_OWED,
        (Owing("customer_service"),),
        "finance:letter",
        frozenset(RELEASED),
    ),
    Duty(
        "balance_collected",
        "order",
        "催收余款",
        LETTER_UNPAID,
        (Owing("sales"),),
        "finance:letter",
        frozenset(RELEASED),
        day=ASKED_BY,
    ),
    Duty(
        "special_paid",
        "order",
        "特批发货到期收款",
        SPECIAL_UNPAID,
        (Owing("sales"), FINANCE),
        "finance:order",
        frozenset(RELEASED),
        day=SPECIAL_BY,
    ),
    Duty(
        "charge_collected",
        "order",
        "催收取消损失",
        SHORT,
        (Owing("sales"),),
        "finance:order",
        frozenset({"CANCELLED"}),
    ),
)


def over_limit(order: Order) -> str:
    limit = order.customer.credit_limit
    now = exposure.of_customer(order.customer_id)
    return (
        f"客户信用额度 {yuan(limit)}，现有敞口 {yuan(now)}，加上此单将超过额度。请先收款，或由财务调整额度、书面特批。"
    )


def missing_deposit(revision: Revision) -> str:
    missing = revision.deposit_due - revision.order.received
    return f"尚缺定金 {yuan(missing)}，请财务登记到账后再下达。"


def not_cleared(shipment: Shipment) -> str:
    """Without figures: the warehouse reads it as well."""
    if shipment.due_before == 0:
        return "此批货发货前无须付款，请客服核对交货与付款条件后签字。"
    return "财务尚未对此批货签署「款项落实」，请财务核对到账后签字。"


def not_settled(order: Order) -> str:
    difference = order.billed - order.received - order.written_off
    if difference < 0:
        return f"多收 {yuan(-difference)}，请财务退款或转入该客户的其他订单。"
    return f"尚欠 {yuan(difference)}，请财务登记到账；小额尾差可由财务核销。"
