"""Overdue work is told to the one who owes it, then to their supervisor: once each, whoever runs it how often.

Rows are claimed in blocks under their locks, and the notices are posted in the same transaction: run twice, or by two
at once, nobody hears of a row twice, and a run cut off in the middle has told of whole blocks only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from documents import notices
from documents.outbox import Post, post_many
from flow import subjects
from flow.gates import registry
from flow.models import Owed
from flow.subjects import Face

KIND, WARNED = "overdue", "soon_due"
BLOCK = 200
# Whoever stands above a role. The salesperson's own supervisor stands above sales; where nobody is named, the director.
CHIEF = {"sales": "supervisor", "customer_service": "cs_supervisor"}
DIRECTOR = "marketing_director"


def register() -> None:
    everybody = frozenset(ROLES)
    notices.register(notices.Kind(KIND, "逾期未办", everybody, everybody, at_once=True))
    notices.register(notices.Kind(WARNED, "即将到期", everybody))


def tell(now: datetime) -> int:
    """Tell what will soon be due or has become overdue by `now`, and above what stays so; the number of rows told of,
    each step counted. Call it in working time."""
    steps = (
        ("told_at", Q(due__lte=now, told_at__isnull=True)),
        ("escalated_at", Q(escalate_at__lte=now, told_at__isnull=False)),
        ("warned_at", Q(warn_at__lte=now, due__gt=now, warned_at__isnull=True, told_at__isnull=True)),
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
    rows = list(
        Owed.objects.filter(pk__in=ids)
        .select_related("order__salesperson", "customer__salesperson", "person")
        .order_by("pk")
    )
    people = People.of(rows)
    post_many(post for row in rows for post in posts(row, step, people))
    return len(ids)


@dataclass
class People:
    """Who is meant, read once for a block: the members of roles, and how each subject is named."""

    members: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    faces: dict[tuple[str, int], Face] = field(default_factory=dict)
    chosen: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Owed]) -> "People":
        found = cls()
        for role, pk in User.objects.filter(is_active=True, groups__name__in=ROLES).values_list("groups__name", "pk"):
            found.members[role].add(pk)
        ids: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            ids[row.subject_kind].append(row.subject_id)
        for kind, some in ids.items():
            found.faces |= {(kind, pk): face for pk, face in subjects.get(kind).faces(some, False).items()}
        return found

    def owners(self, row: Owed) -> set[int]:
        """The person named; else the order's or the customer's own of that role; else all who hold it."""
        of = holder(row)
        if row.person_id:
            return {row.person_id} & self.active
        own = {"sales": of and of.salesperson_id, "customer_service": of and of.clerk_id}.get(row.role)
        return ({own} & self.active if own else set()) or self.members[row.role]

    def chiefs(self, row: Owed) -> set[int]:
        """Whoever stands above them, and is not the one who owes it."""
        of = holder(row)
        above: set[int] = set()
        if row.person is not None and row.person.supervisor_id:
            above = {row.person.supervisor_id}
        elif row.role == "sales" and of is not None and of.salesperson and of.salesperson.supervisor_id:
            above = {of.salesperson.supervisor_id}
        elif row.role in CHIEF and row.role != "sales":
            above = self.members[CHIEF[row.role]]
        return ((above & self.active) or self.members[DIRECTOR]) - self.owners(row)

    def how(self, person: int) -> str:
        """How they chose to be told of what is soon due."""
        if not self.chosen:
            self.chosen = notices.hows(WARNED, User.objects.filter(pk__in=self.active))
        return self.chosen.get(person, notices.How.OFF)

    @property
    def active(self) -> set[int]:
        return set().union(*self.members.values())


def holder(row: Owed) -> Any:
    """The order, or the customer where it stands on none: each has a salesperson and a clerk of its own."""
    return row.order or row.customer


def posts(row: Owed, step: str, people: People) -> Iterable[Post]:
    what = registry.step(row.subject_kind, row.what)
    face = people.faces.get((row.subject_kind, row.subject_id))
    if what is None or face is None or row.due is None:
        return
    by, kind = timezone.localtime(row.due).strftime("%m-%d %H:%M"), KIND
    if step == "warned_at":
        told, text, kind = people.owners(row), f"即将到期：{face.number} {what.label}，请于 {by} 前办理", WARNED
    elif step == "told_at":
        told, text = people.owners(row), f"逾期未办：{face.number} {what.label}，应于 {by} 前办理"
    else:
        who = str(row.person) if row.person else ROLES.get(row.role, "")
        told, text = people.chiefs(row), f"{who}逾期未办：{face.number} {what.label}，应于 {by} 前办理，请督办"
    url = registry.url(what, face.key)
    for person in sorted(told):
        how = people.how(person) if step == "warned_at" else notices.How.APP
        if how != notices.How.OFF:
            # What is due anew is told of anew.
            key = f"{KIND}:{row.pk}:{step}:{person}:{row.due:%Y%m%d%H%M}"
            yield Post("notice", key, notices.payload(person, key, text, url, kind, how), about=face.number)
