"""The to-do home: what a person's roles owe, from the open Owed rows; decisions never read them (design, idea 1)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from accounts.compiled import Compiled
from accounts.permissions import roles_of, sees_prices
from home import beside
from home.beside import SHOWN, Group, Todo
from home.templatetags.ui import cn_date, money
from orders.models import Order, Owed, Shipment, State
from orders.registry import registry

if TYPE_CHECKING:
    from accounts.models import User

STATES = dict(State.choices)


def owed(user: "User") -> QuerySet[Owed]:
    """Open rows of the person's roles on what they see, without what a guard keeps from them."""
    found = Owed.objects.of_person(user)
    roles = roles_of(user)
    for bolt_code, guards in registry.guards.items():
        subject = registry.bolts[bolt_code].subject
        model = apps.get_model("orders", subject)
        for guard in guards:
            what = guard.opens or bolt_code
            step = registry.step(subject, what)
            if step is None or not any(owing.person or owing.role in roles for owing in step.owed):
                continue
            kept = Exists(model._default_manager.filter(guard.forbids(user), pk=OuterRef("subject_id")))
            found = found.exclude(Q(subject_kind=subject, what=what) & Q(kept))
    return once(found, user)


def once(found: QuerySet[Owed], user: "User") -> QuerySet[Owed]:
    """What is owed by two roles of the same person is one thing to do."""
    roles = roles_of(user)
    if len(roles) < 2:
        return found
    twin = Owed.objects.open().filter(
        Q(person=user) | Q(person__isnull=True, role__in=roles),
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        what=OuterRef("what"),
        pk__lt=OuterRef("pk"),
    )
    return found.exclude(Exists(twin))


def with_owner(found: QuerySet[Owed], user: "User") -> QuerySet[Owed]:
    """`other`: 0 for one's own orders, 1 for the role's rest."""
    own = Q(person=user) | Q(order__salesperson=user) | Q(order__clerk=user)
    return found.annotate(other=Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField()))


COLUMNS = (
    "id",
    "subject_kind",
    "subject_id",
    "what",
    "since",
    "due",
    "order__number",
    "order__state",
    "order__promised_on",
    "order__held_at",
    "order__revision__total",
    "order__revision__requested_on",
    "customer__name",
    "customer__grade",
)
# What the rows shown say; counted and put in order are all that are owed, by less.
ROWS = Compiled(lambda: Owed.objects.order_by().values_list(*COLUMNS), COLUMNS)


def groups(user: "User", now: datetime) -> list[Group]:
    """Every kind of thing owed with its count and its first rows: own orders first, then oldest; a fixed number of
    queries."""
    kind = [F("subject_kind"), F("what")]
    found = (
        with_owner(owed(user), user)
        .annotate(
            place=Window(RowNumber(), partition_by=kind, order_by=[F("other").asc(), F("since").asc(), F("id").asc()]),
            many=Window(Count("*"), partition_by=kind),
            late=Window(Count("pk", filter=Q(due__lt=now)), partition_by=kind),
            mine=Window(Count("pk", filter=Q(other=0)), partition_by=kind),
        )
        .filter(place__lte=SHOWN)
        .order_by("subject_kind", "what", "place")
        .values("id", "other", "many", "late", "mine")
    )
    rows = with_columns(found)
    made: dict[tuple[str, str], Group] = {}
    for row, todo in zip(rows, todos(rows, user, now), strict=True):
        key = (row["subject_kind"], row["what"])
        if key not in made:
            made[key] = Group(label_of(*key), reverse("todo", args=key), row["many"], row["late"], row["mine"])
        made[key].rows.append(todo)
    shown = [*made.values(), *beside.groups(user, now)]
    return sorted(shown, key=lambda group: (not group.late, not group.mine, group.rows[0].since))


def with_columns(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows with what is shown of each; `id` and `other` are known."""
    keys = list(rows)
    shown = {row["id"]: row for row in ROWS.read([row["id"] for row in keys])} if keys else {}
    return [row | shown[row["id"]] for row in keys if row["id"] in shown]


def label_of(kind: str, what: str) -> str:
    step = registry.step(kind, what)
    return step.label if step else what


def todos(rows: list[dict[str, Any]], user: "User", now: datetime) -> list[Todo]:
    """Rows in words; the numbers of shipments from one query of their own."""
    ids = [row["subject_id"] for row in rows if row["subject_kind"] == "shipment"]
    numbers = dict(Shipment.objects.filter(pk__in=ids).values_list("pk", "number")) if ids else {}
    prices = sees_prices(user)
    return [as_todo(row, numbers.get(row["subject_id"]), now, prices=prices) for row in rows]


def as_todo(row: dict[str, Any], shipment: str | None, now: datetime, *, prices: bool) -> Todo:
    step = registry.step(row["subject_kind"], row["what"])
    number = shipment if row["subject_kind"] == "shipment" else row["order__number"]
    return Todo(
        title=f"{number} {row['customer__name']}",
        url=registry.url(step, number) if step and number else "/",
        sub=" · ".join(particulars(row, prices=prices)),
        since=row["since"],
        due=row["due"],
        is_mine=row["other"] == 0,
        is_late=bool(row["due"]) and row["due"] < now,
    )


def particulars(row: dict[str, Any], *, prices: bool) -> Iterable[str]:
    if row["other"] == 0:
        yield "我的"
    yield f"{row['customer__grade']} 级"
    if row["order__state"]:
        yield STATES[row["order__state"]]
    if row["order__held_at"]:
        yield "已暂停"
    if row["order__promised_on"]:
        yield f"预交日 {cn_date(row['order__promised_on'])}"
    elif row["order__revision__requested_on"]:
        yield f"要求交期 {cn_date(row['order__revision__requested_on'])}"
    if prices and row["order__revision__total"] is not None:
        yield money(row["order__revision__total"])


def of_kind(user: "User", kind: str, what: str, *, mine: bool) -> QuerySet[Any]:
    """The keys of all of one kind, for its own page."""
    found: QuerySet[Any] = with_owner(owed(user), user).filter(subject_kind=kind, what=what)
    return (found.filter(other=0) if mine else found).values("id", "since", "other")


def find_order(user: "User", number: str) -> str:
    """The address of the order with exactly this number, if the person sees it."""
    order = Order.objects.visible_to(user).filter(number=number).only("number").first()
    return order.get_absolute_url() if order else ""
