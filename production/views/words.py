"""The written words of an order: technical, material, dates — and the 生产指令单."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may, roles_of
from accounts.web import needs, open_to, perform, press
from documents.access import documents_seen_by
from documents.queries import documents_of
from orders.models import Order, Revision, RevisionLine, Signed, SignOff, Status
from orders.models.order import RELEASED
from orders.papers import tolerance
from production import cards, forms, materials, papers, queries
from production.actions import signing
from production.gates.making import OLD_COPIES
from production.scheduling import feasible
from production.views.shared import WORKING, an_order, page_context, url


@dataclass(frozen=True)
class Word:
    """One kind of word, its page, its form and what it is signed with."""

    slug: str
    action: Callable[..., Any]
    code: str
    kind: Signed
    digest: str
    form: type[forms.LinesForm]
    label: str
    note: str
    statuses: tuple[str, ...]


TECHNICAL = Word(
    "technical",
    signing.sign_technical,
    "sign_technical",
    Signed.TECHNICAL,
    "technical_digest",
    forms.TechnicalForm,
    "签字",
    "逐行书面确认可否生产。配方有变或坚持老工艺的，附客户签字的配方；不能生产的，写明给客户的建议。",
    signing.SIGNABLE,
)
MATERIAL = Word(
    "material",
    signing.state_material,
    "state_material",
    Signed.MATERIAL,
    "material_digest",
    forms.MaterialForm,
    "签字",
    "书面说明各行原材料的可用、缺口和预计到料；口头无效。重新签署后，生产部须按新的说明重签交期。",
    signing.DATABLE,
)
DATES = Word(
    "dates",
    signing.sign_dates,
    "sign_dates",
    Signed.DATE,
    "date_digest",
    forms.DatesForm,
    "签字",
    "按现行原材料说明预排后书面确认；完成日为复卷后的成品完成日。",
    signing.DATABLE,
)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def technical(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(TECHNICAL, request, number)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def material(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(MATERIAL, request, number)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(WORKING)
def dates(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(DATES, request, number)


def page_of(word: Word, request: HttpRequest, number: str) -> HttpResponse:
    """Everybody sees what was said and what is missing; whose word it is, signs here."""
    order = an_order(request, number)
    known = queries.in_hand(order)
    revision = asked_for(request, known)
    rows = queries.terms_of(revision) if revision else []
    said = queries.words_on(revision, word.kind, word.digest) if revision else {}
    to_make = [row for row in rows if row.to_make > 0]
    computed = computed_for(word, revision, to_make)
    form = form_of(word, request, order, revision, to_make, said, computed)
    if form is not None and revision is not None and request.method == "POST":
        page = url(word.slug, order.number) + (f"?version={revision.number}" if len(known) > 1 else "")
        done = perform(request, form, word.action, revision, to=page, said="已签字。")
        if done:
            return done
    context = page_context(order, word.slug) | {
        "word": word,
        "may_ask_sample": may(request.user, "ask_sample"),
        "revision": revision,
        "editions": editions(known, revision),
        "rows": [(row, said.get(row.line_id)) for row in rows],
        "form": form,
        "verdicts": signing.VERDICTS,
        "material": material_of(word, revision),
        "feasible": feasible_for(word, order, revision, to_make),
        "made_by": cards_for(word, request, order, to_make),
        "computed": [(row, computed[row.line_id]) for row in to_make if row.line_id in computed],
    }
    return render(request, "production/word.html", context, status=form.status if form else 200)


def asked_for(request: HttpRequest, known: list[Revision]) -> Revision | None:
    """The revision of that number, else the newest that waits for words."""
    wanted = request.GET.get("version", "")
    return next((each for each in known if str(each.number) == wanted), next(iter(known), None))


def editions(known: list[Revision], shown: Revision | None) -> list[dict[str, Any]]:
    """While an amendment is open the terms in force go on beside it: a way to either."""
    return [
        {
            "label": f"第 {each.number} 版 · {each.get_status_display()}",
            "url": f"?version={each.number}",
            "active": each == shown,
        }
        for each in known
        if len(known) > 1
    ]


def form_of(
    word: Word,
    request: HttpRequest,
    order: Order,
    revision: Revision | None,
    to_make: list[RevisionLine],
    said: Any,
    computed: dict[int, list[materials.Stated]],
) -> forms.LinesForm | None:
    """The form, for whoever may sign while there is something to sign."""
    if revision is None or not to_make or revision.status not in word.statuses or not may(request.user, word.code):
        return None
    sent = request.method == "POST"
    return word.form(
        request.POST if sent else None,
        request.FILES if sent else None,
        subject=order,
        lines=to_make,
        said=said,
        computed=computed,
    )


def computed_for(word: Word, revision: Revision | None, rows: list[RevisionLine]) -> dict[int, list[materials.Stated]]:
    """What the need lists say of the lines, for the page of the material statement."""
    if word is not MATERIAL or revision is None:
        return {}
    return materials.stated(revision, rows, timezone.localdate())


def cards_for(
    word: Word, request: HttpRequest, order: Order, rows: list[RevisionLine]
) -> list[tuple[RevisionLine, cards.Choice]]:
    """The 工艺卡 of each line, beside the technical word, for those who may read it."""
    if word is not TECHNICAL or roles_of(request.user).isdisjoint(cards.READERS):
        return []
    made_by = cards.choices((row, order) for row in rows)
    return [(row, made_by[row.line_id]) for row in rows]


def feasible_for(
    word: Word, order: Order, revision: Revision | None, rows: list[RevisionLine]
) -> list[tuple[RevisionLine, feasible.Feasible]]:
    """The earliest finish of each line from load, material and calendar, beside the dates."""
    if word is not DATES or revision is None or not rows:
        return []
    today = timezone.localdate()
    found = feasible.earliest(order, rows, materials.stated(revision, rows, today), today)
    return [(row, found[row.line_id]) for row in rows]


def material_of(word: Word, revision: Revision | None) -> dict[int, Any]:
    """The statements that a date is given on, beside the dates."""
    if word is not DATES or revision is None:
        return {}
    return queries.words_on(revision, Signed.MATERIAL, "material_digest")


@require_safe
@open_to(WORKING)
def work_order(request: HttpRequest, number: str) -> HttpResponse:
    return work_order_page(request, an_order(request, number))


def work_order_page(request: HttpRequest, order: Order, *, recalling: forms.RecallForm | None = None) -> HttpResponse:
    """The 生产指令单 of the terms in force, who has signed it, its papers, and old copies to be had back."""
    revision = order.revisions.filter(status=Status.IN_FORCE).first()
    rows = [row for row in queries.terms_of(revision) if row.to_make > 0] if revision else []
    dated = queries.words_on(revision, Signed.DATE, "date_digest") if revision else {}
    handed = signing.signed(revision, Signed.HANDED_OVER) if revision else None
    signed = signing.signed(revision, Signed.SIGNED_FOR) if revision else None
    going = bool(rows) and order.state in RELEASED
    user: Any = request.user
    overtaken = order.state in RELEASED and Order.objects.filter(OLD_COPIES, pk=order.pk).exists()
    if overtaken and recalling is None and may(user, "recall_old_orders"):
        recalling = forms.RecallForm(subject=order, auto_id="recall_%s")
    context = page_context(order, "order") | {
        "overtaken": overtaken,
        "recalling": recalling,
        "recalled": recalled(order),
        "revision": revision,
        "rows": [(row, tolerance(row), dated.get(row.line_id)) for row in rows],
        "handed": handed,
        "signed": signed,
        "may_hand": going and handed is None and may(user, "hand_over_order"),
        "may_sign": going
        and handed is not None
        and signed is None
        and may(user, "sign_for_order")
        and user.is_production_head,
        "papers": documents_seen_by(user, documents_of("order", order.pk).filter(kind=papers.WORK_ORDER.code)),
    }
    return render(request, "production/work_order.html", context, status=recalling.status if recalling else 200)


def recalled(order: Order) -> SignOff | None:
    """The last word on old copies had back."""
    found = SignOff.objects.filter(kind=Signed.RECALLED, order=order).select_related("by", "revision")
    return found.order_by("-at", "-pk").first()


@require_POST
@needs("recall_old_orders")
def recall(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = forms.RecallForm(request.POST, subject=order, auto_id="recall_%s")
    done = perform(
        request, form, signing.recall_old_orders, order, to=url("order", number), said="旧版生产指令单已收回作废。"
    )
    return done or work_order_page(request, order, recalling=form)


@require_POST
@needs("hand_over_order")
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    to = url("order", number)
    return press(request, signing.hand_over_order, order, to=to, said="生产指令单已签字下达，待生产主管签收。")


@require_POST
@needs("sign_for_order")
def sign_for(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    return press(request, signing.sign_for_order, order, to=url("order", number), said="生产指令单已签收。")
