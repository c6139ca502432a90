"""To-dos that stand on no order's gates, so that no `Owed` row remembers them: each kind in one query of what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Q, Value, When, Window
from django.urls import reverse

from accounts.permissions import may
from customers import awaited
from customers.models import Quote
from finance.models import GradeSuggestion
from home.templatetags.ui import cn_date, money
from production import awaited_samples

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from production.models import SampleRequest

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


def groups(user: "User", now: datetime) -> list[Group]:
    """Samples, grades, contracts and quotes whose next step is one of this person's roles'."""
    return [group for group in (samples(user, now), grades_to_decide(user), *dealings(user)) if group]


def samples(user: "User", now: datetime) -> Group | None:
    """打样 stands on no order's gates: the steps of samples that this person's roles owe, from the samples."""
    found = list(awaited_samples.waiting_for(user))
    if not found:
        return None
    rows = [as_sample(sample, user, now) for sample in found]
    mine, late = sum(row.is_mine for row in rows), sum(row.is_late for row in rows)
    first = sorted(rows, key=lambda row: (not row.is_mine, row.due is None, row.due, row.since))[:SHOWN]
    return Group("打样", reverse("production:samples"), len(rows), late, mine, first)


def as_sample(sample: "SampleRequest", user: "User", now: datetime) -> Todo:
    due = awaited_samples.due(sample)
    mine = user.pk in (sample.customer.salesperson_id, sample.customer.clerk_id)
    return Todo(
        title=f"{sample.number} {sample.customer.called}",
        url=sample.get_absolute_url(),
        sub=" · ".join(filter(None, ["我的" if mine else "", sample.get_state_display(), sample.name])),
        since=sample.asked_at,
        due=due,
        is_mine=mine,
        is_late=due is not None and due < now,
    )


def grades_to_decide(user: "User") -> Group | None:
    """Suggested grades hang on no order, so no gate remembers them; one query, of those who decide."""
    if not may(user, "decide_grade"):
        return None
    found = GradeSuggestion.objects.visible_to(user).filter(state=GradeSuggestion.State.OPEN)
    rows = list(found.select_related("customer").annotate(many=Window(Count("*"))).order_by("at", "pk")[:SHOWN])
    shown = [
        Todo(
            title=f"{row.customer.code} {row.customer.called}",
            url=reverse("finance:decide_grade", args=[row.pk]),
            sub=f"{row.current} 级 → {row.suggested} 级",
            since=row.at,
            due=None,
            is_mine=False,
            is_late=False,
        )
        for row in rows
    ]
    return Group("客户等级建议", reverse("finance:grades"), rows[0].many, 0, 0, shown) if rows else None


def dealings(user: "User") -> Iterable[Group]:
    """Contracts and quotes by the step that they wait for; one query for each kind of thing, however many steps."""
    for _, alike in groupby(awaited.steps_of(user), key=lambda step: step.of):
        steps = list(alike)
        first, *others = [first_of(step, user, place) for place, step in enumerate(steps)]
        rows = sorted(first.union(*others, all=True) if others else first, key=attrgetter("place", "other", "since"))
        for place, found in groupby(rows, key=attrgetter("place")):
            yield as_group(steps[place], list(found))


def first_of(step: awaited.Step, user: "User", place: int) -> "QuerySet[Any]":
    """Those of one's own customers first, then the oldest; each says how many there are."""
    own = Q(customer__salesperson=user) | Q(customer__clerk=user)
    found = awaited.waiting(step, user).annotate(
        place=Value(place), other=Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    counted = found.annotate(many=Window(Count("*")), mine=Window(Count("pk", filter=Q(other=0))))
    return counted.order_by("other", "since", "pk")[:SHOWN]


def as_group(step: awaited.Step, rows: list[Any]) -> Group:
    page = f"{reverse(step.page)}?shelf={step.shelf}"
    return Group(step.label, page, rows[0].many, 0, rows[0].mine, [as_dealing(row) for row in rows])


def as_dealing(row: Any) -> Todo:
    return Todo(
        title=f"{row.number} {row.customer.called}",
        url=row.get_absolute_url(),
        sub=" · ".join(told_of(row)),
        since=row.since,
        due=None,
        is_mine=row.other == 0,
        is_late=False,
    )


def told_of(row: Any) -> Iterable[str]:
    if row.other == 0:
        yield "我的"
    if isinstance(row, Quote):
        yield f"有效期至 {cn_date(row.valid_until)}"
        yield money(row.total)
        return
    yield f"{cn_date(row.valid_from)} 至 {cn_date(row.valid_to)}"
    if row.amount is not None:
        yield money(row.amount)
