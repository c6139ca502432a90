"""B28: whatever people do, in whatever order, what is owed on record is what the gates say, the chain is unbroken,
and no state is reached past a gate. An independent model of the chain says which states may follow which."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audit.chain import broken_rows
from audit.errors import Refused
from catalog.materials import Use, change_needs
from customers.actions import change_grade
from flow.owed import differences
from orders import nightly
from orders.actions import amendment, approval, chain, confirmation, entry
from orders.models import Order, State, Status
from orders.rereading import reread
from portal.actions import links, words
from portal.models import CustomerLink, Word
from production import papers
from production.actions import anomalies, making, signing
from production.actions.days import sign_day
from production.actions.delays import tell_delay
from production.actions.promising import free_material, outdate_statements, reserve_material
from production.actions.sheets import SheetRow, report_sheet
from production.actions.supervision import Tick, check_supervision
from production.models import Anomaly, Batch
from production.supervised import items_of, seen
from quality.actions import inspection
from quality.actions.rework import report_reworked
from tests.portal.visitor import visitor
from tests.shop import Shop, paper, today
from tests.stock.test_materials import lot
from tests.stock.test_materials import paper as raw_paper

pytestmark = pytest.mark.django_db

# By hand, from rules.md.
FOLLOWS = {
    State.DRAFT: {State.PENDING, State.CANCELLED},
    State.PENDING: {State.DRAFT, State.APPROVED, State.CANCELLED},
    State.APPROVED: {State.PRODUCTION, State.QUALITY, State.CANCELLED},
    State.PRODUCTION: {State.QUALITY, State.CANCELLED},
    State.QUALITY: {State.PRODUCTION, State.SHIPPING, State.CANCELLED},
    State.SHIPPING: {State.PRODUCTION, State.COMPLETED, State.CANCELLED},
    State.COMPLETED: {State.SHIPPING},
    State.CANCELLED: set(),
}
REASON = "测试"


class People(RuleBasedStateMachine):
    """Everyone tries anything on one order; a refusal changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.shop = Shop("A")
        self.raw = raw_paper()
        uses = [Use(self.raw, Decimal(1))]
        change_needs(self.shop.product, by=self.shop.who["technical"], uses=uses)
        lot(self.raw, "40")
        self.order: Any = None
        self.state = ""

    @initialize(stage=st.sampled_from(["draft", "signed", "confirmed", "in_work", "passed"]))
    def begin(self, stage: str) -> None:
        """Deep states are rare by chance alone: start anywhere along the chain."""
        self.order = getattr(self.shop, stage)()
        self.state = self.order.state

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, do: Any, *args: Any, who: str, **given: Any) -> None:
        before = Order.objects.get(pk=self.order.pk).version
        try:
            do(*args, by=self.shop.who.get(who), **given)
        except Refused:
            assert Order.objects.get(pk=self.order.pk).version == before
        self.order = Order.objects.get(pk=self.order.pk)

    @property
    def revision(self) -> Any:
        return self.order.revisions.order_by("-number").first()

    @rule(who=st.sampled_from(["sales", "supervisor"]))
    def submit(self, who: str) -> None:
        self.attempt(approval.submit, self.revision, who=who)

    @rule()
    def send_back(self) -> None:
        self.attempt(approval.send_back, self.revision, who="supervisor", reason=REASON)

    @rule(quantity=st.sampled_from(["100", "80"]), packaging=st.sampled_from(["", "木托"]))
    def edit(self, quantity: str, packaging: str) -> None:
        lines = [
            self.shop.line(quantity, line_id=row.line_id, packaging=packaging) for row in self.revision.lines.all()
        ]
        self.attempt(entry.edit_revision, self.revision, who="sales", header={}, lines=lines)

    @rule()
    def check(self) -> None:
        self.attempt(approval.sign_check, self.revision, who="customer_service")

    @rule(verdict=st.sampled_from(["can", "can", "cannot"]))
    def technical(self, verdict: str) -> None:
        words = [signing.LineWord(row.line_id, verdict, "说明") for row in self.revision.lines.all()]
        self.attempt(signing.sign_technical, self.revision, who="technical", words=words)

    @rule()
    def material(self) -> None:
        short = {"short": Decimal(60), "arrives_on": today()}
        words = [signing.MaterialWord(row.line_id, "够", **short) for row in self.revision.lines.all()]
        self.attempt(signing.state_material, self.revision, who="technical", words=words)

    @rule(what=st.sampled_from([reserve_material, free_material, outdate_statements]))
    def promised(self, what: Any) -> None:
        given = {"material_id": self.raw.pk} if what is outdate_statements else {}
        self.attempt(what, self.order, who="technical", reason=REASON, **given)

    @rule(days=st.sampled_from([9, 9, 30]))
    def date(self, days: int) -> None:
        start, finish = today() + timedelta(days=1), today() + timedelta(days=days)
        words = [signing.DateWord(row.line_id, finish, start, row.to_make, REASON) for row in self.revision.lines.all()]
        self.attempt(signing.sign_dates, self.revision, who="production", words=words)

    @rule(who=st.sampled_from(["supervisor", "marketing_director", "sales"]))
    def approve(self, who: str) -> None:
        self.attempt(approval.approve, self.revision, who=who)

    @rule()
    def check_print(self) -> None:
        self.attempt(confirmation.check_print, self.revision, who="customer_service")

    @rule()
    def send(self) -> None:
        self.attempt(confirmation.send_confirmation, self.revision, who="customer_service", way="fax")

    @rule()
    def record_return(self) -> None:
        self.attempt(
            confirmation.record_return,
            self.revision,
            who="customer_service",
            received_at=timezone.now(),
            signer=self.shop.contact,
        )

    @rule(good=st.booleans())
    def judge_return(self, good: bool) -> None:
        returned = self.revision.returns.first()
        if returned is None:
            return
        if good:
            self.attempt(confirmation.verify_return, returned, who="customer_service")
        else:
            self.attempt(confirmation.refuse_return, returned, who="customer_service", refusal="seal")

    @rule(what=st.sampled_from(["confirm", "confirm", "ask", "answer", "revoke"]))
    def customer_page(self, what: str) -> None:
        """The customer at their page, and customer service behind it; an old link is tried like a new one."""
        link = CustomerLink.objects.filter(order=self.order).order_by("pk").first()
        asked = Word.objects.unanswered().filter(order=self.order).first()
        if what == "confirm" and link:
            self.attempt(words.confirm, link, who="", visitor=visitor(), agreed=True, signature="王经理")
        elif what == "ask" and link:
            self.attempt(words.ask_change, link, who="", visitor=visitor(), text="改数量")
        elif what == "answer" and asked:
            self.attempt(words.answer, asked, who="customer_service", text="好的")
        elif what == "revoke" and link:
            self.attempt(links.revoke_link, link, who="customer_service")

    @rule()
    def release(self) -> None:
        self.attempt(chain.release, self.revision, who="customer_service")

    @rule(who=st.sampled_from(["finance", "quality"]))
    def hold(self, who: str) -> None:
        self.attempt(chain.hold, self.order, who=who, reason=REASON)

    @rule(who=st.sampled_from(["finance", "quality", "cs_supervisor", "cs_supervisor"]))
    def resume(self, who: str) -> None:
        self.attempt(chain.resume, self.order, who=who)

    @rule()
    def amend(self) -> None:
        self.attempt(amendment.propose_amendment, self.order, who="customer_service", reason=REASON)

    @rule()
    def drop(self) -> None:
        self.attempt(amendment.drop_amendment, self.revision, who="customer_service", reason=REASON)

    @rule()
    def amend_with_words_and_drop(self) -> None:
        """B30: what was signed for an amendment leaves the dates of the terms in force as they were."""
        in_force = self.order.revisions.filter(status=Status.IN_FORCE).first()
        before = papers.dates_of(in_force) if in_force else {}
        self.amend()
        self.edit("90", "纸箱")
        self.submit("sales")
        self.technical("can")
        self.material()
        self.date(30)
        self.drop()
        if in_force:
            assert papers.dates_of(in_force) == before

    @rule(grade=st.sampled_from("ABC"))
    def regrade(self, grade: str) -> None:
        self.attempt(change_grade, self.shop.customer, who="cs_supervisor", reason=REASON, grade=grade)
        reread(Order.objects.open())

    @rule(days=st.integers(0, 3))
    def nights_pass(self, days: int) -> None:
        nightly.run(today() - timedelta(days=1) + timedelta(days=days))

    @rule()
    def sign_order(self) -> None:
        self.attempt(signing.hand_over_order, self.order, who="customer_service")
        self.attempt(signing.sign_for_order, self.order, who="production")

    @rule(what=st.sampled_from(["raise", "forward", "plan", "agree", "refuse", "close"]))
    def trouble(self, what: str) -> None:
        anomaly = Anomaly.objects.filter(order=self.order, closed_at__isnull=True).first()
        if what == "raise":
            self.attempt(anomalies.raise_anomaly, self.order, who="sales", kind="date", text="慢")
        elif anomaly and what == "forward":
            self.attempt(anomalies.forward_anomaly, anomaly, who="customer_service", words="急")
        elif anomaly and what == "plan":
            self.attempt(anomalies.plan_anomaly, anomaly, who="cs_supervisor", plan="加班")
        elif anomaly and what == "agree":
            self.attempt(anomalies.agree_anomaly_plan, anomaly, who="marketing_director")
        elif anomaly and what == "refuse":
            given = {"accepted": False, "said_by": "王", "way": "phone", "text": "不行"}
            self.attempt(anomalies.answer_anomaly, anomaly, who="customer_service", **given)
        elif anomaly:
            self.attempt(anomalies.close_anomaly, anomaly, who="production", result="好了")

    @rule()
    def look(self) -> None:
        items = items_of(self.order)
        ticks = [Tick(at, True) for at in range(1, len(items) + 1)]
        self.attempt(check_supervision, self.order, who="customer_service", ticks=ticks, seen_items=seen(items))

    @rule(days=st.sampled_from([5, 40]))
    def tell_delay(self, days: int) -> None:
        given = {"foreseen_on": today() + timedelta(days=days), "reason_told": "缺料", "way": "phone", "told": "王"}
        self.attempt(tell_delay, self.order, who="customer_service", **given)

    @rule(quantity=st.sampled_from([40, 60, 100]))
    def make(self, quantity: int) -> None:
        rows = [making.Made(line.pk, Decimal(quantity)) for line in self.order.lines.all()]
        self.attempt(making.report_made, self.order, who="production", rows=rows)

    @rule(last=st.booleans())
    def shift(self, last: bool) -> None:
        rows = [SheetRow(line.pk, Decimal(20)) for line in self.order.lines.all()]
        given = {"day": today(), "shift": "day", "step": "模切", "counted": last, "reason": "补报"}
        self.attempt(report_sheet, None, who="production", rows=rows, **given)

    @rule()
    def sign_the_day(self) -> None:
        self.attempt(sign_day, None, who="production", day=today(), note="停机")

    @rule()
    def receive(self) -> None:
        for batch in Batch.objects.filter(line__order=self.order, status="waiting"):
            try:
                self.shop.receive(batch)
            except Refused:
                continue

    @rule()
    def fail(self) -> None:
        for batch in Batch.objects.filter(line__order=self.order, status="waiting", quantity__gt=0):
            given = {"verdict": "rework", "sample_size": 5, "measured": "不齐"}
            self.attempt(inspection.inspect_batch, batch, who="quality", reason=REASON, **given)

    @rule(scrap=st.sampled_from([0, 0, 5]))
    def put_right(self, scrap: int) -> None:
        for batch in Batch.objects.filter(line__order=self.order, status="rework"):
            given = {"hours": Decimal(1), "text": "重新复卷", "scrap": Decimal(scrap)}
            self.attempt(report_reworked, batch, who="production", **given)

    @rule()
    def finish(self) -> None:
        self.attempt(making.finish, self.order, who="production")

    @rule()
    def pass_quality(self) -> None:
        self.attempt(inspection.pass_quality, self.order, who="quality")

    @rule()
    def rework(self) -> None:
        self.attempt(inspection.rework, self.order, who="quality", reason=REASON)

    @rule()
    def complete(self) -> None:
        self.attempt(chain.complete, self.order, who="customer_service")

    @precondition(lambda self: self.order.state in (State.PRODUCTION, State.QUALITY))
    @rule()
    def ask_to_cancel(self) -> None:
        self.attempt(chain.request_cancel, self.order, who="customer_service", reason=REASON, paper=paper())

    @invariant()
    def what_is_owed_is_what_the_gates_say(self) -> None:
        assert list(differences()) == []

    @invariant()
    def the_state_followed_from_the_one_before(self) -> None:
        if self.order is None:
            return
        assert self.order.state == self.state or self.order.state in FOLLOWS[State(self.state)]
        self.state = self.order.state

    @invariant()
    def the_record_is_unbroken(self) -> None:
        assert broken_rows() == []


def test_b28_any_sequence_of_actions_keeps_owed_and_the_chain_true() -> None:
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=4,
            stateful_step_count=200,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
