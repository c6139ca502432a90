"""发料: what an order's lines take from the store, lot by lot."""

from collections import defaultdict
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from orders.models import Order, RevisionLine, State, Status, give_places
from production import materials, promising, queries
from production.actions import issuing
from production.actions.promising import free_material, reserve_material
from production.forms.issuing import FreeForm, IssueForm, ReturnForm
from production.models import MaterialUse
from production.views.shared import WORKING, an_order, page_context, url
from stock.materials import queries as store
from stock.models import MaterialLot

ZERO = Decimal(0)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """What each line needs and has had, and the form of what is handed out now."""
    order = an_order(request, number)
    revision = order.revisions.filter(status=Status.IN_FORCE).first()
    rows = [row for row in queries.terms_of(revision) if row.to_make > 0] if revision else []
    wanted = materials.wants(order, rows)
    form = None
    if order.state == State.PRODUCTION and wanted and may(request.user, "issue_material"):
        posted = request.POST if request.method == "POST" else None
        form = IssueForm(posted, subject=order, places=places(order, wanted))
        done = perform(request, form, issuing.issue_material, order, to=url("issue", number), said="发料已登记。")
        if done:
            return done
    context = page_context(order, "issue") | {
        "form": form,
        "wanted": wanted,
        "uses": uses_of(order),
        "may_return": may(request.user, "return_material"),
        "may_reserve": order.state == State.PRODUCTION and wanted and may(request.user, "reserve_material"),
        "may_free": any(want.kept for want in wanted) and may(request.user, "free_material"),
    }
    return render(request, "production/issue.html", context, status=form.status if form else 200)


def places(order: Order, wanted: list[materials.Want]) -> list[tuple[RevisionLine, MaterialLot, Decimal]]:
    """Each line beside each usable lot of its materials, oldest first, with what is proposed of it: first what is
    promised to the line, then what lies free."""
    lots: dict[int, list[MaterialLot]] = defaultdict(list)
    here = MaterialLot.objects.filter(
        store.usable(timezone.localdate()), material__in={want.material.pk for want in wanted}, on_hand__gt=0
    )
    for lot in here.select_related("material").order_by("received_on", "pk"):
        lots[lot.material_id].append(lot)
    kept = promising.promised(order)
    left = {lot.pk: lot.free for found in lots.values() for lot in found}
    found = []
    for want in wanted:
        open_ = want.open
        own = {lot.pk: kept.get((want.row.line_id, lot.pk), ZERO) for lot in lots[want.material.pk]}
        for lot in sorted(lots[want.material.pk], key=lambda each: not own[each.pk]):
            proposed = min(open_, own[lot.pk] + left[lot.pk])
            open_ -= proposed
            left[lot.pk] -= max(ZERO, proposed - own[lot.pk])
            found.append((want.row, lot, proposed))
    return found


def uses_of(order: Order) -> list[MaterialUse]:
    found = MaterialUse.objects.filter(order=order).select_related("line", "lot__material", "by")
    uses = list(found.order_by("-pk")[:200])
    give_places(use.line for use in uses)
    return uses


@require_http_methods(["GET", "HEAD", "POST"])
@needs("return_material")
def give_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    order = an_order(request, number)
    use = get_object_or_404(MaterialUse.objects.select_related("lot__material"), pk=pk, order=order, takes_back=None)
    form = ReturnForm(request.POST if request.method == "POST" else None, subject=order)
    done = perform(request, form, issuing.return_material, use, to=url("issue", number), said="退料已登记。")
    context = page_context(order, "issue") | {"use": use, "form": form}
    return done or render(request, "production/return_material.html", context, status=form.status)


@require_POST
@needs("reserve_material")
def reserve(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    return press(request, reserve_material, order, to=url("issue", number), said="已预留。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("free_material")
def free(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = FreeForm(request.POST if request.method == "POST" else None, subject=order)
    done = perform(request, form, free_material, order, to=url("issue", number), said="已释放。")
    return done or render(
        request, "production/free_material.html", page_context(order, "issue") | {"form": form}, status=form.status
    )
