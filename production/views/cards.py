"""The 工艺卡: the list, one version, writing it, putting it in force; and the lines that wait for technical's word."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may, roles_of
from accounts.web import needs, open_to, perform, press
from production import cards as reading
from production import forms, queries
from production.actions import cards
from production.models import EditionStatus, ProcessCard
from production.views.shared import WORKING, begun_from, shelves_of, url


@require_safe
@open_to(WORKING)
def lines(request: HttpRequest) -> HttpResponse:
    """Line by line what technical has not spoken on, oldest first."""
    page = page_of(queries.lines_unsaid(request.user), request.GET, ("id",))  # type: ignore[arg-type]
    made_by = reading.choices((row, row.revision.order) for row in page.rows)
    context = {
        "page": page,
        "rows": [(row, made_by[row.line_id]) for row in page.rows],
        "may_read": not roles_of(request.user).isdisjoint(reading.READERS),
        "may_sign": may(request.user, "sign_technical"),
    }
    return render(request, "production/technical.html", context)


@require_safe
@open_to(reading.READERS)
def index(request: HttpRequest) -> HttpResponse:
    found = ProcessCard.objects.select_related("product", "put_by", "written_by").prefetch_related("steps")
    context = shelves_of(request, found, "production:cards") | {"may_write": may(request.user, "write_card")}
    return render(request, "production/cards.html", context)


@require_safe
@open_to(reading.READERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    shown = a_card(pk)
    draft = shown.status == EditionStatus.DRAFT
    context = {
        "card": shown,
        "steps": shown.steps.order_by("position"),
        "versions": ProcessCard.objects.filter(product=shown.product_id).order_by("-number"),
        "draft": draft,
        "may_write": may(request.user, "write_card"),
        "may_put": draft and may(request.user, "put_card_in_force"),
    }
    return render(request, "production/card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("write_card")
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new draft, from an earlier version where `?from=` names one; or the draft itself."""
    card = a_card(pk) if pk else None
    source = begun_from(request)
    copied = a_card(source) if source and not pk else None
    form = forms.CardForm(request.POST if request.method == "POST" else None, edition=card, copied=copied)
    done = perform(request, form, cards.write_card, card, said="工艺卡草稿已保存，批准后生效。")
    context = {"form": form, "title": f"修改 {card}" if card else "编写工艺卡", "card": card}
    return done or render(request, "production/card_form.html", context, status=form.status)


@require_POST
@needs("put_card_in_force")
def put(request: HttpRequest, pk: int) -> HttpResponse:
    said = "已生效。未下达的订单若按旧版确认过，须重新技术确认。"
    return press(request, cards.put_in_force, a_card(pk), to=url("card", pk), said=said)


def a_card(pk: int) -> ProcessCard:
    return get_object_or_404(ProcessCard.objects.select_related("product", "put_by", "written_by"), pk=pk)
