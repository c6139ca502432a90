"""What is read of money: one order's sums, the desk's lists, payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet

from accounts.search import query_of
from audit.errors import Refused
from customers.models import Customer
from documents import sending
from finance import clearing
from finance.matching import guesses
from finance.models import BalanceLetter, BankLine, MoneyEntry, Payment
from flow.models import Owed
from orders.models import ENDED, Order, Revision, RevisionLine, Shipment, Signed, SignOff, State
from orders.papers import EARNEST_LIMIT
from orders.shares import ZERO, amount_of, percent_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Deposit:
    """What of a deposit has the force of 定金 (at most 20 %, 民法典 586), and what is 预付款."""

    due: Decimal
    earnest: Decimal
    prepaid: Decimal
    missing: Decimal


def split_deposit(order: Order) -> Deposit:
    """The deposit due on an order as shown, split, and what of it has not come in."""
    due = order.revision.deposit_due if order.revision else ZERO
    earnest = min(due, percent_of(EARNEST_LIMIT, order.revision.total)) if order.revision else ZERO
    return Deposit(due, earnest, due - earnest, max(due - order.received, ZERO))


@dataclass(frozen=True)
class AskedLine:
    terms: RevisionLine
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Asked:
    """What a 余款催收通知书 asks for, so that what is in stock or has left may go: the share due before shipping,
    beside the deposit held back for the last goods, less received."""

    lines: list[AskedLine]
    covers: Decimal
    share: Decimal
    due: Decimal
    held: Decimal
    received: Decimal
    balance: Decimal


def letter_figures(order: Order) -> Asked:
    assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
    rows = order.revision.lines.select_related("product", "line").order_by("position")
    lines = [asked_line(row) for row in rows]
    lines = [line for line in lines if line.quantity]
    covers = sum((line.amount for line in lines), ZERO)
    share = order.revision.share_before_shipping
    received = order.received + order.written_off
    is_last = clearing.nothing_left(
        order,
        list(order.lines.all()),
        {row.line_id: row for row in rows},
        {line.terms.line_id: line.quantity for line in lines},
    )
    return Asked(
        lines,
        covers,
        share,
        due=percent_of(share, covers),
        held=clearing.held_back(order, covers, order.revision.deposit_due, is_last=is_last),
        received=received,
        balance=clearing.missing(order, covers, received, is_last=is_last),
    )


def asked_line(row: RevisionLine) -> AskedLine:
    quantity = min(row.line.reserved + row.line.stocked - row.line.freed - row.line.lost, row.most)
    return AskedLine(row, quantity, amount_of(row, quantity))


def letters_of(order: Order) -> QuerySet[BalanceLetter]:
    """The letters sent, newest first, each with how it went; two queries."""
    found = BalanceLetter.objects.filter(order=order).select_related("document", "by").order_by("-id")
    return found.prefetch_related(Prefetch("document__sendings", sending.sendings(Q())))


def is_unheard(letter: BalanceLetter) -> bool:
    """Whether it went out and nobody has yet said that it came clearly."""
    last = next(iter(letter.document.sendings.all()), None)
    return last is not None and not hasattr(last, "acknowledgement")


# -- the desk: what waits, from the to-dos that the gates left -------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """One heap of the desk: to-dos of these codes, on orders or shipments."""

    code: str
    label: str
    what: tuple[str, ...]
    kind: str = ""


TABS = (
    Tab("deposits", "待收定金", ("deposit_received",)),
    Tab("allocate", "待分配收款", ()),
    Tab("clear", "待款项落实", ("payment_cleared", "credit_ok"), "shipment"),
    Tab("credit", "超信用额度", ("credit_ok",), "revision"),
    Tab("settle", "待结清", ("settled",)),
    Tab("letters", "待催余款", ("balance_letter", "balance_collected", "special_paid", "charge_collected")),
    Tab("cancel", "取消结算", ("cancel_settled", "cancel_agreed")),
)


OF_MONEY = [what for tab in TABS for what in tab.what]


def waiting(user: "User") -> QuerySet[Owed]:
    """Open to-dos of money on what this user sees."""
    order = Order.objects.visible_to(user).filter(pk=OuterRef("order"))
    shipment = Shipment.objects.visible_to(user).filter(pk=OuterRef("subject_id"))
    seen = Q(Exists(order)) | Q(Exists(shipment), subject_kind="shipment")
    return Owed.objects.open().filter(seen, what__in=OF_MONEY)


def of_tab(tab: Tab) -> Q:
    wanted = Q(what__in=tab.what)
    return wanted & Q(subject_kind=tab.kind) if tab.kind else wanted


def counts(user: "User") -> dict[str, int]:
    """How much waits under each tab, in two queries."""
    sums = {tab.code: Count("subject_id", filter=of_tab(tab), distinct=True) for tab in TABS if tab.what}
    found: dict[str, int] = waiting(user).aggregate(**sums)
    found["allocate"] = unallocated(user).count()
    return found


@dataclass(frozen=True)
class Sums:
    """What came in on the orders of a shipment, and what they lack until it may leave."""

    received: Decimal
    missing: Decimal

    @classmethod
    def of(cls, rows: Sequence[clearing.Figures]) -> "Sums":
        return cls(sum((row.received for row in rows), ZERO), sum((row.missing for row in rows), ZERO))


def sums_of(shipments: Sequence[Shipment]) -> dict[int, Sums]:
    """By shipment; one that an amendment has left without terms has none, and stands beside the others all the same."""
    try:
        found = clearing.figures_of(shipments)
    except Refused:
        if len(shipments) == 1:
            return {}
        return {pk: sums for one in shipments for pk, sums in sums_of([one]).items()}
    return {pk: Sums.of(rows) for pk, rows in found.items()}


def rows_of(user: "User", tab: Tab, most: int = 200) -> list[dict[str, Any]]:
    """Oldest first: the order or shipment, whose it is, and since when."""
    rows = (
        waiting(user)
        .filter(of_tab(tab))
        .order_by("subject_id")
        .values("subject_kind", "subject_id", "order__number", "customer__name", "customer__code")
        .annotate(since=Min("since"), due=Min("due"))
    )
    found: list[dict[str, Any]] = [dict(row) for row in sorted(rows, key=lambda row: row["since"])[:most]]
    shipments = Shipment.objects.in_bulk([row["subject_id"] for row in found if row["subject_kind"] == "shipment"])
    money = Order.objects.select_related("revision").in_bulk(
        [row["order__number"] for row in found if row["order__number"]], field_name="number"
    )
    sums = sums_of(list(shipments.values())) if tab.code == "clear" else {}
    for row in found:
        row["sums"] = sums.get(row["subject_id"])
        row["shipment"] = shipments.get(row["subject_id"]) if row["subject_kind"] == "shipment" else None
        row["order"] = money.get(row["order__number"])
    return found


# -- payments --------------------------------------------------------------------------------------------------------


def payments_for(user: "User", words: str = "", *, left: bool = False) -> QuerySet[Payment]:
    """Payments this user sees, with what is left of each."""
    found = Payment.objects.visible_to(user).select_related("customer", "balance", "by")
    if left:
        found = found.filter(balance__left__gt=0)
    words = words.strip()
    if words:
        said = Q(number__istartswith=words) | Q(bank_ref__istartswith=words) | Q(payer__icontains=words)
        if query_of(words):
            said |= Q(customer__in=Customer.objects.filter(search__matches=words).values("pk"))
        found = found.filter(said)
    return found


def open_bank_lines(customer: Customer, most: int = 500) -> list[BankLine]:
    """What the bank reported and nobody has booked yet, where it looks like this customer's."""
    lines = list(BankLine.objects.filter(state=BankLine.State.OPEN).order_by("-day", "-pk")[:most])
    found = guesses(lines) if lines else {}
    return [line for line in lines if line.pk in found and found[line.pk].customer == customer]


def unallocated(user: "User") -> QuerySet[Payment]:
    return Payment.objects.visible_to(user).filter(balance__left__gt=0)


def entries_of(order: Order) -> QuerySet[MoneyEntry]:
    return order.money.select_related("payment", "other_order", "by").order_by("-id")


def one_payment(user: "User", number: str) -> QuerySet[Payment]:
    shown = Payment.objects.visible_to(user).select_related("customer", "balance", "by", "reverses", "reversed_by")
    return shown.filter(number=number)


# -- one order's money -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """The money of one order in figures; `is_charge` where `billed` is what its cancellation costs, not goods."""

    total: Decimal
    billed: Decimal
    received: Decimal
    written_off: Decimal
    deposit: Deposit
    is_charge: bool = False

    @property
    def open_amount(self) -> Decimal:
        """Of what is agreed or went out, whichever is more, what has not come in; negative where too much did."""
        return max(self.total, self.billed) - self.received - self.written_off

    @property
    def over(self) -> Decimal:
        return -self.open_amount

    @property
    def unpaid(self) -> Decimal:
        """Shipped and not paid; negative where more came in."""
        return self.billed - self.received - self.written_off


def standing(order: Order) -> Standing:
    total = order.revision.total if order.revision else ZERO
    if order.state in ENDED:
        total = order.billed
    is_charge = order.state == State.CANCELLED and order.billed > 0
    return Standing(total, order.billed, order.received, order.written_off, split_deposit(order), is_charge)


def owed_on(order: Order) -> Decimal:
    """What may still come in on an order; of a cancelled one what its settlement charges."""
    return max(standing(order).open_amount, ZERO)


def credit_words(revision: Revision) -> SignOff | None:
    """The override that counts for this revision as it is."""
    words = SignOff.objects.live().filter(
        kind=Signed.CREDIT, revision__order=revision.order_id, digest=revision.credit_digest
    )
    return words.filter(verdict="ok").select_related("by").first()
