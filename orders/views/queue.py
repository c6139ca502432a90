"""The approval queue: revisions ready to be judged, and those that still wait for a signature (R12)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import open_to
from flow.gates import registry
from flow.models import Owed
from orders import judging, queries
from orders.actions.approval import approve_batch
from orders.models import Revision

QUEUE = frozenset({"supervisor", "marketing_director", "cs_supervisor"})
MOST_AT_ONCE = 100
# Beside the ready ones only the oldest that wait; the rest are on a page of their own.
WAITING = 20
OLDEST = ("submitted_at", "id")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(QUEUE)
def queue(request: HttpRequest) -> HttpResponse:
    """Revisions ready to be judged, oldest first, then those that wait for something; a batch has a result per row."""
    outcomes = approve_batch(picked(request), by=request.user) if request.method == "POST" else []
    only_waiting = request.GET.get("waiting") == "all"
    found = not_ready(request.user) if only_waiting else ready(request.user)
    page = page_of(found.values(*OLDEST), request.GET, OLDEST)
    shown = [row["id"] for row in page.rows]
    waiting: list[int] = shown if only_waiting else []
    if not only_waiting and not {"after", "before", "last"} & request.GET.keys():
        waiting = list(not_ready(request.user).order_by(*OLDEST).values_list("id", flat=True)[: WAITING + 1])
    facts = {} if only_waiting else judging.facts(shown)
    rows = {row["id"]: row for row in queries.QUEUED.read([*shown, *waiting])}
    context = {
        "page": page,
        "only_waiting": only_waiting,
        "rows": [] if only_waiting else [dressed(rows[pk], tuple(facts.get(pk, ()))) for pk in shown if pk in rows],
        "waiting": waits([dressed(rows[pk]) for pk in (waiting if only_waiting else waiting[:WAITING]) if pk in rows]),
        "waiting_count": len(waiting) if len(waiting) <= WAITING else None,
        "more_wait": not only_waiting and len(waiting) > WAITING,
        "outcomes": outcomes,
        "may_approve": may(request.user, "approve"),
    }
    return render(request, "orders/approvals.html", context)


def picked(request: HttpRequest) -> list[Revision]:
    """The ticked rows that this person may judge; anything else in the POST is ignored."""
    ids = [
        int(pk)
        for pk in request.POST.getlist("revision")[:MOST_AT_ONCE]
        if pk.isascii() and pk.isdigit() and len(pk) < 18
    ]
    if not may(request.user, "approve"):
        return []
    return list(queries.proposed(request.user).filter(pk__in=ids).order_by("submitted_at", "pk"))  # type: ignore[arg-type]


def ready(user: Any) -> QuerySet[Revision]:
    """All gates but the approval are open. For those who approve: theirs, without what a guard keeps from them."""
    found = queries.proposed(user)
    if not may(user, "approve"):
        return found.filter(pk__in=queries.owing_approval().values("subject_id"))
    forbidden = Q()
    for guard in registry.guards.get("approve", []):
        forbidden |= guard.forbids(user)
    owed = Owed.objects.addressed_to(user).filter(subject_kind="revision", what="approve")
    return found.filter(pk__in=owed.values("subject_id")).exclude(forbidden)


def not_ready(user: Any) -> QuerySet[Revision]:
    return queries.proposed(user).exclude(pk__in=queries.owing_approval().values("subject_id"))


def dressed(row: dict[str, Any], facts: tuple[judging.Fact, ...] = ()) -> dict[str, Any]:
    """What the columns say, in words."""
    committed, requested = row["committed_on"], row["requested_on"]
    return row | {
        "salesperson": row["order__salesperson__name"] or row["order__salesperson__username"],
        "is_too_late": bool(committed and requested and committed > requested),
        "facts": facts,
    }


def waits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with what it waits for, from one query of what is owed."""
    owed: dict[int, dict[str, None]] = {row["id"]: {} for row in rows}
    if owed:
        known = Owed.objects.open().filter(subject_kind="revision", subject_id__in=list(owed)).order_by("since", "pk")
        for pk, what in known.values_list("subject_id", "what"):
            if step := registry.step("revision", what):
                owed[pk][step.label] = None
    return [row | {"waits": tuple(owed[row["id"]])} for row in rows]
