"""The approval queue, and the one screen to judge an order on (R12)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import page_of
from accounts.permissions import may, sees_prices
from accounts.roles import PRICE_ROLES
from accounts.web import open_to
from orders import judging, queries, story
from orders.actions.approval import approve_batch
from orders.deeds import DEEDS
from orders.models import Owed, Revision
from orders.registry import registry
from orders.views.contexts import compared, terms_facts
from orders.views.shared import an_order

QUEUE = frozenset({"supervisor", "marketing_director", "cs_supervisor"})
MOST_AT_ONCE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(QUEUE)
def queue(request: HttpRequest) -> HttpResponse:
    """Revisions ready to be judged, oldest first, then those that wait for something; a batch has a result per row."""
    outcomes = []
    if request.method == "POST":
        outcomes = approve_batch(picked(request), by=request.user)
    page = page_of(ready(request.user), request.GET, ("submitted_at", "id"))
    waiting = [] if request.GET.get("after") or request.GET.get("before") else list(not_ready(request.user)[:50])
    context = {
        "page": page,
        "rows": judged(page.rows),
        "waiting": waits(waiting),
        "outcomes": outcomes,
        "may_approve": may(request.user, "approve"),
        "prices": sees_prices(request.user),
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


def owed_to(user: Any) -> QuerySet[Owed]:
    return Owed.objects.of_person(user).filter(subject_kind="revision", what="approve")


def ready(user: Any) -> QuerySet[Revision]:
    """All gates but the approval are open. For those who approve: theirs, without what a guard keeps from them."""
    found = queries.proposed(user)
    if not may(user, "approve"):
        return found.filter(pk__in=queries.owing_approval().values("subject_id"))
    forbidden = Q()
    for guard in registry.guards.get("approve", []):
        forbidden |= guard.forbids(user)
    return found.filter(pk__in=owed_to(user).values("subject_id")).exclude(forbidden)


def not_ready(user: Any) -> QuerySet[Revision]:
    waiting = queries.proposed(user).exclude(pk__in=queries.owing_approval().values("subject_id"))
    return waiting.order_by("submitted_at", "pk")


def judged(revisions: list[Revision]) -> list[dict[str, Any]]:
    facts = judging.facts(revisions)
    return [{"revision": revision, "order": revision.order, "facts": facts[revision.pk]} for revision in revisions]


def waits(revisions: list[Revision]) -> list[dict[str, Any]]:
    """Each with what it waits for, from one query of what is owed."""
    owed: dict[int, list[str]] = {revision.pk: [] for revision in revisions}
    rows = Owed.objects.open().filter(subject_kind="revision", subject_id__in=list(owed))
    for row in rows.order_by("since", "pk") if owed else ():
        step = registry.step("revision", row.what)
        if step and step.label not in owed[row.subject_id]:
            owed[row.subject_id].append(step.label)
    return [{"revision": revision, "order": revision.order, "waits": owed[revision.pk]} for revision in revisions]


@require_safe
@open_to(PRICE_ROLES)
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Everything a supervisor judges by, on one screen."""
    order = an_order(request, number)
    revision: Any = queries.proposed(request.user).filter(order=order).first()  # type: ignore[arg-type]
    if revision is None:
        return render(request, "orders/approval_none.html", {"order": order})
    gates = registry.explain(["approve"], revision)
    allowed = may(request.user, "approve")
    rows = compared(order, revision)
    lines = [row["terms"] for row in rows]
    context = {
        "order": order,
        "revision": revision,
        "rows": rows,
        "terms": terms_facts(revision),
        "gates": gates,
        "all_open": all(gate.is_open for gate in gates),
        "facts": judging.facts([revision])[revision.pk],
        "signoffs": story.signatures(
            queries.signoffs_of(order), [revision], {revision.pk: lines}, prices=True, user=request.user
        ),
        "committed": revision.committed_on.isoformat() if revision.committed_on else "未签署",
        "committed_tone": "danger" if is_too_late(revision) else "",
        "recent": queries.recent_of(order.customer, request.user, but=order.pk),  # type: ignore[arg-type]
        "may_approve": allowed,
        "forbidden": registry.forbidden("approve", revision, request.user) if allowed else "",
        "send_back": DEEDS["send_back"].form(order=order, target=revision, auto_id="back_%s"),
    }
    return render(request, "orders/approval.html", context)


def is_too_late(revision: Any) -> bool:
    """Whether production's finish comes after the day the customer asked for."""
    return bool(revision.committed_on and revision.requested_on and revision.committed_on > revision.requested_on)
