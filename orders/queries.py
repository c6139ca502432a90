"""What is read of orders for lists and pages: statuses beside the chain, filters, keyset pages."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest
from django.http import Http404

from accounts.compiled import Compiled
from accounts.permissions import roles_of
from accounts.search import query_of
from audit.prepared import Prepared
from customers.models import Customer
from flow.models import Owed
from orders import filters
from orders.models import Confirmation, Line, Order, Revision, RevisionLine, Signed, SignOff, State, Status, places
from orders.models.order import seen_by

if TYPE_CHECKING:
    from accounts.models import User

UNFINISHED = (State.DRAFT, State.PENDING, State.APPROVED, State.PRODUCTION)

# -- statuses beside the chain: one definition for list, filter and order page ------------------------------------

SHIPPED_ANY = Exists(Line.objects.filter(order=OuterRef("pk"), out__gt=0))
# What is missing within the tolerance is not owed (rules.md, all_shipped).
OWED_STILL = Exists(
    RevisionLine.objects.filter(
        revision=OuterRef("revision"),
        line__out__lt=F("quantity") * (100 - F("tolerance_minus")) / 100 - F("line__closed_short"),
    )
)
ON_THE_WAY = Exists(Line.objects.filter(order=OuterRef("pk"), arrived__lt=F("out")))
DELIVERY = {
    "未发": ~Q(SHIPPED_ANY),
    "部分发货": Q(OWED_STILL),
    "已发": Q(ON_THE_WAY),
    "已到货": Q(pk__isnull=False),
}
# Completed: what really went out; cancelled: what its settlement charges, if anything; before that, what was agreed or
# went out, whichever is more.
DUE = Case(
    When(Q(state=State.COMPLETED) | Q(state=State.CANCELLED, billed__gt=0), then=F("billed")),
    default=Greatest("revision__total", "billed"),
)
PAYMENT = {
    "多付": Q(received__gt=DUE),
    "已付清": Q(received__gte=DUE - F("written_off")),
    "已付定金": Q(received__gt=0, revision__deposit_due__gt=0, received__gte=F("revision__deposit_due")),
    "未付": Q(pk__isnull=False),
}
CONFIRMATION = {label: Q(revision__confirmation=code) for code, label in Confirmation.choices}


def worded(table: dict[str, Q]) -> Case:
    """The word of the first condition that holds."""
    return Case(*(When(held, then=Value(word)) for word, held in table.items()), output_field=CharField())


def with_statuses(orders: QuerySet[Order]) -> QuerySet[Order]:
    """`confirmed`, `paid`, `delivered` in the words of the page."""
    return orders.annotate(confirmed=worded(CONFIRMATION), paid=worded(PAYMENT), delivered=worded(DELIVERY))


def late_on(day: date) -> Q:
    """Not finished on the promised day: the promise is when goods are finished, not when they ship (R14)."""
    return Q(promised_on__lt=day, state__in=UNFINISHED)


# -- the list -----------------------------------------------------------------------------------------------------

ROW = (
    "id",
    "number",
    "kind",
    "state",
    "customer_id",
    "customer__code",
    "customer__name",
    "customer__grade",
    "salesperson_id",
    "salesperson__name",
    "revision__requested_on",
    "revision__pushes",
    "revision__total",
    "promised_on",
    "held_at",
    "cancel_requested_at",
    "created_at",
)
STATUSES = ("confirmed", "paid", "delivered")
# The rows of one page. Statuses are worked out for these alone: asked of a whole list that is cut to a page, the
# database works out the delivery of every order there is (300 ms at 100,000).
ROWS = Compiled(
    lambda: with_statuses(Order.objects.order_by()).values_list(*ROW, *STATUSES),
    (*ROW, *STATUSES),
)


def listed(user: "User", given: dict[str, Any], today: date) -> QuerySet[Order]:
    """The orders `user` sees that fit the filters of the list page."""
    found = Order.objects.visible_to(user)
    if given.get("state") == "open":
        found = found.open()
    elif given.get("state"):
        found = found.filter(state=given["state"])
    if given.get("grade"):
        found = found.filter(customer__grade=given["grade"])
    if given.get("mine"):
        found = found.filter(Q(salesperson=user) | Q(clerk=user))
    return marked(found.filter(said(given.get("q", ""))), given, today)


def marked(found: QuerySet[Order], given: dict[str, Any], today: date) -> QuerySet[Order]:
    mark = given.get("mark")
    if mark == "held":
        found = found.filter(held_at__isnull=False)
    if mark == "pushed":
        found = found.filter(revision__pushes__gt=0)
    if mark == "late":
        found = found.filter(late_on(today))
    for each in filters.registered():
        if given.get(each.name):
            found = found.filter(each.words[given[each.name]])
    statuses = {name: given[name] for name in STATUSES if given.get(name)}
    return with_statuses(found).filter(**statuses) if statuses else found


def said(words: str) -> Q:
    """An order number's beginning, else the customer by any part of the name, or a product's code."""
    words = words.strip()
    if not words:
        return Q()
    number = words.upper()
    if number.startswith("SO-"):
        return Q(number__startswith=number)
    if number.replace("-", "").isdigit() and len(number) >= 6:
        return Q(number__startswith=f"SO-{number}")
    if not query_of(words):
        return Q(pk__in=[])
    found = Q(customer__in=Customer.objects.filter(search__matches=words).values("pk"))
    if words.isascii() and any(letter.isdigit() for letter in words):
        ordered = RevisionLine.objects.filter(product__code=number).values("revision__order")
        found |= Q(pk__in=ordered) | Q(customer_reference=words)
    return found


# -- one order ----------------------------------------------------------------------------------------------------


def one(user: "User") -> QuerySet[Order]:
    """An order with all that its page's head shows, in one statement."""
    last = Revision.objects.filter(order=OuterRef("pk")).order_by("-number").values("number")[:1]
    return with_statuses(
        Order.objects.visible_to(user)
        .select_related(
            "customer",
            "salesperson",
            "clerk",
            "held_by",
            "memo",
            "revision__contact",
            "revision__address",
            "revision__contract",
        )
        .annotate(last_revision=Subquery(last))
    )


@cache
def by_number(roles: frozenset[str]) -> Prepared[Order]:
    """`one` for whoever has these roles: takes their id and the order's number."""

    def build(user_id: int, number: str) -> QuerySet[Order]:
        user = get_user_model()(pk=user_id)
        user.known_roles = roles
        return one(user).filter(number=number)

    return Prepared(build, int, str)


def shown(user: "User", number: str) -> Order:
    """The order of this number, for its page. Raises Http404 where `user` may not know of it."""
    for order in by_number(frozenset(roles_of(user)))(user.pk, number):
        return order
    raise Http404


def revisions_of(order: Order) -> list[Revision]:
    """Newest first; one more query only where there is more than the one shown."""
    if order.revision and order.revision.number == getattr(order, "last_revision", None) == 1:
        order.revision.order = order
        found = [order.revision]
    else:
        found = every_revision(order)
    order.__dict__["_revisions"] = found
    return found


def every_revision(order: Order) -> list[Revision]:
    found = list(
        order.revisions.select_related("entered_by", "approved_by", "contact", "address", "contract").order_by(
            "-number"
        )
    )
    for revision in found:
        revision.order = order
    return found


LINES = Prepared(
    lambda pk: RevisionLine.objects.filter(revision__order=pk).select_related("product", "line").order_by("position"),
    int,
)
SIGNOFFS = Prepared(
    lambda pk: (
        SignOff.objects.filter(order=pk).select_related("by", "paper", "line", "superseded_by").order_by("-at", "-pk")
    ),
    int,
)


def lines_of(order: Order) -> dict[int, list[RevisionLine]]:
    """The terms rows of every revision of the order, with product and what the ledger says, by revision."""
    rows: dict[int, list[RevisionLine]] = {}
    for row in LINES(order.pk):
        row.line.order = order
        rows.setdefault(row.revision_id, []).append(row)
    known = list(chain.from_iterable(rows.values()))
    said = places((row.line_id, order.revision_id, row.revision_id, row.position) for row in known)
    for row in known:
        row.line.place = said[row.line_id]
    return rows


def keep(order: Order, lines: dict[int, list[RevisionLine]], signoffs: list[SignOff]) -> None:
    """Have the panels and gates of this page, which changes nothing, use what it has read."""
    order.__dict__["_lines"], order.__dict__["_signoffs"] = lines, signoffs


def rows_of(order: Order, revision_id: int | None = None) -> list[RevisionLine]:
    """The terms rows of the revision shown (or that one), read once where the page kept them."""
    known: dict[int, list[RevisionLine]] = order.__dict__["_lines"] if "_lines" in order.__dict__ else lines_of(order)
    return known.get(revision_id or order.revision_id or 0, [])


def every_line(order: Order) -> list[Line]:
    """All lines of the order by their number, also those that a later revision leaves out."""
    known: dict[int, list[RevisionLine]] = order.__dict__["_lines"] if "_lines" in order.__dict__ else lines_of(order)
    lines = {row.line_id: row.line for rows in known.values() for row in rows}
    return sorted(lines.values(), key=lambda line: line.number)


def words_on(order: Order, rows: Sequence[RevisionLine], kind: str, digest: str) -> dict[int, SignOff]:
    """By line: the word of a kind that saw what is there now, else the newest one, from the page's signatures;
    `stands` says whether it did, and what it was based on still is the newest of its kind."""
    known: list[SignOff] = order.__dict__["_signoffs"] if "_signoffs" in order.__dict__ else signoffs_of(order)
    now = {row.line_id: getattr(row, digest) for row in rows}
    gone = {word.supersedes_id for word in known}
    found: dict[int, SignOff] = {}
    for word in known:
        if word.line_id in now and word.kind == kind and word.verdict != "withdrawn" and word.pk not in gone:
            saw = word.digest == now[word.line_id]
            if saw or word.line_id not in found:
                word.__dict__["stands"] = saw and (word.based_on_id is None or word.based_on_id not in gone)
                found[word.line_id] = word
    return found


def signoffs_of(order: Order) -> list[SignOff]:
    """Every signature of the order, newest first."""
    rows = SIGNOFFS(order.pk)
    for row in rows:
        row.order = order
    return rows


def last_trades(order: Order, products: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The last approved deal of this customer for each product before this order, in one query."""
    found = (
        RevisionLine.objects.filter(
            revision__order__customer=order.customer_id,
            revision__status__in=[Status.APPROVED, Status.IN_FORCE],
            product__in=products,
        )
        .exclude(revision__order=order)
        .order_by("product_id", "-revision__order__created_at", "-pk")
        .distinct("product_id")
        .values(
            "product_id", "price", "spec", "quantity", "unit", "revision__order__number", "revision__order__created_at"
        )
    )
    return {row["product_id"]: dict(row) for row in found}


def recent_of(customer: Customer, user: "User", *, but: int | None = None, most: int = 5) -> list[dict[str, Any]]:
    """A customer's last orders, for copying and for judging by."""
    found = Order.objects.visible_to(user).filter(customer=customer)
    if but is not None:
        found = found.exclude(pk=but)
    rows = found.order_by("-created_at", "-pk").values(
        "pk", "number", "state", "created_at", "revision__total", "revision_id"
    )[:most]
    return named_states([dict(row) for row in rows])


def named_states(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    labels = dict(State.choices)
    for row in rows:
        row["state_label"] = labels.get(row["state"], row["state"])
    return rows


# -- the approval queue -------------------------------------------------------------------------------------------

COMMITTED = Subquery(
    SignOff.objects.live()
    .filter(
        kind=Signed.DATE,
        finish_on__isnull=False,
        line__terms__revision=OuterRef("pk"),
        digest=F("line__terms__date_digest"),
    )
    .order_by("-finish_on")
    .values("finish_on")[:1]
)


def proposed(user: "User") -> QuerySet[Revision]:
    """Revisions waiting for approval that `user` sees, with what a supervisor judges by."""
    return (
        Revision.objects.filter(seen_by(user, "order__"), status=Status.PROPOSED)
        .select_related("order__customer", "order__salesperson", "entered_by")
        .annotate(committed_on=COMMITTED)
    )


QUEUE = (
    "id",
    "number",
    "total",
    "departs",
    "requested_on",
    "submitted_at",
    "order__number",
    "order__customer__name",
    "order__customer__grade",
    "order__salesperson__name",
    "order__salesperson__username",
    "committed_on",
)
# The rows of the queue that are shown.
QUEUED = Compiled(
    lambda: Revision.objects.order_by().annotate(committed_on=COMMITTED).values_list(*QUEUE),
    QUEUE,
)


def owing_approval() -> QuerySet[Owed]:
    return Owed.objects.open().filter(subject_kind="revision", what="approve")
