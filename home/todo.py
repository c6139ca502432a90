"""The to-do home: what a person's roles owe, from the open Owed rows; decisions never read them (design, idea 1)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from accounts.compiled import Compiled
from accounts.permissions import roles_of, sees_prices
from customers.models import Customer
from flow import subjects
from flow.gates import registry
from flow.models import Owed
from flow.subjects import Face
from orders.models import Order

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 8


@dataclass
class Todo:
    """One thing to do, one click from the work."""

    title: str
    url: str
    sub: str
    since: datetime
    due: datetime | None
    is_mine: bool
    is_late: bool


@dataclass
class Group:
    """All of one kind; `rows` are the first of them."""

    label: str
    url: str
    count: int
    late: int
    mine: int
    rows: list[Todo] = field(default_factory=list)


def owed(user: "User") -> QuerySet[Owed]:
    """Open rows of the person's roles on what they see, without what a guard keeps from them."""
    found = Owed.objects.of_person(user)
    roles = roles_of(user)
    for bolt_code, guards in registry.guards.items():
        subject = registry.bolts[bolt_code].subject
        rows = subjects.get(subject).rows
        for guard in guards:
            what = guard.opens or bolt_code
            step = registry.step(subject, what)
            if step is None or not any(owing.person or owing.role in roles for owing in step.owed):
                continue
            kept = Exists(rows.filter(guard.forbids(user), pk=OuterRef("subject_id")))
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
    """`other`: 0 for one's own orders, and customers where it stands on no order; 1 for the role's rest."""
    customers = Customer.objects.filter(Q(salesperson=user) | Q(clerk=user)).values("pk")
    own = Q(person=user) | Q(order__salesperson=user) | Q(order__clerk=user) | Q(order=None, customer__in=customers)
    return found.annotate(other=Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField()))


COLUMNS = ("id", "subject_kind", "subject_id", "what", "since", "due", "customer__name", "customer__grade")
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
    return sorted(made.values(), key=lambda group: (not group.late, not group.mine, group.rows[0].since))


def with_columns(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows with what is shown of each; `id` and `other` are known."""
    keys = list(rows)
    shown = {row["id"]: row for row in ROWS.read([row["id"] for row in keys])} if keys else {}
    return [row | shown[row["id"]] for row in keys if row["id"] in shown]


def label_of(kind: str, what: str) -> str:
    step = registry.step(kind, what)
    return step.label if step else what


def todos(rows: list[dict[str, Any]], user: "User", now: datetime) -> list[Todo]:
    """Rows in words; one query for each kind of subject."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        ids[row["subject_kind"]].append(row["subject_id"])
    prices = sees_prices(user)
    faces = {kind: subjects.get(kind).faces(some, prices) for kind, some in ids.items()}
    return [as_todo(row, faces[row["subject_kind"]][row["subject_id"]], now) for row in rows]


def as_todo(row: dict[str, Any], face: Face, now: datetime) -> Todo:
    step = registry.step(row["subject_kind"], row["what"])
    grade = f"{row['customer__grade']} 级" if row["customer__grade"] else ""
    mine = row["other"] == 0
    return Todo(
        title=f"{face.number} {row['customer__name'] or ''}".strip(),
        url=registry.url(step, face.key) if step else "/",
        sub=" · ".join(filter(None, ["我的" if mine else "", grade, *face.said])),
        since=row["since"],
        due=row["due"],
        is_mine=mine,
        is_late=bool(row["due"]) and row["due"] < now,
    )


def of_kind(user: "User", kind: str, what: str, *, mine: bool) -> QuerySet[Any]:
    """The keys of all of one kind, for its own page."""
    found: QuerySet[Any] = with_owner(owed(user), user).filter(subject_kind=kind, what=what)
    return (found.filter(other=0) if mine else found).values("id", "since", "other")


def find_order(user: "User", number: str) -> str:
    """The address of the order with exactly this number, if the person sees it."""
    order = Order.objects.visible_to(user).filter(number=number).only("number").first()
    return order.get_absolute_url() if order else ""
