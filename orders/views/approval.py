"""The one screen to judge an order on (R12)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import open_to
from flow.gates import registry
from orders import changes, judging, queries, story
from orders.deeds import DEEDS
from orders.models import Revision
from orders.views.contexts import compared, terms_facts
from orders.views.shared import an_order


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
        "amendment": amendment_of(revision),
        "terms": terms_facts(revision),
        "gates": gates,
        "all_open": all(gate.is_open for gate in gates),
        "facts": judging.facts([revision.pk])[revision.pk],
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


def amendment_of(revision: Revision) -> dict[str, Any] | None:
    """What a 改单 changes, first of all; nothing for a first revision."""
    base = changes.base_of(revision, revision.order.revisions.all())
    if base is None:
        return None
    return {"revision": revision, "base": base, "changes": changes.of_amendment(revision, base)}


def is_too_late(revision: Any) -> bool:
    """Whether production's finish comes after the day the customer asked for."""
    return bool(revision.committed_on and revision.requested_on and revision.committed_on > revision.requested_on)
