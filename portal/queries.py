"""What a customer's page shows: nothing but what is meant for the customer, in a fixed number of statements."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from documents.models import Document
from finance.papers import LETTER
from orders import dates
from orders.models import ConfirmationReturn, HouseRules, Order, Shipment, ShipmentLine, ShipmentState, State
from orders.models.returned import Verdict
from portal.models import CustomerLink, Word
from portal.standing import returns_of
from production.models import DelayTold

ZERO = Decimal(0)
STAGES = ("确认订单", "生产", "检验", "发货", "完成")
STAGE_OF = {State.PRODUCTION: 1, State.QUALITY: 2, State.SHIPPING: 3, State.COMPLETED: 5}
WAY_WORDS = {
    ShipmentState.DISPATCHED: "运输中",
    ShipmentState.ARRIVED: "已到货",
    ShipmentState.SIGNED: "已签收",
}


@dataclass(frozen=True)
class Stage:
    label: str
    status: str


@dataclass(frozen=True)
class Answered:
    """How the customer's confirmation stands."""

    standing: ConfirmationReturn | None
    refused: ConfirmationReturn | None
    note: str = ""


def stages(order: Order, verified: bool) -> list[Stage]:
    """The chain in plain words; before release it waits for the confirmation, then for its start."""
    now = STAGE_OF.get(State(order.state), 1 if verified else 0)
    return [
        Stage(label, "done" if at < now else "current" if at == now else "ahead") for at, label in enumerate(STAGES)
    ]


def answered(link: CustomerLink, said: list[Word]) -> Answered:
    """The newest return: one that stands, or one refused with its reason, which asks again."""
    returned = returns_of(link).first()
    if returned is None or returned.verdict != Verdict.REFUSED:
        return Answered(returned, None)
    # What stood in the note before anybody judged is the page's own record of who confirmed.
    own = next((word for word in said if word.returned_id == returned.pk), None)
    return Answered(None, returned, "" if own and returned.note.startswith("客户在网上确认") else returned.note)


def words_of(link: CustomerLink) -> list[Word]:
    """What was said on this order's page, by whichever link, newest first."""
    return list(Word.objects.filter(order=link.order_id).select_related("answer", "shipment").order_by("-at", "-pk"))


def promised(link: CustomerLink) -> dict[str, Any]:
    """The promised date as signed and as it now stands, with every day that moved it and why."""
    revision = link.revision
    pushes = list(dates.pushes_of(revision))
    shown: date | None = revision.promised_on
    if shown and pushes:
        shown = dates.shifted(shown, len(pushes), working_days=HouseRules.current().push_working_days)
    return {"signed": revision.promised_on, "now": shown, "pushes": pushes}


def delays_told(order: Order) -> list[DelayTold]:
    """What the customer was told of delays, newest first: the date, why, and when they were told; not by whom."""
    return list(DelayTold.objects.filter(order=order).order_by("-at", "-pk"))


def shipments_of(order: Order) -> list[Shipment]:
    """What has left the house for this customer, newest first."""
    on_order = ShipmentLine.objects.filter(line__order=order).values("shipment_id")
    gone = Shipment.objects.filter(pk__in=on_order, state__in=WAY_WORDS).order_by("-dispatched_at", "-pk")
    return list(gone)


def papers_of(link: CustomerLink, shipments: list[Shipment]) -> QuerySet[Document]:
    """The papers meant for the customer: this confirmation, balance letters, advices sent, notes signed for."""
    advised = [one.pk for one in shipments if one.advised_at]
    signed = [one.pk for one in shipments if one.state == ShipmentState.SIGNED]
    meant = (
        Q(pk=link.document_id)
        | Q(kind=LETTER, subject_kind="order", subject_id=link.order_id)
        | Q(kind="dispatch_advice", subject_kind="shipment", subject_id__in=advised)
        | Q(kind__in=("delivery_note", "delivery_note_priced"), subject_kind="shipment", subject_id__in=signed)
    )
    return (
        Document.objects.filter(meant, withdrawal=None)
        .filter(Q(superseded_by=None) | Q(pk=link.document_id))
        .select_related("rendering", "superseded_by", "withdrawal")
        .order_by("-made_at", "-pk")
    )


def money(order: Order, total: Decimal) -> dict[str, Decimal]:
    """What the order comes to, what has come in, and what is open."""
    due = order.billed if order.state == State.COMPLETED else max(total, order.billed)
    paid = order.received + order.written_off
    return {"due": due, "received": order.received, "balance": max(due - paid, ZERO)}
