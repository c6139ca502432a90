"""打样: the list by state, asking for one, its page with the next steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform
from orders.models import Order, RevisionLine
from production import queries
from production.actions import samples as actions
from production.forms.samples import AdoptForm, AskForm, StepForm
from production.models import SampleRequest, SampleState
from production.models.sample import OPEN
from production.views.shared import WORKING

SHELVES = {"open": "进行中", "sealed": "已封样", "dropped": "已放弃", "all": "全部"}


@dataclass(frozen=True)
class Deed:
    """A step from its states, and what is to be written down with it."""

    code: str
    action: Callable[..., Any]
    label: str
    hint: str
    after: tuple[str, ...]
    tone: str = "primary"


S = SampleState
HANDS = frozenset({"sales", "customer_service", "technical"})
DEEDS = {
    deed.code: deed
    for deed in (
        Deed("make_sample", actions.make_sample, "样品已做好", "用料、工艺、机台", (S.ASKED, S.REFUSED)),
        Deed("send_sample", actions.send_sample, "已寄样", "寄给谁、快递单号", (S.MADE,)),
        Deed("approve_sample", actions.approve_sample, "客户认可", "谁、何时认可；附书面认可", (S.SENT,)),
        Deed("refuse_sample", actions.refuse_sample, "客户不认可", "要改什么", (S.SENT,), "danger"),
        Deed("seal_sample", actions.seal_sample, "封样归档", "封样编号与存放处", (S.APPROVED,)),
        Deed("drop_sample", actions.drop_sample, "放弃打样", "原因", tuple(OPEN), "danger"),
    )
}


@require_safe
@open_to(WORKING)
def index(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "open")
    shelf = shelf if shelf in SHELVES else "open"
    found = SampleRequest.objects.visible_to(request.user).select_related("customer", "line__order", "asked_by")
    if shelf == "open":
        found = found.filter(state__in=OPEN)
    elif shelf != "all":
        found = found.filter(state=shelf)
    tabs = [{"label": label, "url": f"?shelf={code}", "active": code == shelf} for code, label in SHELVES.items()]
    page = page_of(found, request.GET, ("id",), descending=shelf != "open")
    context = {"page": page, "tabs": tabs, "may_ask": may(request.user, "ask_sample")}
    return render(request, "production/samples.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("ask_sample")
def ask(request: HttpRequest, number: str = "", position: int = 0) -> HttpResponse:
    """For a customer, or for the line of an order that technical cannot make or that wants a signed sample."""
    row = a_row(request, number, position) if number else None
    form = AskForm(request.POST if request.method == "POST" else None, user=request.user, row=row)
    done = perform(request, form, actions.ask_sample, said="已申请打样，技术部会收到通知。")
    context = {"form": form, "row": row, "number": number}
    return done or render(request, "production/sample_form.html", context, status=form.status)


def a_row(request: HttpRequest, number: str, position: int) -> RevisionLine:
    order = get_object_or_404(Order.objects.visible_to(request.user), number=number)  # type: ignore[arg-type]
    revision = queries.worked_on(order)
    rows = [row for row in queries.terms_of(revision) if row.position == position] if revision else []
    if not rows:
        raise Http404
    return rows[0]


@require_safe
@open_to(WORKING)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, a_sample(request, number))


def page(
    request: HttpRequest, sample: SampleRequest, refused: ActionForm | None = None, code: str = ""
) -> HttpResponse:
    offered = [deed for deed in DEEDS.values() if sample.state in deed.after and may(request.user, deed.code)]
    forms = [(deed, refused if deed.code == code else step_form(deed, None, sample)) for deed in offered]
    adoptable = sample.state in (S.APPROVED, S.SEALED) and not sample.product_id
    adopt = AdoptForm(subject=sample) if adoptable and may(request.user, "adopt_sample") else None
    if adopt and code == "adopt_sample":
        adopt = refused  # type: ignore[assignment]
    context = {
        "sample": sample,
        "steps": sample.steps.select_related("by", "paper").order_by("-pk"),
        "forms": forms,
        "adopt": adopt,
        "refused": refused,
    }
    return render(request, "production/sample.html", context, status=refused.status if refused else 200)


def step_form(deed: Deed, request: HttpRequest | None, sample: SampleRequest) -> StepForm:
    data, files = (request.POST, request.FILES) if request else (None, None)
    return StepForm(data, files, subject=sample, hint=deed.hint, auto_id=f"{deed.code}_%s")


@require_POST
@open_to(HANDS)
def step(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    sample = a_sample(request, number)
    if deed not in DEEDS:
        raise Http404
    form = step_form(DEEDS[deed], request, sample)
    done = perform(request, form, DEEDS[deed].action, sample, said="已登记。")
    return done or page(request, sample, form, deed)


@require_POST
@needs("adopt_sample")
def adopt(request: HttpRequest, number: str) -> HttpResponse:
    sample = a_sample(request, number)
    form = AdoptForm(request.POST, subject=sample)
    done = perform(request, form, actions.adopt_sample, sample, said="已建为产品，请补齐规格、工艺卡和价格。")
    return done or page(request, sample, form, "adopt_sample")


def a_sample(request: HttpRequest, number: str) -> SampleRequest:
    seen = SampleRequest.objects.visible_to(request.user).select_related(
        "customer", "line__order", "product", "asked_by"
    )
    return get_object_or_404(seen, number=number)
