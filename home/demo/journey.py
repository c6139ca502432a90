"""One order on its way: each `do_…` is one action by the one who owes it, at a given moment of the past."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from math import ceil
from random import Random
from typing import Any

from accounts.models import User
from audit.errors import Blocked
from documents.numbering import business_day
from finance.actions import balances, clearance, letter, payments
from finance.queries import letter_figures
from finance.shares import Share
from home.demo.clock import WorkClock
from home.demo.customers import Client
from home.demo.materials import IN_A_CARTON
from home.demo.papers import paper
from home.demo.people import People
from home.demo.products import Made
from home.demo.standards import found_on
from orders.actions import amendment, approval, chain, confirmation, entry, quantities, taking
from orders.models import Order, Revision, RevisionLine, Shipment
from orders.terms import LineInput
from production.actions import anomalies, issuing, making, signing
from production.materials import needed, needs_of
from production.models import Anomaly, Batch
from quality.actions import conceding, inspection, labels
from quality.actions import stock as receiving
from quality.measuring import lot_size_of
from shipping import queries
from shipping.actions import answering, arriving, dispatching, drafting, noticing, pickup, reserving
from stock.models import MaterialLot

CARRIERS = ("江澜物流", "吴越快运", "运河配载", "本厂车队")
MACHINES = ("分切 1 号机", "分切 2 号机", "模切 1 号机", "模切 3 号机", "复卷 2 号机", "平切 1 号机")
LAST_STEP = "包装"
PACKING = {"reel": "缠绕膜＋木托盘", "sheet": "纸包＋木托盘", "label": "纸箱，每箱 20 卷", "other": "纸箱"}
FINE = {"quantity_ok": True, "appearance_ok": True, "packaging_ok": True, "label_ok": True}
OUTGOING = {"lot_ok": True, "shelf_ok": True, "packing_ok": True, "label_ok": True}
ZERO = Decimal(0)
# No order draws more of a lot than leaves enough for the others.
PARTS_OF_A_LOT = 40


@dataclass
class Wish:
    """What a story asks of its order. `source`: make, stock or mixed; `parts`: shipments; `late`: days over.

    `short`, `over`: made less than the tolerance allows, or more.
    """

    grades: str = "ABC"
    source: str = "make"
    on_credit: bool = False
    departs: bool = False
    parts: int = 1
    late: int = 0
    short: bool = False
    all_made: bool = False
    tight: bool = False
    needs_sample: bool = False
    incomplete: bool = False
    early: bool = False
    by_word: bool = False
    untold: bool = False
    over: bool = False
    fetched: bool = False


@dataclass
class Journey:
    """The order, the people on it, and the minutes at which its steps are to happen."""

    people: People
    rng: Random
    client: Client
    wish: Wish
    goods: list[tuple[Made, Decimal, Decimal]]
    clock: WorkClock
    moments: dict[str, list[datetime]] = field(default_factory=dict)
    order: Order = field(init=False)
    shipment: Shipment | None = None
    trouble: Anomaly | None = None

    # Who

    @property
    def clerk(self) -> User:
        assert self.client.customer.clerk is not None  # noqa: S101 (each customer of the demo has one)
        return self.client.customer.clerk

    @property
    def seller(self) -> User:
        return self.client.customer.salesperson

    @property
    def supervisor(self) -> User:
        return self.people[self.seller.supervisor.username if self.seller.supervisor else "supervisor"]

    def some(self, role: str) -> User:
        return self.rng.choice(self.people.of(role))

    # Where it stands

    def take_up(self, pk: int) -> None:
        """After an interruption; what an uninterrupted journey remembers by itself."""
        if hasattr(self, "order"):
            return
        self.order = Order.objects.get(pk=pk)
        self.load()
        self.shipment = Shipment.objects.filter(lines__line__order=pk).order_by("pk").last()
        self.trouble = Anomaly.objects.filter(order=pk).order_by("pk").last()

    def load(self) -> Order:
        self.order = Order.objects.select_related("revision__contact", "revision__address", "customer").get(
            pk=self.order.pk
        )
        return self.order

    @property
    def revision(self) -> Revision:
        """The newest revision that is open, else the one in force."""
        found = self.order.revisions.exclude(status="superseded").select_related("order").order_by("-number").first()
        assert found is not None  # noqa: S101 (an order has a revision from its first save)
        return found

    def to_make(self) -> list[RevisionLine]:
        return [row for row in self.revision.lines.select_related("product", "line") if row.to_make > 0]

    def batches(self, status: str) -> list[Batch]:
        return list(Batch.objects.filter(line__order=self.order, status=status).select_related("line").order_by("pk"))

    def moment(self, step: str) -> datetime | None:
        """When a step is to happen the first time, None where the story ends before it."""
        return self.moments[step][0] if step in self.moments else None

    # Taking and approving

    def header(self, at: datetime) -> dict[str, Any]:
        day = business_day(at)
        known = {
            "requested_on": day + timedelta(days=self.rng.randint(10, 24)),
            "delivery_way": "pickup"
            if self.wish.fetched
            else self.rng.choice(("own", "freight", "freight", "express")),
            "freight": "buyer" if self.wish.fetched else self.rng.choice(("seller", "buyer")),
            "split_allowed": self.wish.parts > 1,
            "invoice_kind": "special" if self.client.customer.invoice_kind == "special" else "general",
        }
        if self.wish.incomplete:
            return {"contact": self.client.buyer, "split_allowed": False}
        terms = "月结，按合同账期" if self.client.on_credit else "款到发货"
        return {
            **known,
            "contact": self.contact(),
            "address": self.client.address,
            "payment_terms": terms,
            "supervision": self.rng.choice(("", "", "首检样张留样两份", "装车前拍照")),
        }

    def contact(self) -> Any:
        """Who can only be called, wherever the date will be pushed: a push is told by e-mail, and a demo sends none."""
        sent, back = self.moment("send"), self.moment("return")
        if sent is None or (back is not None and business_day(back) == business_day(sent)):
            return self.client.signer
        return self.client.buyer

    def lines(self) -> list[LineInput]:
        return [self.line(*each, first=number == 0) for number, each in enumerate(self.goods)]

    def line(self, made: Made, quantity: Decimal, from_stock: Decimal, *, first: bool) -> LineInput:
        product = made.product
        # Ten and more percent off a price that the customer would have had: somebody has to clear it.
        price = (made.price * Decimal("0.86")).quantize(Decimal("0.01")) if self.wish.departs and first else None
        return LineInput(
            product=product,
            quantity=quantity,
            from_stock=from_stock,
            price=price,
            tolerance_plus=Decimal(5) if product.kind != "label" else Decimal(3),
            tolerance_minus=Decimal(3),
            packaging=PACKING[product.kind],
            label_text=self.client.customer.short_name if product.kind == "label" else "",
            needs_sample=self.wish.needs_sample and first,
        )

    def heard(self, at: datetime) -> dict[str, Any]:
        asked = "；".join(f"{made.product.name} {quantity:f} {made.product.unit}" for made, quantity, _ in self.goods)
        channel = "sales_word" if self.wish.by_word else self.rng.choice(("phone", "phone", "fax", "email", "visit"))
        heard = {
            "channel": channel,
            "caller": self.client.buyer.name,
            "caller_phone": self.client.buyer.mobile,
            "words": f"要 {asked}，{self.rng.choice(('尽快安排', '月底前要用', '跟上次一样', '先报个交期'))}。",
            "read_back": not self.wish.untold,
            "reply_promised_by": at + timedelta(hours=self.rng.choice((2, 4))),
            "missing": "收货地址、交期" if self.wish.incomplete else "",
        }
        return heard if self.wish.untold else {**heard, "told_words": "已收到，半日内回复交期，谢谢来电"}

    def do_create(self, at: datetime) -> None:
        heard = self.heard(at)
        by = self.clerk if self.rng.random() < 0.35 and not self.wish.by_word else self.seller
        self.order = taking.take_order(
            None,
            by=by,
            at=at,
            customer=self.client.customer,
            heard=heard,
            header=self.header(at),
            lines=self.lines(),
            channel=heard["channel"],
            customer_reference=f"PO{at:%m%d}{self.rng.randint(10, 99)}" if self.rng.random() < 0.4 else "",
        )

    def do_submit(self, at: datetime) -> None:
        approval.submit(self.revision, by=self.seller, at=at)

    def do_check(self, at: datetime) -> None:
        approval.sign_check(self.revision, by=self.clerk, at=at, text="与备忘录、合同核对一致")

    def do_technical(self, at: datetime) -> None:
        words = [signing.LineWord(row.line_id, "can") for row in self.to_make()]
        if words:
            signing.sign_technical(self.revision, by=self.some("technical"), at=at, words=words)

    def do_cannot(self, at: datetime) -> None:
        first, *others = self.to_make()
        advice = "现有模具无此规格，建议改用相近尺寸或先打样"
        words = [signing.LineWord(first.line_id, "cannot", advice)]
        words += [signing.LineWord(row.line_id, "can") for row in others]
        signing.sign_technical(self.revision, by=self.some("technical"), at=at, words=words)

    def do_material(self, at: datetime) -> None:
        words = [self.material(row, at) for row in self.to_make()]
        if words:
            signing.state_material(self.revision, by=self.some("technical"), at=at, words=words)

    def material(self, row: RevisionLine, at: datetime) -> signing.MaterialWord:
        if self.rng.random() < 0.8:
            return signing.MaterialWord(row.line_id, "库存原纸充足", free=row.to_make)
        arrives = business_day(at) + timedelta(days=3)
        return signing.MaterialWord(row.line_id, "尚缺部分已下采购单", short=row.to_make // 4 + 1, arrives_on=arrives)

    def do_dates(self, at: datetime) -> None:
        start, finish = self.planned(business_day(at))
        words = [signing.DateWord(row.line_id, finish, start, row.to_make, "含复卷") for row in self.to_make()]
        if words:
            signing.sign_dates(self.revision, by=self.some("production"), at=at, words=words)

    def planned(self, day: date) -> tuple[date, date]:
        """Start and finish as the story will have them; a story that ends before either looks ahead."""
        first, last = self.moment("report"), self.moments.get("report", [None])[-1]
        if self.wish.tight:
            return day, day + timedelta(days=2)
        ahead = max(day, self.clock.today)
        start = business_day(first) if first else ahead + timedelta(days=self.rng.randint(3, 8))
        finish = business_day(last) + timedelta(days=1) if last else start + timedelta(days=self.rng.randint(2, 6))
        if self.moment("finish") is None and not self.wish.late:
            finish = max(finish, ahead + timedelta(days=self.rng.randint(1, 5)))
        return start, max(start, finish - timedelta(days=self.wish.late))

    def do_reserve(self, at: datetime) -> None:
        rows = list(self.revision.lines.filter(from_stock__gt=0).select_related("line"))
        free = queries.free_pallets([row.product_id for row in rows], business_day(at))
        picks = []
        for row in rows:
            left = row.from_stock
            for pallet in free[row.product_id]:
                part = min(left, pallet.free)
                if part > 0:
                    picks.append((row.line, pallet, part))
                    left -= part
        if picks:
            reserving.reserve_stock(self.revision, by=self.some("warehouse"), at=at, picks=picks)

    def do_clear_cs(self, at: datetime) -> None:
        if self.revision.departs:
            by = self.some("cs_supervisor")
            approval.clear_price_cs(self.revision, by=by, at=at, text="长期客户，补上次交期之差")

    def do_clear_md(self, at: datetime) -> None:
        if self.revision.departs:
            by = self.people["marketing_director"]
            approval.clear_price_md(self.revision, by=by, at=at, text="同意，仅限此单")

    def do_override(self, at: datetime) -> None:
        by = self.some("finance")
        clearance.override_credit(self.revision, by=by, at=at, text="上月货款已开承兑，到期即付")

    def do_approve(self, at: datetime) -> None:
        try:
            approval.approve(self.revision, by=self.supervisor, at=at)
        except Blocked as blocked:
            self.mend(blocked, at)
            approval.approve(self.revision, by=self.supervisor, at=at)

    def do_send_back(self, at: datetime) -> None:
        approval.send_back(self.revision, by=self.supervisor, at=at, reason="包装要求与上次不同，请与客户核实后再报")

    # Confirming and releasing

    def do_print_check(self, at: datetime) -> None:
        confirmation.check_print(self.revision, by=self.clerk, at=at)

    def do_send(self, at: datetime) -> None:
        way, to = self.rng.choice((("fax", self.client.customer.phone), ("hand", self.client.buyer.name)))
        confirmation.send_confirmation(self.revision, by=self.clerk, at=at, way=way, to=to)

    def do_call(self, at: datetime) -> None:
        confirmation.record_receipt_call(
            self.revision, by=self.clerk, at=at, text=f"{self.client.buyer.name}，已清晰收到"
        )

    def do_return(self, at: datetime) -> None:
        came = max(at - timedelta(minutes=self.rng.randint(2, 25)), self.revision.sent_at or at)
        confirmation.record_return(
            self.revision, by=self.clerk, at=at, received_at=came, signer=self.client.signer, scan=paper("签章回传件")
        )

    def last_return(self) -> Any:
        return self.revision.returns.order_by("-pk")[0]

    def do_verify(self, at: datetime) -> None:
        confirmation.verify_return(self.last_return(), by=self.clerk, at=at)

    def do_refuse(self, at: datetime) -> None:
        confirmation.refuse_return(
            self.last_return(), by=self.clerk, at=at, refusal="seal", note="印章不清，已请客户重新盖章"
        )

    def do_deposit(self, at: datetime) -> None:
        order = self.load()
        assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
        if order.revision.deposit_due > order.received:
            self.pay(at, order.revision.deposit_due - order.received, "deposit")

    def pay(self, at: datetime, amount: Decimal, kind: str = "balance") -> None:
        ref = f"{at:%Y%m%d}{self.order.pk % 10000:04d}{self.rng.randint(100, 999)}"
        payments.record_payment(
            None,
            by=self.some("finance"),
            at=at,
            customer=self.client.customer,
            amount=amount,
            received_at=at - timedelta(minutes=self.rng.randint(5, 50)),
            method=self.rng.choice(("transfer", "transfer", "transfer", "bill")),
            bank_ref=ref,
            payer=self.client.customer.name,
            shares=[Share(self.order, amount, kind)],
        )

    def do_sample(self, at: datetime) -> None:
        for row in self.revision.lines.filter(needs_sample=True):
            entry.file_sample(
                self.revision,
                by=self.seller,
                at=at,
                line_id=row.line_id,
                text="封样存样品柜 B-07",
                paper=paper("封样照片"),
            )

    def do_written(self, at: datetime) -> None:
        entry.file_written_order(self.order, by=self.seller, at=at, paper=paper("客户订单"))

    def do_release(self, at: datetime) -> None:
        try:
            chain.release(self.revision, by=self.clerk, at=at)
        except Blocked as blocked:
            self.mend(blocked, at)
            chain.release(self.revision, by=self.clerk, at=at)

    def mend(self, blocked: Blocked, at: datetime) -> None:
        """What only time and the customer's other orders bring about: pushes over a long holiday, a full limit."""
        codes = {gate.code for gate in blocked.unmet}
        if "date_current" in codes:
            self.do_dates(at)
        if "credit_ok" in codes:
            self.do_override(at)

    # Making

    def do_hand_over(self, at: datetime) -> None:
        signing.hand_over_order(self.load(), by=self.clerk, at=at)

    def do_sign_for(self, at: datetime) -> None:
        signing.sign_for_order(self.load(), by=self.people["production"], at=at)

    def do_issue(self, at: datetime) -> None:
        """Some of what the first line takes of each material, from the oldest lot of it there is."""
        row = self.to_make()[0]
        issues = []
        for need in needs_of([row.product_id])[row.product_id]:
            lots = MaterialLot.objects.filter(material=need.material_id, received_on__lte=business_day(at))
            lot = lots.order_by("received_on", "pk").first()
            if lot is not None:
                part = min(needed(need, row.to_make), lot.free / PARTS_OF_A_LOT).quantize(Decimal("0.001"), ROUND_DOWN)
                issues.append(issuing.Issue(row.line_id, lot.pk, part))
        if issues:
            issuing.issue_material(self.load(), by=self.some("production"), at=at, issues=issues)

    def do_report(self, at: datetime) -> None:
        """This report's part of what is to be made; the last one makes it whole."""
        planned = self.moments["report"]
        # A story that ends in the middle leaves something to make.
        left = len(planned) - planned.index(at) + (self.moment("finish") is None and not self.wish.all_made)
        rows = [self.made(row, left) for row in self.to_make()]
        rows = [row for row in rows if row.good > 0]
        if rows:
            making.report_made(
                self.load(),
                by=self.some("production"),
                at=at,
                rows=rows,
                shift=self.rng.choice(("day", "day", "late")),
                step=LAST_STEP,
                machine=self.rng.choice(MACHINES),
            )

    def made(self, row: RevisionLine, left: int) -> making.Made:
        good = row.to_make - (row.line.made - row.line.scrapped)
        if left > 1:
            good = (good / left).quantize(Decimal(1))
        elif self.wish.short or self.wish.over:
            tenth = (row.quantity / 10).quantize(Decimal(1))
            good += -tenth if self.wish.short else tenth
        scrap = Decimal(self.rng.randint(0, max(1, int(good) // 60))) if self.rng.random() < 0.4 else ZERO
        return making.Made(row.line_id, good, scrap)

    def do_anomaly(self, at: datetime) -> None:
        kind, words = self.rng.choice(
            (
                ("material", "原纸到料有接头，产出率偏低"),
                ("quality", "模切偏位 0.3 mm，已停机调整"),
                ("machine", "复卷机轴承过热，预计停机四小时"),
            )
        )
        line = self.to_make()[0].line_id
        by = self.some("production")
        photos = [paper("现场照片")]
        self.trouble = anomalies.raise_anomaly(
            self.load(), by=by, at=at, kind=kind, text=words, lines=[line], photos=photos
        )

    def do_plan(self, at: datetime) -> None:
        """Passed on, planned by the one, agreed to by the other, and the customer has said yes."""
        trouble, chief, director = self.trouble, self.some("cs_supervisor"), self.some("marketing_director")
        anomalies.forward_anomaly(trouble, by=self.clerk, at=at, words="客户本周要货，交期不能再让，请尽快定方案")
        anomalies.plan_anomaly(trouble, by=chief, at=at, plan="换机台加班补足，交期不变，由客服电话告知客户")
        anomalies.agree_anomaly_plan(trouble, by=director, at=at)
        said = {"said_by": self.client.buyer.name, "way": "phone", "text": "同意，按原交期到货即可"}
        anomalies.answer_anomaly(trouble, by=self.clerk, at=at, accepted=True, **said)

    def do_close(self, at: datetime) -> None:
        anomalies.close_anomaly(self.trouble, by=self.clerk, at=at, result="已补足，首检合格")

    def do_finish(self, at: datetime) -> None:
        """Raw material that others took first is an anomaly by itself, and planned before the order is finished."""
        for trouble in self.load().anomalies.filter(agreed_at=None):  # type: ignore[attr-defined]
            self.trouble = trouble
            self.do_plan(at)
        making.finish(self.load(), by=self.some("production"), at=at)

    def do_inspect(self, at: datetime) -> None:
        for batch in self.batches("waiting"):
            inspection.inspect_batch(
                batch,
                by=self.some("quality"),
                at=at,
                verdict="passed",
                sample_size=self.sample_of(batch),
                measured="尺寸、克重、粘性均在标准内",
                found=found_on(batch),
                **FINE,
            )

    def sample_of(self, batch: Batch) -> int:
        return min(self.rng.choice((5, 8, 13)), lot_size_of(batch.quantity))

    def do_rework(self, at: datetime) -> None:
        """Quality sends the last batch back; production has to make it good."""
        batch = self.batches("waiting")[-1]
        inspection.inspect_batch(
            batch,
            by=self.some("quality"),
            at=at,
            verdict="rework",
            sample_size=min(13, lot_size_of(batch.quantity)),
            measured="端面不齐，最大 2 mm",
            found=found_on(batch, spoilt=True),
            quantity_ok=True,
            packaging_ok=True,
            label_ok=True,
            reason="端面不齐，返工复卷",
        )

    def do_concede(self, at: datetime) -> None:
        for batch in self.batches("waiting"):
            inspection.inspect_batch(
                batch,
                by=self.some("quality"),
                at=at,
                verdict="conceded",
                sample_size=self.sample_of(batch),
                measured="端面有轻微压痕，尺寸与克重均合格",
                found=found_on(batch, spoilt=True),
                reason="外观超标，不影响使用，客户急用",
                **{**FINE, "appearance_ok": False},
            )

    def do_grant(self, at: datetime) -> None:
        for batch in self.batches("conceding"):
            conceding.approve_concession(
                batch,
                by=self.people["cs_supervisor"],
                at=at,
                text="客户书面同意按现状接收，不影响上机",
                paper=paper("客户同意函"),
            )

    def inspector(self, batch: Batch) -> User:
        return batch.inspection.by if batch.inspection else self.some("quality")

    def do_withdraw(self, at: datetime) -> None:
        for batch in self.batches("accepted"):
            inspection.withdraw_inspection(
                batch, by=self.inspector(batch), at=at, reason="量具超过校准日期，须重新检验"
            )

    def do_labels(self, at: datetime) -> None:
        """Of each pallet, and of the first rolls or cartons."""
        for batch in Batch.objects.filter(line__order=self.order, stocked__gt=0).order_by("pk"):
            by = self.inspector(batch)
            labels.print_labels(batch, by=by, at=at, what="pallet", size="100x150")
            each = (batch.quantity / 8).to_integral_value(ROUND_UP)
            count = min(4, int(batch.quantity / each))
            labels.print_labels(batch, by=by, at=at, what="carton", size="100x70", count=count, each=each)

    def do_countersign(self, at: datetime) -> None:
        for batch in self.batches("inspected"):
            inspection.countersign_batch(batch, by=self.clerk, at=at, **FINE)

    def do_receive(self, at: datetime) -> None:
        for batch in self.batches("accepted"):
            if batch.to_stock > 0:
                receiving.receive_into_stock(
                    batch,
                    by=self.inspector(batch),
                    at=at,
                    pallets=puts(batch),
                )

    def do_pass(self, at: datetime) -> None:
        inspection.pass_quality(self.load(), by=self.some("quality"), at=at)

    # Money and shipping

    def do_letter(self, at: datetime) -> None:
        asked = letter_figures(self.load())
        if asked.covers and asked.share and asked.balance > 0:
            pay_by = business_day(at) + timedelta(days=7)
            letter.send_balance_letter(self.order, by=self.clerk, at=at, pay_by=pay_by)

    def do_pay(self, at: datetime) -> None:
        """What the letter asked for; where it goes out in parts, everything before the first."""
        order = self.load()
        asked = letter_figures(order)
        assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
        rest = order.revision.total - order.received if self.wish.parts > 1 and asked.share else asked.balance
        if rest > 0:
            self.pay(at, rest)

    def do_settle(self, at: datetime) -> None:
        order = self.load()
        if order.billed > order.received:
            self.pay(at, order.billed - order.received)

    def do_draft(self, at: datetime) -> None:
        """Everything that lies ready, to where the order says."""
        order = self.load()
        assert order.revision is not None and order.revision.address is not None  # noqa: S101 (a complete order's)
        loads = [(row.line, row.pallet, row.free) for row in queries.ready([order])]
        place = order.revision.address
        self.shipment = drafting.draft_shipment(
            None,
            by=self.clerk,
            at=at,
            loads=loads,
            receiver=place.receiver,
            phone=place.phone,
            address=place.address,
            way=order.revision.delivery_way,
            pieces=sum(queries.pieces_of((pallet, quantity) for _, pallet, quantity in loads)),
            planned_on=business_day(at) + timedelta(days=1),
        )

    def out(self) -> Shipment:
        assert self.shipment is not None  # noqa: S101 (drafted before)
        self.shipment.refresh_from_db()
        return self.shipment

    def do_clear(self, at: datetime) -> None:
        shipment = self.out()
        if shipment.due_before:
            clearance.clear_shipment(shipment, by=self.some("finance"), at=at, text="款已到账")
        else:
            clearance.check_terms(shipment, by=self.clerk, at=at, text="账期内，条款与合同一致")

    def do_outgoing(self, at: datetime) -> None:
        shipment = self.out()
        if shipment.lines.filter(from_stock=True).exists():
            inspection.sign_outgoing(shipment, by=self.some("quality"), at=at, **OUTGOING)

    def do_recheck(self, at: datetime) -> None:
        noticing.check_shipment(self.out(), by=self.clerk, at=at)

    def do_notice(self, at: datetime) -> None:
        noticing.issue_notice(self.out(), by=self.clerk, at=at)

    def do_emergency(self, at: datetime) -> None:
        by = self.people["cs_supervisor"]
        noticing.order_emergency(self.out(), by=by, at=at, reason="客户产线停线待料，先发后补单据")

    def do_dispatch(self, at: datetime) -> None:
        there = at + timedelta(hours=self.rng.choice((20, 26, 44)))
        dispatching.dispatch(
            self.out(),
            by=self.some("warehouse"),
            at=at,
            carrier=self.rng.choice(CARRIERS),
            expected_at=there,
            check_at=there - timedelta(hours=2),
            driver=self.rng.choice(("老曹", "冯师傅", "谢师傅")),
            driver_phone="13800009999",
            plate=f"苏E·D{self.rng.randint(1000, 9999)}",
            waybill=f"YD{at:%y%m%d}{self.rng.randint(1000, 9999)}",
        )

    def do_repeat(self, at: datetime) -> None:
        dispatching.repeat_terms(self.out(), by=self.some("warehouse"), at=at, to=self.clerk.name)

    def do_advice(self, at: datetime) -> None:
        dispatching.check_advice(self.out(), by=self.clerk, at=at, text="地址、数量、到货时间已与确认书核对")
        dispatching.send_advice(self.out(), by=self.clerk, at=at, way="fax", to=self.client.customer.phone)

    def do_heard(self, at: datetime) -> None:
        dispatching.record_advice_heard(self.out(), by=self.clerk, at=at, heard=self.client.buyer.name)

    def do_trouble(self, at: datetime) -> None:
        words = "沪宁高速封路，车辆改道，预计晚到半天"
        arriving.record_trouble(
            self.out(),
            by=self.people["logistics"],
            at=at,
            words=words,
            check_at=at + timedelta(hours=6),
            told_customer=True,
        )

    def do_arrive(self, at: datetime) -> None:
        shipment = self.out()
        rows = [(row, row.quantity, ZERO) for row in shipment.lines.all()]
        came = max(at - timedelta(minutes=self.rng.randint(5, 40)), shipment.dispatched_at or at)
        by = self.rng.choice((self.clerk, self.people["logistics"]))
        arriving.record_arrival(shipment, by=by, at=at, arrived_at=came, rows=rows)

    def do_receipt(self, at: datetime) -> None:
        shipment = self.out()
        signed = max(at - timedelta(minutes=30), shipment.dispatched_at or at)
        arriving.file_receipt(
            shipment,
            by=self.clerk,
            at=at,
            signer=shipment.receiver,
            signed_at=signed,
            condition="whole",
            paper=paper("到货回单"),
        )

    def do_fetch(self, at: datetime) -> None:
        """Whoever fetches it counts and signs at the gate."""
        shipment = self.out()
        pickup.sign_pickup(
            shipment,
            by=self.some("warehouse"),
            at=at,
            signer=shipment.driver,
            document=f"{self.rng.randint(1000, 9999)}",
            plate=shipment.plate,
            paper=paper("自提签收单"),
        )

    def do_complain(self, at: datetime) -> None:
        """The receipt comes back with a shortage noted on it."""
        shipment = self.out()
        arriving.file_receipt(
            shipment,
            by=self.clerk,
            at=at,
            signer=shipment.receiver,
            signed_at=max(at - timedelta(minutes=30), shipment.dispatched_at or at),
            condition="short",
            paper=paper("到货回单"),
            remark="少一件，外箱有拆痕",
        )

    def do_answer(self, at: datetime) -> None:
        words = "装车记录与监控相符，承运人已找到漏卸的一件，次日送到并致歉"
        answering.answer_receipt(self.out(), by=self.clerk, at=at, words=words)

    def do_complete(self, at: datetime) -> None:
        chain.complete(self.load(), by=self.clerk, at=at)

    def do_reopen(self, at: datetime) -> None:
        by = self.people["cs_supervisor"]
        chain.reopen(self.load(), by=by, at=at, reason="客户反映少收两件，重新核对回单")

    # Off the chain

    def do_hold(self, at: datetime) -> None:
        chain.hold(self.load(), by=self.clerk, at=at, reason="客户要求暂停，等其终端确认版面")

    def do_resume(self, at: datetime) -> None:
        chain.resume(self.load(), by=self.clerk, at=at)

    def do_amend(self, at: datetime) -> None:
        """The customer wants a tenth more of the first line."""
        amendment.propose_amendment(self.load(), by=self.clerk, at=at, reason="客户来电加量一成")
        revision = self.revision
        lines = [approval.as_input(row) for row in revision.lines.select_related("product").order_by("position")]
        more = (lines[0].quantity * Decimal("1.1")).quantize(Decimal(1)) + 1
        lines[0] = LineInput(**{**lines[0].__dict__, "quantity": more})
        entry.edit_revision(revision, by=self.clerk, at=at, header={}, lines=lines)

    def do_short_close(self, at: datetime) -> None:
        """The customer does without what is missing of each line."""
        missing = {row.line_id: row.quantity - row.line.closed_short - row.line.good for row in self.rows()}
        self.agree_to(quantities.short_close, missing, at, "客户同意余量不做", "短结同意书")

    def do_excess(self, at: datetime) -> None:
        """The customer takes what was made over the tolerance of each line."""
        over = {row.line_id: row.line.good - row.most for row in self.rows()}
        self.agree_to(quantities.accept_excess, over, at, "客户书面同意多出部分一并收货", "超量接收同意书")

    def rows(self) -> list[RevisionLine]:
        self.load()
        return list(self.revision.lines.select_related("line"))

    def agree_to(self, action: Any, of_lines: dict[int, Decimal], at: datetime, reason: str, title: str) -> None:
        """The customer's word on the quantity of each line that there is one of."""
        for line, quantity in of_lines.items():
            if quantity > 0:
                order = self.load()
                signer = order.customer.contacts.filter(may_sign=True).first()
                said = {"line_id": line, "quantity": quantity, "signer": signer, "paper": paper(title)}
                action(order, by=self.clerk, at=at, reason=reason, **said)

    def do_ask_cancel(self, at: datetime) -> None:
        released = self.load().released_at is not None
        reason = "客户终端项目取消，书面要求撤单"
        chain.request_cancel(
            self.order, by=self.clerk, at=at, reason=reason, paper=paper("撤单函") if released else None
        )

    def do_agree_cancel(self, at: datetime) -> None:
        chain.agree_cancel_md(self.load(), by=self.people["marketing_director"], at=at, text="同意，按合同收取损失")
        chain.agree_cancel_fin(self.load(), by=self.some("finance"), at=at, text="同意，按结算单处理")

    def do_stop_work(self, at: datetime) -> None:
        making.state_work_stopped(
            self.load(),
            by=self.some("production"),
            at=at,
            good="无",
            in_work="已分切半成品少量",
            scrap="无",
            material="原纸一卷",
        )

    def do_settle_cancel(self, at: datetime) -> None:
        order = self.load()
        assert order.revision is not None  # noqa: S101 (an order has a revision from its first save)
        kept = min(order.received, (order.revision.total / 10).quantize(Decimal("0.01")))
        balances.sign_cancel_settled(
            order,
            by=self.some("finance"),
            at=at,
            kept=kept,
            loss=kept,
            goods="none",
            note="已投料损失由客户承担，余款退还",
            method="transfer",
            bank_ref=f"TK{at:%Y%m%d}{order.pk % 10000:04d}",
        )

    def do_cancel(self, at: datetime) -> None:
        chain.cancel(self.load(), by=self.clerk, at=at, reason="客户终端项目取消")


def puts(batch: Batch) -> list[receiving.Put]:
    """On one pallet, or half and half where there is much of it."""
    quantity = batch.to_stock
    half = (quantity / 2).quantize(Decimal(1))
    parts = [quantity] if quantity < 200 else [half, quantity - half]
    terms = RevisionLine.objects.select_related("product").get(
        line=batch.line_id, revision=batch.line.order.revision_id
    )
    a_piece = IN_A_CARTON if terms.product.kind == "label" else 1
    return [receiving.Put(part, ceil(part / a_piece)) for part in parts]
