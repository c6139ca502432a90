"""A whole little company for tests: one person per role, and orders carried along the chain by calling actions."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.roles import ROLES
from catalog.models import Product
from customers.models import Address, Contact, Customer
from documents.numbering import business_day
from finance.actions import clearance, payments
from finance.models import Payment
from finance.shares import Share
from orders import reservations
from orders.actions import approval, chain, confirmation, entry
from orders.models import Line, Order, Revision, Shipment
from orders.terms import LineInput
from production import cards
from production.actions import making, signing
from production.models import Batch
from quality.actions import inspection
from quality.actions import stock as receiving
from shipping.actions import arriving, dispatching, drafting, noticing, reserving
from stock.models import Lot, Pallet
from tests import people
from tests.remembered import remembered

OUTGOING = {"lot_ok": True, "shelf_ok": True, "packing_ok": True, "label_ok": True}


def paper(name: str = "scan.png") -> SimpleUploadedFile:
    """A small real picture, as a scanner makes it."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "PNG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/png")


def today() -> date:
    return business_day(timezone.now())


@dataclass
class Shop:
    """The cast and one customer with one product at 10.00; `who["finance"]` is the person of that role."""

    grade: str = "B"
    who: dict[str, User] = field(default_factory=dict)
    customer: Customer = field(init=False)
    contact: Contact = field(init=False)
    address: Address = field(init=False)
    product: Product = field(init=False)

    @remembered
    def __post_init__(self) -> None:
        wanted: list[Any] = [
            ([role], {"name": title, "is_production_head": role == "production"}) for role, title in ROLES.items()
        ]
        *all_roles, second = people.cast([*wanted, (["supervisor"], {"name": "另一位主管"})])
        self.who = {**dict(zip(ROLES, all_roles, strict=True)), "second_supervisor": second}
        self.who["sales"].supervisor = self.who["supervisor"]
        self.who["sales"].save()
        self.customer = people.customer(
            grade=self.grade, salesperson=self.who["sales"], clerk=self.who["customer_service"]
        )
        self.contact = people.contact(self.customer, may_sign=True, email="buyer@example.com")
        self.address = people.address(self.customer, is_default=True)
        self.product = people.product(unit="卷")
        people.price(people.price_list(), self.product, "10.00")

    def header(self, **changes: Any) -> dict[str, Any]:
        return {
            "contact": self.contact,
            "address": self.address,
            "requested_on": today() + timedelta(days=20),
            "delivery_way": "freight",
            "freight": "seller",
            "invoice_kind": "special",
            "payment_terms": "按合同",
            "split_allowed": False,
            **changes,
        }

    def line(self, quantity: str = "100", **changes: Any) -> LineInput:
        given = {"product": self.product, "quantity": Decimal(quantity), "price": Decimal("10.00"), **changes}
        return LineInput(**given)

    @remembered
    def draft(
        self, *lines: LineInput, by: User | None = None, header: dict[str, Any] | None = None, **more: Any
    ) -> Order:
        """A complete draft, entered by the salesperson."""
        order: Order = entry.create_order(
            None,
            by=by or self.who["sales"],
            customer=self.customer,
            header=self.header(**(header or {})),
            lines=list(lines) or [self.line()],
            **more,
        )
        return order

    @remembered
    def submitted(self, *lines: LineInput, **more: Any) -> Order:
        order = self.draft(*lines, **more)
        return self.fresh(approval.submit(order.revision, by=self.who["sales"]))

    # Along the chain, each step by the one who owes it.

    @remembered
    def signed(self, *lines: LineInput, **more: Any) -> Order:
        """Every written word that approval waits for."""
        order = self.submitted(*lines, **more)
        self.sign(order.revision)
        return self.fresh(order)

    @remembered
    def sign(self, revision: Revision) -> None:
        who = self.who
        rows = [row for row in revision.lines.all() if row.to_make]
        start, finish = today() + timedelta(days=2), today() + timedelta(days=10)
        approval.sign_check(revision, by=who["customer_service"])
        if rows:
            words = [signing.LineWord(row.line_id, "can") for row in rows]
            signing.sign_technical(revision, by=who["technical"], words=words)
            stated = [signing.MaterialWord(row.line_id, "库存充足") for row in rows]
            signing.state_material(revision, by=who["technical"], words=stated)
            dates = [signing.DateWord(row.line_id, finish, start, row.to_make) for row in rows]
            signing.sign_dates(revision, by=who["production"], words=dates)
        self.reserve(revision)
        if Revision.objects.get(pk=revision.pk).departs:
            approval.clear_price_cs(revision, by=who["cs_supervisor"], text="老客户")
            approval.clear_price_md(revision, by=who["marketing_director"], text="同意")

    @remembered
    def reserve(self, revision: Revision) -> None:
        for row in revision.lines.filter(from_stock__gt=0).select_related("line"):
            pick = (row.line, self.pallet(row.from_stock), row.from_stock)
            reserving.reserve_stock(revision, by=self.who["warehouse"], picks=[pick])

    @remembered
    def pallet(self, quantity: Decimal, **facts: Any) -> Pallet:
        """Free goods in a released lot."""
        number = f"L{next(people.made)}"
        lot = Lot.objects.create(product=self.product, number=number, made_on=today(), status="released", **facts)
        return Pallet.objects.create(lot=lot, number=f"{number}-1", on_hand=quantity, pieces=1)

    @remembered
    def approved(self, *lines: LineInput, **more: Any) -> Order:
        order = self.signed(*lines, **more)
        return self.fresh(approval.approve(order.revision, by=self.who["supervisor"]))

    @remembered
    def sent(self, *lines: LineInput, **more: Any) -> Order:
        order = self.approved(*lines, **more)
        self.send(order.revision)
        return self.fresh(order)

    @remembered
    def send(self, revision: Revision) -> None:
        clerk = self.who["customer_service"]
        confirmation.check_print(revision, by=clerk)
        confirmation.send_confirmation(revision, by=clerk, way="fax", to="0512-1")
        confirmation.record_receipt_call(revision, by=clerk, text="王经理接听")

    @remembered
    def returned(self, revision: Revision) -> None:
        clerk = self.who["customer_service"]
        back = confirmation.record_return(
            revision, by=clerk, received_at=timezone.now(), signer=self.contact, scan=paper()
        )
        confirmation.verify_return(back, by=clerk)

    @remembered
    def pay(self, order: Order, amount: Decimal, kind: str = "balance") -> Payment:
        return payments.record_payment(
            None,
            by=self.who["finance"],
            customer=self.customer,
            amount=amount,
            received_at=timezone.now(),
            method="transfer",
            bank_ref=f"B{next(people.made)}",
            payer="客户",
            shares=[Share(order, amount, kind)],
        )

    @remembered
    def confirmed(self, *lines: LineInput, **more: Any) -> Order:
        """Returned, verified and the deposit in: ready to be released."""
        order = self.sent(*lines, **more)
        self.returned(order.revision)
        if order.revision.deposit_due:
            self.pay(order, order.revision.deposit_due, "deposit")
        return self.fresh(order)

    @remembered
    def released(self, *lines: LineInput, **more: Any) -> Order:
        order = self.confirmed(*lines, **more)
        return self.fresh(chain.release(order.revision, by=self.who["customer_service"]))

    @remembered
    def in_work(self, *lines: LineInput, **more: Any) -> Order:
        """Released, and its 生产指令单 signed for."""
        order = self.released(*lines, **more)
        signing.hand_over_order(order, by=self.who["customer_service"])
        signing.sign_for_order(order, by=self.who["production"])
        return self.fresh(order)

    @remembered
    def make(self, order: Order, quantity: Decimal | None = None) -> list[Batch]:
        """Report what is to be made (or `quantity` of each line), inspect it, sign beside, and receive it."""
        lines = [row for row in order.revision.lines.all() if row.to_make]
        rows = [making.Made(row.line_id, quantity or row.to_make) for row in lines]
        # The last step of the card brings the goods.
        step = next((own[-1] for own in cards.steps_of(lines).values() if own), "")
        making.report_made(order, by=self.who["production"], rows=rows, step=step)
        batches = list(Batch.objects.filter(line__order=order, status="waiting"))
        for batch in batches:
            self.receive(batch)
        return batches

    @remembered
    def receive(self, batch: Batch) -> None:
        fine = {f"{what}_ok": True for what in ("quantity", "appearance", "packaging", "label")}
        inspection.inspect_batch(
            batch, by=self.who["quality"], verdict="passed", sample_size=5, measured="均合格", **fine
        )
        inspection.countersign_batch(batch, by=self.who["customer_service"], **fine)
        batch.refresh_from_db()
        receiving.receive_into_stock(batch, by=self.who["quality"], pallets=[receiving.Put(batch.accepted, 1)])

    @remembered
    def passed(self, *lines: LineInput, **more: Any) -> Order:
        """Everything made, inspected, in stock: 发货."""
        order = self.in_work(*lines, **more)
        self.make(order)
        making.finish(order, by=self.who["production"])
        inspection.pass_quality(order, by=self.who["quality"])
        return self.fresh(order)

    @remembered
    def shipment(self, order: Order, quantity: Decimal | None = None) -> Shipment:
        """A draft of all that lies ready, or of `quantity` of each line."""
        loads = [
            (Line.objects.get(pk=row.line_id), Pallet.objects.get(pk=row.pallet_id), quantity or row.quantity)
            for row in reservations.on_pallets(order.lines.values_list("pk", flat=True))
        ]
        return drafting.draft_shipment(
            None,
            by=self.who["customer_service"],
            loads=loads,
            receiver="李收货",
            phone="0512-1234567",
            address="苏州市工业园区星湖街 1 号",
            way="freight",
        )

    @remembered
    def pay_rest(self, order: Order) -> None:
        order = self.fresh(order)
        if (rest := order.revision.total - order.received) > 0:
            self.pay(order, rest)

    @remembered
    def noticed(self, shipment: Shipment) -> Shipment:
        """Cleared by finance (or checked by customer service), checked again, noticed."""
        who = self.who
        clear = clearance.clear_shipment if shipment.due_before else clearance.check_terms
        clear(shipment, by=who["finance"] if shipment.due_before else who["customer_service"])
        if shipment.lines.filter(from_stock=True).exists():
            inspection.sign_outgoing(shipment, by=who["quality"], **OUTGOING)
        noticing.check_shipment(shipment, by=who["customer_service"], text="客户来电改送")
        return noticing.issue_notice(shipment, by=who["customer_service"])

    @remembered
    def dispatched(self, shipment: Shipment) -> Shipment:
        soon = timezone.now() + timedelta(days=1)
        return dispatching.dispatch(
            self.noticed(shipment), by=self.who["warehouse"], carrier="德邦", expected_at=soon, check_at=soon
        )

    @remembered
    def delivered(self, shipment: Shipment) -> Shipment:
        """Dispatched, told of, arrived and signed for."""
        shipment = self.dispatched(shipment)
        clerk = self.who["customer_service"]
        dispatching.repeat_terms(shipment, by=self.who["warehouse"], to="沈小曼")
        dispatching.check_advice(shipment, by=clerk, text="与确认书相符")
        dispatching.send_advice(shipment, by=clerk, way="fax")
        dispatching.record_advice_heard(shipment, by=clerk, heard="王经理")
        rows = [(row, row.quantity, Decimal(0)) for row in shipment.lines.all()]
        arriving.record_arrival(shipment, by=clerk, arrived_at=timezone.now(), rows=rows)
        return arriving.file_receipt(
            shipment, by=clerk, signer="李收货", signed_at=timezone.now(), condition="whole", paper=paper()
        )

    @remembered
    def completed(self, *lines: LineInput, **more: Any) -> Order:
        order = self.passed(*lines, **more)
        self.pay_rest(order)
        self.delivered(self.shipment(order))
        return self.fresh(chain.complete(order, by=self.who["customer_service"]))

    @staticmethod
    def fresh(order: Order) -> Order:
        return Order.objects.get(pk=order.pk)
