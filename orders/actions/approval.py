"""Submit, check, clear prices, approve or send back (R5, R8–R12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, QuerySet

from audit.errors import Refused
from documents.numbering import business_day
from orders import changes, dates, papers, terms
from orders.actions.amendment import void
from orders.actions.entry import note_editor, replace_lines
from orders.frame import OrderAct, order_action
from orders.models import Order, Revision, RevisionLine, Signed, SignOff, State, Status
from orders.notices import tell
from orders.signing import WITHDRAWN, sign, withdraw
from orders.terms import LINE_FIELDS, LineInput

SIGNABLE = (Status.DRAFT, Status.PROPOSED)


@order_action("submit", statuses=(Status.DRAFT,))
def submit(act: OrderAct, revision: Revision) -> Order:
    """提交审批: copies the terms in force today and the reference prices, then waits for its signatures (R2)."""
    order = act.order
    if order.released_at is None:
        terms.copy_policy(revision, order.customer, business_day(act.at))
    before = list(revision.lines.select_related("product").order_by("position"))
    given = [as_input(row) for row in before]
    rows = terms.build_lines(revision, order.customer, given, business_day(act.at))
    terms.total_up(revision, rows)
    replace_lines(rows, {row.line_id: row for row in before})
    revision.submitted_at = act.at
    revision.save()
    act.step(revision, "submit")
    revision.save()
    follow(act, order, "submit", State.DRAFT, revision)
    tell(act, order, "submitted")
    if revision.departs:
        tell(act, order, "price_doubt")
    return order


def as_input(row: Any) -> LineInput:
    return LineInput(line_id=row.line_id, **{name: getattr(row, name) for name in LINE_FIELDS})


def follow(act: OrderAct, order: Order, step: str, state: str, revision: Revision) -> None:
    """Move the order along with its revision if it has not taken that step; else note it, with what it changes."""
    if order.state == state:
        act.step(order, step)
    else:
        act.record(order, revision=revision.number, **difference(revision))


def difference(revision: Revision) -> dict[str, Any]:
    """What an amendment changes, for the Event; what only some may see by itself."""
    found = changes.of_amendment(revision)
    return {
        "changes": changes.as_data(change for change in found if not change.priced),
        "priced": changes.as_data(change for change in found if change.priced),
    }


@order_action("send_back", statuses=(Status.PROPOSED,))
def send_back(act: OrderAct, revision: Revision) -> Order:
    """退回 with what to mend (R12)."""
    act.need_reason("请写明要改正什么。")
    act.step(revision, "send_back")
    revision.save()
    follow(act, act.order, "send_back", State.PENDING, revision)
    tell(act, act.order, "sent_back")
    return act.order


@order_action("sign_check", statuses=SIGNABLE)
def sign_check(act: OrderAct, revision: Revision, *, text: str = "") -> Order:
    """Customer service has held code, specification, price and terms against memo, contract and past trade (R5)."""
    sign(act, Signed.CHECK, revision=revision, digest=revision.check_digest, text=text)
    act.record(act.order, revision=revision.number)
    return act.order


@order_action("clear_price_cs", statuses=SIGNABLE)
def clear_price_cs(act: OrderAct, revision: Revision, *, text: str) -> Order:
    """The customer-service supervisor's written word on prices or specifications that depart (R5)."""
    return clear_price(act, revision, Signed.PRICE_CS, text)


@order_action("clear_price_md", statuses=SIGNABLE)
def clear_price_md(act: OrderAct, revision: Revision, *, text: str) -> Order:
    """The marketing director's, likewise (R5)."""
    return clear_price(act, revision, Signed.PRICE_MD, text)


def clear_price(act: OrderAct, revision: Revision, kind: Signed, text: str) -> Order:
    if not text.strip():
        raise Refused("请写明核准的理由；口头无效。", field="text")
    rows = list(revision.lines.filter(departs=True).select_related("line"))
    if not rows:
        raise Refused("此单没有偏离参考的价格或规格，无需核准。")
    for row in rows:
        row.line.order = act.order
        sign(act, kind, line=row.line, digest=row.price_digest, text=text)
    act.record(act.order, lines=[row.line.number for row in rows])
    return act.order


@order_action("withdraw_signoff", states={State.DRAFT, State.PENDING, State.APPROVED})
def withdraw_signoff(act: OrderAct, signoff: SignOff) -> Order:
    """Take back one's own written word, with the reason, before the order is released (R11)."""
    act.need_reason("请写明撤回的原因。")
    if signoff.by_id != act.by.pk:
        raise Refused("只有签字人本人可以撤回。")
    if carries_an_approval(signoff):
        raise Refused(f"订单已批准，批准以此「{signoff.get_kind_display()}」为据，不能再撤回；要改请改单，要停请暂停。")
    withdraw(act, signoff)
    act.record(act.order, kind=signoff.kind)
    return act.order


def carries_an_approval(signoff: SignOff) -> bool:
    """What an approval was given on and nothing after it asks for again, unlike technical's words (ADR 11)."""
    approved = RevisionLine.objects.filter(revision__order=signoff.order_id, revision__status=Status.APPROVED)
    if signoff.kind == Signed.CHECK:
        return approved.filter(revision__check_digest=signoff.digest).exists()
    if signoff.kind in (Signed.PRICE_CS, Signed.PRICE_MD):
        return approved.filter(line=signoff.line_id, price_digest=signoff.digest).exists()
    return False


@order_action("relax_promise", statuses=SIGNABLE)
def relax_promise(act: OrderAct, revision: Revision, *, promised_on: date, agreed: str) -> Order:
    """Promise later than production's finish, with the salesperson's agreement on record; never earlier (R14)."""
    if not agreed.strip():
        raise Refused("请写明销售员如何同意（时间、方式）。", field="agreed")
    finish = last_finish(revision)
    if finish is None:
        raise Refused("生产部尚未签署完成日期，无法放宽预交日。", field="promised_on")
    if promised_on < finish:
        raise Refused(f"预交日不得早于生产部书面完成日 {finish}。", field="promised_on")
    revision.promised_on = promised_on
    note_editor(act, revision)
    terms.total_up(revision, revision.lines.order_by("position"))
    revision.save()
    act.record(act.order, promised_on=promised_on, agreed=agreed)
    return act.order


def signed_dates(revision: Revision) -> QuerySet[SignOff]:
    """Production's dates for the lines of this revision that saw what is there now."""
    found = SignOff.objects.live().filter(
        kind=Signed.DATE, line__terms__revision=revision, line__terms__date_digest=F("digest")
    )
    return found.exclude(verdict=WITHDRAWN)


def last_finish(revision: Revision) -> date | None:
    """The latest finish that production has signed for the lines of this revision and that still counts."""
    return signed_dates(revision).aggregate(last=Max("finish_on"))["last"]


def promise_of(revision: Revision, today: date) -> date:
    """Production's signed finish or later. An amendment that asks nobody for a new date keeps the promise as the
    customer knows it, relaxed and pushed as it stands (R14)."""
    finish = last_finish(revision) or today
    promised = max(revision.promised_on or finish, finish)
    base = changes.base_of(revision, revision.order.revisions.all())
    if base is None or base.promised_on is None or base.requested_on != revision.requested_on:
        return promised
    signed_for_it = signed_dates(revision).filter(at__gte=revision.entered_at)
    if signed_for_it.exists():
        return promised
    return max(promised, dates.shown_promise(base))


@order_action("approve", statuses=(Status.PROPOSED,), exposure=True)
def approve(act: OrderAct, revision: Revision, *, batch: bool = False) -> Order:
    """批准: the supervisor judges; from here the 订单确认书 of this version is frozen (R12, R13).

    Raises Blocked with the unmet gates, Forbidden for who entered it, Refused in a batch where something departs.
    """
    order = act.order
    if batch and revision.departs:
        raise Refused("有价格或规格偏离，请单独审批。")
    act.step(revision, "approve")
    for earlier in order.revisions.filter(status=Status.APPROVED).exclude(pk=revision.pk):
        void(act, earlier)
    revision.promised_on = promise_of(revision, business_day(act.at))
    revision.approved_at = act.at
    revision.approved_by = act.by
    terms.total_up(revision, revision.lines.order_by("position"))
    revision.save()
    if order.released_at is None:
        order.revision = revision
        order.promised_on = revision.promised_on
    follow(act, order, "approve", State.PENDING, revision)
    dates.settle_order(act, order)
    papers.freeze_confirmation(act, revision)
    tell(act, order, "approved")
    return order


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a batch."""

    revision: Revision
    done: bool
    message: str


def approve_batch(revisions: Iterable[Revision], *, by: Any) -> list[Outcome]:
    """Each by the same action in a transaction of its own; one refused does not hold the rest."""
    outcomes = []
    for revision in revisions:
        try:
            approve(revision, by=by, batch=True)
        except Refused as refusal:
            outcomes.append(Outcome(revision, False, refusal.message))
        else:
            outcomes.append(Outcome(revision, True, "已批准"))
    return outcomes
