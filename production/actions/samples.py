"""新品开发打样, step by step; a sealed sample is filed on the line that waits for it (R8, R37)."""

from datetime import date
from typing import Any

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import change_product
from catalog.models import Product
from customers.frame import must_see
from customers.models import Customer
from documents import notices
from documents.attachments import store
from documents.audience import Audience
from documents.numbering import business_day, next_number
from flow.frame import FlowAction
from orders.actions.entry import file_sample
from orders.models import Line, Order, RevisionLine, Status
from production.models import SampleRequest, SampleState, SampleStep
from production.notices import SAMPLES, people_told

PREFIX = "YP"
OPEN_TERMS = (Status.DRAFT, Status.PROPOSED, Status.APPROVED)


@action("ask_sample")
def ask_sample(
    act: Act,
    subject: None,
    *,
    name: str,
    spec: str,
    quantity: str,
    words: str,
    customer: Customer | None = None,
    line: Line | None = None,
    product: Product | None = None,
    wanted_on: date | None = None,
) -> SampleRequest:
    """Ask for a sample, of a customer or for a line of theirs. Raises Refused for neither, for a line that is being
    sampled already, or a day gone by; Forbidden for another's customer; Invalid for what the fields refuse."""
    if line is not None:
        Line.objects.select_for_update(no_key=True).get(pk=line.pk)
        customer = Order.objects.select_related("customer").get(pk=line.order_id).customer
    if customer is None:
        raise Refused("请选择客户。", field="customer")
    must_see(act.by, customer)
    if wanted_on and wanted_on < business_day(act.at):
        raise Refused("要求日期不能早于今天。", field="wanted_on")
    sample = SampleRequest(
        customer=customer,
        line=line,
        product=product,
        name=name.strip(),
        spec=spec.strip(),
        quantity=quantity.strip(),
        words=words.strip(),
        wanted_on=wanted_on,
        asked_by=act.by,
        asked_at=act.at,
    )
    sample.number = next_number(PREFIX, business_day(act.at))
    save(sample)
    keep(act, sample, SampleState.ASKED, words.strip()[:500])
    return sample


def take(act: Act, sample: SampleRequest, after: set[str], to: SampleState, text: str, paper: Any) -> SampleRequest:
    """One step on. Raises Refused out of its order, or without words."""
    if sample.state not in after:
        raise Refused(f"打样单现为「{sample.get_state_display()}」，不能办理此项，请刷新后再看。")
    if not text.strip():
        raise Refused("请填写说明。", field="text")
    sample.state = to
    sample.version += 1
    sample.save()
    keep(act, sample, to, text.strip(), paper)
    return sample


def keep(act: Act, sample: SampleRequest, to: SampleState, text: str, paper: Any = None) -> None:
    kept = store(paper, act.by, "samplerequest", sample.pk, Audience.PLAIN) if paper else None
    SampleStep.objects.create(sample=sample, state=to, text=text, paper=kept, by=act.by, at=act.at)
    act.record(sample, to=to.label, note=text)
    event = f"sample:{sample.pk}:{sample.version}"
    words = f"打样单 {sample.number}（{sample.name}）：{to.label}"
    told = notices.hows(SAMPLES.code, people_told(sample, act.by))
    notices.tell(told, event=event, text=words, url=sample.get_absolute_url(), kind=SAMPLES.code)


@action("make_sample", frame=FlowAction)
def make_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """The sample is there: what it is made of, and how."""
    return take(act, sample, {SampleState.ASKED, SampleState.REFUSED}, SampleState.MADE, text, paper)


@action("send_sample", frame=FlowAction)
def send_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """Sent to the customer: how, to whom, waybill."""
    return take(act, sample, {SampleState.MADE}, SampleState.SENT, text, paper)


@action("approve_sample", frame=FlowAction)
def approve_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """The customer approves: who said so, and when. Raises Refused without the customer's written word."""
    if not paper:
        raise Refused("请附客户的书面认可（签样照片、邮件或签字件）；口头无效。", field="paper")
    return take(act, sample, {SampleState.SENT}, SampleState.APPROVED, text, paper)


@action("refuse_sample", frame=FlowAction)
def refuse_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """The customer wants it otherwise, and what; it is made again."""
    return take(act, sample, {SampleState.SENT}, SampleState.REFUSED, text, paper)


@action("seal_sample", frame=FlowAction)
def seal_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """封样: where the signed sample lies. The line that waits for it has it filed."""
    take(act, sample, {SampleState.APPROVED}, SampleState.SEALED, text, paper)
    row = waiting_row(sample)
    if row is not None:
        words = f"{sample.number} 封样：{text.strip()}"[:500]
        file_sample(row.revision, by=act.by, at=act.at, line_id=row.line_id, text=words)
    return sample


def waiting_row(sample: SampleRequest) -> RevisionLine | None:
    """The terms that still wait for the sample of their line."""
    found = RevisionLine.objects.filter(
        line=sample.line_id, needs_sample=True, revision__status__in=OPEN_TERMS
    ).select_related("revision__order")
    return found.order_by("-revision__number").first() if sample.line_id else None


@action("drop_sample", frame=FlowAction)
def drop_sample(act: Act, sample: SampleRequest, *, text: str, paper: Any = None) -> SampleRequest:
    """Given up, and why."""
    open_ones = set(SampleState.values) - {SampleState.SEALED, SampleState.DROPPED}
    return take(act, sample, open_ones, SampleState.DROPPED, text, paper)


@action("adopt_sample", frame=FlowAction)
def adopt_sample(act: Act, sample: SampleRequest, *, code: str, unit: str, kind: str) -> SampleRequest:
    """What was sampled becomes a product. Raises Refused before the customer approved it, or where it is one already;
    Invalid for what the product's fields refuse."""
    if sample.state not in (SampleState.APPROVED, SampleState.SEALED):
        raise Refused("客户认可之后，才能建为产品。")
    if sample.product_id:
        raise Refused(f"此样品即产品 {sample.product}。")
    facts = {"code": code.strip(), "name": sample.name, "spec": sample.spec, "unit": unit.strip(), "kind": kind}
    sample.product = change_product(None, by=act.by, at=act.at, **facts)
    sample.version += 1
    sample.save()
    act.record(sample, product=sample.product.code)
    return sample
