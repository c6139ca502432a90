"""A works for tests: an A customer within its limit, and orders carried by actions to where a test begins."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from audit.errors import Blocked
from flow.gates import registry
from flow.models import Owed
from orders.actions import amendment, approval, chain, confirmation, entry
from orders.models import Line, Order, Revision, RevisionLine
from production import cards
from production.actions import making, signing
from production.actions.making import Made
from production.actions.signing import DateWord, LineWord, MaterialWord
from production.models import Batch
from quality.actions import conceding, inspection, stock
from quality.actions.rework import report_reworked
from quality.actions.stock import Put
from tests.remembered import remembered
from tests.shop import Shop, today

TICKS = {"quantity_ok": True, "appearance_ok": True, "packaging_ok": True, "label_ok": True}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def paper(name: str = "formula.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


class Works(Shop):
    """Grade A: starts before the return and without a deposit, so that little else stands in the way."""

    @remembered
    def __init__(self, grade: str = "A") -> None:
        super().__init__(grade=grade)
        self.customer.credit_limit = Decimal(1_000_000)
        self.customer.save()

    def words(self, revision: Revision, verdict: str = "can", **more: Any) -> list[LineWord]:
        return [LineWord(row.line_id, verdict, **more) for row in revision.lines.all() if row.to_make]

    @remembered
    def technical(self, order: Order, verdict: str = "can", **more: Any) -> None:
        revision = newest(order)
        signing.sign_technical(revision, by=self.who["technical"], words=self.words(revision, verdict, **more))

    @remembered
    def material(self, order: Order, text: str = "库存充足") -> None:
        revision = newest(order)
        words = [MaterialWord(row.line_id, text) for row in revision.lines.all() if row.to_make]
        signing.state_material(revision, by=self.who["technical"], words=words)

    @remembered
    def dates(self, order: Order, *, days: int = 10, start: int = 3, text: str = "按新排期", **more: Any) -> None:
        revision = newest(order)
        words = [
            DateWord(row.line_id, today() + timedelta(days=days), today() + timedelta(days=start), row.to_make, text)
            for row in revision.lines.all()
            if row.to_make
        ]
        signing.sign_dates(revision, by=self.who["production"], words=words, **more)

    @remembered
    def signed(self, *lines: Any, **more: Any) -> Order:
        """Submitted, with every word that these departments owe before approval."""
        order = self.submitted(*lines, **more)
        self.technical(order)
        self.material(order)
        self.dates(order)
        self.reserve(newest(order))
        return order

    @remembered
    def approved(self, *lines: Any, **more: Any) -> Order:
        order = self.signed(*lines, **more)
        return self.approve(order)

    @remembered
    def approve(self, order: Order) -> Order:
        revision = newest(order)
        approval.sign_check(revision, by=self.who["customer_service"])
        approval.approve(revision, by=self.who["supervisor"])
        return self.fresh(order)

    @remembered
    def send(self, order: Order) -> None:
        revision = newest(order)
        confirmation.check_print(revision, by=self.who["customer_service"])
        confirmation.send_confirmation(revision, by=self.who["customer_service"], way="fax")

    @remembered
    def released(self, *lines: Any, **more: Any) -> Order:
        order = self.approved(*lines, **more)
        self.send(order)
        chain.release(newest(order), by=self.who["customer_service"])
        return self.fresh(order)

    @remembered
    def in_work(self, *lines: Any, **more: Any) -> Order:
        """Released, and the 生产指令单 signed for."""
        order = self.released(*lines, **more)
        signing.hand_over_order(order, by=self.who["customer_service"])
        signing.sign_for_order(order, by=self.who["production"])
        return self.fresh(order)

    @remembered
    def without(self, order: Order, line: Line) -> Order:
        """An amendment in force that drops a line; the rows after it move up."""
        amendment.propose_amendment(order, by=self.who["sales"], reason="客户少要一行")
        revision = newest(order)
        kept = [approval.as_input(row) for row in revision.lines.exclude(line=line).select_related("product")]
        entry.edit_revision(revision, by=self.who["sales"], header={}, lines=kept)
        approval.submit(revision, by=self.who["sales"])
        self.sign(revision)
        approval.approve(revision, by=self.who["supervisor"])
        self.send(order)
        chain.release(newest(order), by=self.who["customer_service"])
        return self.fresh(order)

    @remembered
    def report(
        self, order: Order, good: str = "100", scrap: str = "0", line: Line | None = None, **more: Any
    ) -> Batch | None:
        line = line or order.lines.get()
        # Without a word of the step: the last one of the card.
        own = next(
            iter(cards.steps_of(list(RevisionLine.objects.filter(line=line, revision=order.revision))).values()), []
        )
        more.setdefault("step", own[-1] if own else "")
        rows = [Made(line.pk, Decimal(good), Decimal(scrap))]
        (row,) = making.report_made(order, by=self.who["production"], rows=rows, **more)
        return row.batch

    @remembered
    def inspect(self, batch: Batch, verdict: str = "passed", **more: Any) -> None:
        ok = verdict == "passed"
        given = {
            "sample_size": 5,
            "measured": "宽 80.0 mm",
            "quantity_ok": ok,
            "appearance_ok": ok,
            "packaging_ok": ok,
            "label_ok": ok,
            **({} if ok else {"reason": "色差"}),
            **more,
        }
        inspection.inspect_batch(batch, by=self.who["quality"], verdict=verdict, **given)

    @remembered
    def judge(self, batch: Batch, verdict: str = "passed", **more: Any) -> Batch:
        """Inspected and countersigned, a concession approved between the two."""
        self.inspect(batch, verdict, **more)
        if verdict == "conceded":
            conceding.approve_concession(batch, by=self.who["marketing_director"], text="不影响使用")
        inspection.countersign_batch(batch, by=self.who["customer_service"], **TICKS)
        batch.refresh_from_db()
        return batch

    @remembered
    def rework(self, batch: Batch, **more: Any) -> Batch:
        """Put right by production after quality sent it back."""
        given = {"hours": Decimal(2), "text": "重新复卷", **more}
        report_reworked(batch, by=self.who["production"], **given)
        batch.refresh_from_db()
        return batch

    @remembered
    def stock(self, batch: Batch, quantity: str = "", **more: Any) -> None:
        put = Put(Decimal(quantity) if quantity else batch.to_stock, pieces=4)
        stock.receive_into_stock(batch, by=self.who["quality"], pallets=[put], **more)

    @remembered
    def finished(self, *lines: Any, good: str = "100", **more: Any) -> tuple[Order, Batch]:
        """完工报检, one batch waiting."""
        order = self.in_work(*lines, **more)
        batch = self.report(order, good)
        assert batch is not None
        making.finish(order, by=self.who["production"])
        return self.fresh(order), batch

    @remembered
    def passed(self) -> tuple[Order, Batch]:
        """质检合格: everything in stock, ready to ship."""
        order, batch = self.finished()
        self.stock(self.judge(batch))
        inspection.pass_quality(order, by=self.who["quality"])
        return self.fresh(order), batch


def newest(order: Order) -> Revision:
    """The revision that people work on, as it is now."""
    return order.revisions.exclude(status="superseded").order_by("-number")[0]


def unmet(bolt: str, subject: Any) -> dict[str, str]:
    """Code → words of what holds `bolt` now."""
    return {gate.code: gate.message for gate in registry.unmet(bolt, subject)}


def blocked(error: Blocked) -> set[str]:
    return {gate.code for gate in error.unmet}


def owes(order: Order, what: str) -> set[str]:
    """The roles that owe `what` on this order."""
    return set(Owed.objects.open().filter(order=order, what=what).values_list("role", flat=True))


def line_of(order: Order) -> Line:
    return Line.objects.get(order=order)
