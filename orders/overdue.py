"""Overdue work is told to the one who owes it, then to their supervisor: once each, whoever runs it how often.

Rows are claimed in blocks under their locks, and the notices are posted in the same transaction: run twice, or by two
at once, nobody hears of a row twice, and a run cut off in the middle has told of whole blocks only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.calendar import working_minutes_before
from accounts.models import User
from accounts.roles import ROLES
from documents import notices
from documents.outbox import Post, post_many
from orders.models import HouseRules, Order, Owed, Shipment, ShipmentLine
from orders.registry import registry

KIND = "overdue"
BLOCK = 200
# Whoever stands above a role. The salesperson's own supervisor stands above sales; where nobody is named, the director.
CHIEF = {"sales": "supervisor", "customer_service": "cs_supervisor"}
DIRECTOR = "marketing_director"


def register() -> None:
    working = frozenset(ROLES) - {"admin"}
    notices.register(notices.Kind(KIND, "逾期未办", working, working, at_once=True))


def tell(now: datetime) -> int:
    """Tell what has become overdue by `now`; the number of rows told of, each step counted."""
    late = working_minutes_before(now, HouseRules.current().escalate_after)
    steps = (
        ("told_at", Q(due__lte=now, told_at__isnull=True)),
        ("escalated_at", Q(due__lte=late, told_at__isnull=False)),
    )
    return sum(in_blocks(step, which, now) for step, which in steps)


def in_blocks(step: str, which: Q, now: datetime) -> int:
    count = 0
    while told := tell_block(step, which, now):
        count += told
    return count


@transaction.atomic
def tell_block(step: str, which: Q, now: datetime) -> int:
    """Claim some rows, mark them, note the notices."""
    waiting = Owed.objects.open().filter(which, escalated_at__isnull=True)
    # Of the row alone: the order is somebody else's to lock, and the sweep never waits for an action.
    ids = list(waiting.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:BLOCK])
    if not ids:
        return 0
    Owed.objects.filter(pk__in=ids).update(**{step: now})
    rows = list(Owed.objects.filter(pk__in=ids).select_related("order__salesperson", "person").order_by("pk"))
    people = People.of(rows)
    post_many(post for row in rows for post in posts(row, step, people))
    return len(ids)


@dataclass
class People:
    """Who is meant, read once for a block: members of roles, the orders of shipments, how each wants to be told."""

    members: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    orders: dict[int, Order] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Owed]) -> "People":
        found = cls()
        for role, pk in User.objects.filter(is_active=True, groups__name__in=ROLES).values_list("groups__name", "pk"):
            found.members[role].add(pk)
        shipments = [row.subject_id for row in rows if row.subject_kind == "shipment"]
        if shipments:
            found.numbers = dict(Shipment.objects.filter(pk__in=shipments).values_list("pk", "number"))
            for line in lines_of(shipments):
                found.orders.setdefault(line.shipment_id, line.line.order)
        return found

    def order_of(self, row: Owed) -> Order | None:
        return row.order or self.orders.get(row.subject_id)

    def number_of(self, row: Owed) -> str:
        return row.order.number if row.order else self.numbers.get(row.subject_id, "")

    def owners(self, row: Owed) -> set[int]:
        """The person named; else the order's own of that role; else all who hold it."""
        order = self.order_of(row)
        if row.person_id:
            return {row.person_id} & self.active
        own = {"sales": order and order.salesperson_id, "customer_service": order and order.clerk_id}.get(row.role)
        return ({own} & self.active if own else set()) or self.members[row.role]

    def chiefs(self, row: Owed) -> set[int]:
        """Whoever stands above them, and is not the one who owes it."""
        order = self.order_of(row)
        above: set[int] = set()
        if row.person is not None and row.person.supervisor_id:
            above = {row.person.supervisor_id}
        elif row.role == "sales" and order is not None and order.salesperson and order.salesperson.supervisor_id:
            above = {order.salesperson.supervisor_id}
        elif row.role in CHIEF and row.role != "sales":
            above = self.members[CHIEF[row.role]]
        return ((above & self.active) or self.members[DIRECTOR]) - self.owners(row)

    @property
    def active(self) -> set[int]:
        return set().union(*self.members.values())


def lines_of(shipments: list[int]) -> QuerySet[ShipmentLine]:
    rows = ShipmentLine.objects.filter(shipment__in=shipments)
    return rows.select_related("line__order__salesperson").order_by("shipment_id", F("pk"))


def posts(row: Owed, step: str, people: People) -> Iterable[Post]:
    what = registry.step(row.subject_kind, row.what)
    number = people.number_of(row)
    if what is None or not number or row.due is None:
        return
    by = timezone.localtime(row.due).strftime("%m-%d %H:%M")
    if step == "told_at":
        told, text = people.owners(row), f"逾期未办：{number} {what.label}，应于 {by} 前办理"
    else:
        who = str(row.person) if row.person else ROLES.get(row.role, "")
        told, text = people.chiefs(row), f"{who}逾期未办：{number} {what.label}，应于 {by} 前办理，请督办"
    url = registry.url(what, number)
    for person in sorted(told):
        key = f"{KIND}:{row.pk}:{step}:{person}:app"
        yield Post("notice", key, notices.payload(person, key, text, url, KIND), about=number)
