"""The money on orders, payments and invoices, reckoned again from what never changes."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least, Round

from audit import books
from finance.charging import charged
from finance.exposure import MONEY
from finance.models import EntryKind, Invoice, MoneyEntry, Payment, PaymentBalance, PaymentRefund
from orders.models import EntryKind as Goods
from orders.models import LineEntry, Order, Revision, RevisionLine, State
from orders.shares import amount_of

ZERO = Value(Decimal(0), output_field=MONEY)
CARRIED = (EntryKind.CARRIED_IN, EntryKind.CARRIED_OUT)


def sum_of(rows: QuerySet, of: str, amount: str = "amount") -> Coalesce:
    """Of an outer row, whose id these rows name as `of`."""
    sums = rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(sum=Sum(amount)).values("sum")
    return Coalesce(Subquery(sums), ZERO, output_field=MONEY)


def on_orders() -> Iterator[str]:
    """What an order has received, and what was written off, is the sum of its entries."""
    small = Q(kind=EntryKind.WRITTEN_OFF)
    found = Order.objects.annotate(
        came=sum_of(MoneyEntry.objects.exclude(small), "order"),
        let_go=sum_of(MoneyEntry.objects.filter(small), "order"),
    )
    for order in found.exclude(received=F("came"), written_off=F("let_go")).order_by("pk"):
        for label, shown, entered in (
            ("已收款", order.received, order.came),
            ("尾差核销", order.written_off, order.let_go),
        ):
            if shown != entered:
                yield f"{order} 的{label}为 {books.figure(shown)}，台账合计 {books.figure(entered)}"


def balances() -> Iterator[str]:
    """What of a payment counts, is allocated and was sent back."""
    found = PaymentBalance.objects.annotate(
        worth=Case(When(payment__reversed_by=None, then=F("payment__amount")), default=ZERO, output_field=MONEY),
        given=sum_of(MoneyEntry.objects.filter(payment__isnull=False), "payment"),
        sent_back=sum_of(PaymentRefund.objects.all(), "payment"),
    )
    wrong = found.exclude(amount=F("worth"), allocated=F("given"), refunded=F("sent_back"))
    for balance in wrong.select_related("payment").order_by("pk"):
        for label, shown, reckoned in (
            ("有效金额", balance.amount, balance.worth),
            ("已分配", balance.allocated, balance.given),
            ("已退回", balance.refunded, balance.sent_back),
        ):
            if shown != reckoned:
                yield f"{balance.payment} 的{label}为 {books.figure(shown)}，应为 {books.figure(reckoned)}"
    for payment in Payment.objects.filter(reverses=None, balance=None).order_by("pk"):
        yield f"{payment} 没有余额"


def carried() -> Iterator[str]:
    """What was carried from one order has come to the other."""
    rows = (
        MoneyEntry.objects.filter(kind__in=CARRIED)
        .order_by()
        .annotate(one=Least("order", "other_order"), other=Greatest("order", "other_order"))
        .values("one", "other")
    )
    for row in rows.annotate(sum=Sum("amount")).exclude(sum=0).order_by("one", "other"):
        orders = Order.objects.in_bulk([row["one"], row["other"]])
        named = " 与 ".join(str(order) for order in orders.values())
        yield f"{named} 之间转出与转入相差 {books.figure(row['sum'])}"


def reversals() -> Iterator[str]:
    """A counter-row is of the whole amount."""
    for model in (Payment, Invoice):
        for row in model._default_manager.filter(~Q(reverses__amount=-F("amount")), reverses__isnull=False):
            yield f"{model._meta.verbose_name} {row}（{books.figure(row.amount)}）与所冲的 {row.reverses} 金额不等"


def billed() -> Iterator[str]:
    """Goods that left at the price they left at; of a cancelled order its charge. Where the terms in force do not come
    to it at once, the ledger is gone through step by step."""
    line = RevisionLine.objects.filter(revision=OuterRef("revision"))
    worth = Round(F("price") * F("line__out"), 2, output_field=MONEY)
    out = line.order_by().values("revision").annotate(sum=Sum(worth)).values("sum")
    plain = Coalesce(Subquery(out), ZERO, output_field=MONEY)
    for order in Order.objects.annotate(plain=plain).exclude(billed=F("plain")).order_by("pk"):
        reckoned = as_charged(order) if order.state == State.CANCELLED else as_they_left(order)
        if order.billed != reckoned:
            yield f"{order} 的已发货值为 {books.figure(order.billed)}，应为 {books.figure(reckoned)}"


def as_charged(order: Order) -> Decimal:
    settlement = charged(order)
    return settlement.charge if settlement else Decimal(0)


def as_they_left(order: Order) -> Decimal:
    """Each step at the terms that were in force then."""
    in_force = list(Revision.objects.filter(order=order, released_at__isnull=False).order_by("released_at"))
    terms = {(row.revision_id, row.line_id): row for row in RevisionLine.objects.filter(revision__in=in_force)}
    gone: dict[int, Decimal] = {}
    total = Decimal(0)
    moved = LineEntry.objects.filter(line__order=order, kind__in=(Goods.SHIPPED, Goods.RETURNED, Goods.LOST))
    for entry in moved.order_by("pk"):
        before = gone.get(entry.line_id, Decimal(0))
        after = before + (entry.quantity if entry.kind == Goods.SHIPPED else -entry.quantity)
        gone[entry.line_id] = after
        then = [revision for revision in in_force if revision.released_at and revision.released_at <= entry.at]
        row = terms.get((then[-1].pk, entry.line_id)) if then else None
        if row:
            total += amount_of(row, after) - amount_of(row, before)
    return total
