"""A loading yard for tests: a released order with goods in stock, without the departments that would have made them.

The chain's own tests drive orders through every department; here the goods simply lie there.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.frame import Act, open_action
from orders.ledger import post
from orders.models import EntryKind, Line, Order, Revision, Shipment, Signed, SignOff
from orders.signing import sign
from orders.terms import LineInput
from shipping import actions
from stock import moves
from stock.models import Pallet
from tests import people
from tests.remembered import remembered
from tests.shop import Shop, paper, today

WALK = ("PENDING", "APPROVED", "PRODUCTION", "QUALITY", "SHIPPING")
PLACE = {"receiver": "李收货", "phone": "0512-1234567", "address": "苏州市星湖街 1 号", "way": "freight", "pieces": 4}


class Yard(Shop):
    """`who` as in Shop; the customer may owe anything, so that credit is nobody's question here."""

    @remembered
    def __post_init__(self) -> None:
        super().__post_init__()
        self.customer.credit_limit = Decimal(10_000_000)
        self.customer.save()

    def act(self, role: str = "quality", at: datetime | None = None) -> Act:
        return Act("test", self.who[role], at or timezone.now())

    @remembered
    def released(self, *lines: LineInput, state: str = "PRODUCTION", early: bool = False, **header: Any) -> Order:
        """An order in `state` whose terms are in force."""
        order = self.draft(*lines, header={"split_allowed": True, **header})
        with transaction.atomic():
            open_action("test")
            for status in ("proposed", "approved", "in_force"):
                Revision.objects.filter(order=order).update(status=status, starts_early=early)
            for step in WALK[: WALK.index(state) + 1]:
                Order.objects.filter(pk=order.pk).update(state=step, released_at=timezone.now())
            open_action("")
        return self.fresh(order)

    @staticmethod
    def walk(order: Order, *states: str) -> Order:
        with transaction.atomic():
            open_action("test")
            for state in states:
                Order.objects.filter(pk=order.pk).update(state=state)
            open_action("")
        return Order.objects.get(pk=order.pk)

    @remembered
    def lying(self, quantity: str = "100", status: str = "released", **lot: Any) -> Pallet:
        """Free stock of the shop's product."""
        with transaction.atomic():
            made = moves.lot_of(
                self.product, f"L{next(people.made)}", made_on=today() - timedelta(days=9), status=status, **lot
            )
            return moves.receive(
                made,
                number=f"T{next(people.made)}",
                quantity=Decimal(quantity),
                pieces=4,
                ref="期初",
                by=None,
                at=timezone.now(),
            )

    @remembered
    def stocked(self, order: Order, quantity: str = "100", place: int = 0) -> tuple[Line, Pallet]:
        """`quantity` made, accepted and received for the order's line, on a pallet of its own."""
        line, pallet, amount = order.lines.all()[place], self.lying(quantity), Decimal(quantity)
        with transaction.atomic():
            pallet = moves.reserve(moves.lock([pallet.pk])[pallet.pk], amount, order.number, None, timezone.now())
            for kind in (EntryKind.MADE, EntryKind.ACCEPTED, EntryKind.STOCKED):
                post(self.act(), line, kind, amount, pallet=pallet if kind == EntryKind.STOCKED else None)
        return line, pallet

    @remembered
    def drafted(self, *loads: tuple[Line, Pallet, str], **changes: Any) -> Shipment:
        shipment: Shipment = actions.draft_shipment(
            None,
            by=self.who["customer_service"],
            loads=[(line, pallet, Decimal(quantity)) for line, pallet, quantity in loads],
            **PLACE | {"planned_on": today(), **changes},
        )
        return shipment

    @remembered
    def settled(self, shipment: Shipment) -> Shipment:
        """Finance's word, as a row."""
        kind = Signed.CLEARANCE if shipment.due_before else Signed.TERMS_CHECK
        with transaction.atomic():
            sign(self.act("finance"), kind, shipment=shipment, digest=shipment.digest)
            if shipment.lines.filter(from_stock=True).exists():
                sign(self.act("quality"), Signed.OUTGOING, shipment=shipment, digest=shipment.digest)
        return shipment

    @remembered
    def checked(self, shipment: Shipment) -> Shipment:
        return actions.check_shipment(  # type: ignore[no-any-return]
            self.settled(shipment), by=self.who["customer_service"], text="客户来电改送"
        )

    @remembered
    def with_notice(self, *loads: tuple[Line, Pallet, str], **changes: Any) -> Shipment:
        shipment = self.checked(self.drafted(*loads, **changes))
        return actions.issue_notice(shipment, by=self.who["customer_service"])  # type: ignore[no-any-return]

    @remembered
    def dispatched(self, shipment: Shipment, **changes: Any) -> Shipment:
        return actions.dispatch(shipment, by=self.who["warehouse"], **way() | changes)  # type: ignore[no-any-return]

    @remembered
    def sent_off(self, *loads: tuple[Line, Pallet, str], **changes: Any) -> Shipment:
        return self.dispatched(self.with_notice(*loads, **changes))

    @remembered
    def arrived(self, shipment: Shipment, refused: str = "0") -> Shipment:
        """Everything came; `refused` of the first line was not taken."""
        rows, no = [], Decimal(refused)
        for row in shipment.lines.all():
            rows.append((row, row.quantity - no, no))
            no = Decimal(0)
        return actions.record_arrival(  # type: ignore[no-any-return]
            shipment, by=self.who["customer_service"], arrived_at=timezone.now(), rows=rows
        )


def way() -> dict[str, Any]:
    now = timezone.now()
    return {
        "carrier": "德邦物流",
        "driver": "马师傅",
        "waybill": "DPK1",
        "expected_at": now + timedelta(days=1),
        "check_at": now + timedelta(days=1, hours=1),
    }


@remembered
def paper_of_arrival(yard: Yard, shipment: Shipment, condition: str = "whole", remark: str = "") -> Shipment:
    """Everything came, and the signed 到货回单 says in what condition."""
    return receipt_of(yard, yard.arrived(shipment), condition, remark)


@remembered
def receipt_of(yard: Yard, shipment: Shipment, condition: str = "short", remark: str = "") -> Shipment:
    """The signed 到货回单 of what has come."""
    return actions.file_receipt(  # type: ignore[no-any-return]
        shipment,
        by=yard.who["customer_service"],
        signer="李",
        signed_at=timezone.now(),
        condition=condition,
        remark=remark,
        paper=paper(),
    )


def words_of(shipment: Shipment, kind: Signed) -> list[SignOff]:
    return list(SignOff.objects.filter(shipment=shipment, kind=kind))
