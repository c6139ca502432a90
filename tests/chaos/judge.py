"""After the chaos, in the system itself: what was acknowledged is there, and nothing is there twice.

Run by `manage.py shell`: prints a line for each thing that is wrong, and what was counted as the last one.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from audit.models import ActionKey, Event
from documents.models import Document, OutboxRow, Sending
from finance.models import Payment
from orders.models import ConfirmationReturn, Order
from production.models import Batch
from stock.models import Pallet

State = OutboxRow.State
# One of each for an order that went its way once.
ONCE = {
    "submit", "sign_check", "sign_technical", "state_material", "sign_dates", "approve", "check_print",
    "send_confirmation", "record_receipt_call", "record_return", "verify_return", "record_payment", "release",
    "hand_over_order", "sign_for_order", "report_made", "inspect_batch", "countersign_batch", "receive_into_stock",
    "finish", "pass_quality",
}  # fmt: skip


def lost(ledger: dict[str, Any]) -> Iterator[str]:
    kept = {row.key: row for row in ActionKey.objects.select_related("result")}
    moments = set(Event.objects.values_list("at", "by"))
    for order, action, key in ledger["done"]:
        row = kept.get(key)
        if key and (row is None or not hasattr(row, "result")):
            yield f"lost: {action} of {order}"
        elif row and (row.at, row.user_id) not in moments:
            yield f"no event: {action} of {order}"
    numbers = dict(Order.objects.values_list("customer_reference", "number"))
    for reference, number in ledger["orders"].items():
        if numbers.get(reference) != number:
            yield f"lost: order {reference} {number}"
    paid = dict(Payment.objects.values_list("bank_ref", "amount"))
    for reference, number in ledger["payments"].items():
        if paid.get(reference) != 1000 or Order.objects.get(number=number).received != 1000:
            yield f"lost: payment {reference} of {number}"
    mailed = set(Sending.objects.filter(way="email").values_list("receiver", flat=True))
    yield from (f"lost: mail to {address}" for address in ledger["mails"] if address not in mailed)
    yield from wanting_goods(ledger)


def wanting_goods(ledger: dict[str, Any]) -> Iterator[str]:
    for order, action, _ in ledger["done"]:
        if action == "receive_into_stock":
            batches = list(Batch.objects.filter(line__order__number=order))
            pallets = Pallet.objects.filter(lot__number__in=[batch.number for batch in batches])
            found = [sum(batch.stocked for batch in batches), sum(pallet.on_hand for pallet in pallets)]
            if found != [100, 100]:
                yield f"store: {found} instead of 100 of {order}"


def doubled(ledger: dict[str, Any]) -> Iterator[str]:
    def twice(rows: Any, *by: str) -> Iterator[str]:
        for *found, times in rows.order_by().values_list(*by).annotate(times=Count("pk")).filter(times__gt=1):
            yield f"doubled: {rows.model.__name__} {found} {times} times"

    yield from twice(Order.objects.all(), "customer_reference")
    yield from twice(Payment.objects.all(), "bank_ref")
    yield from twice(ConfirmationReturn.objects.all(), "revision")
    yield from twice(Batch.objects.all(), "line")
    yield from twice(Sending.objects.filter(way="email"), "document", "receiver")
    yield from twice(Document.objects.all(), "kind", "subject_kind", "subject_id")
    yield from twice(Event.objects.filter(action__in=ONCE), "subject_kind", "subject_id", "action")


def mails(ledger: dict[str, Any]) -> Iterator[str]:
    """Each once, or in doubt and at most once; what is in doubt is flagged for a person."""
    came = Counter(ledger["box"])
    for row in OutboxRow.objects.filter(channel="email"):
        times = came[row.payload["message_id"]]
        if not (times == 1 if row.state == State.DONE else row.state == State.DOUBTFUL and times <= 1):
            yield f"mail {row.payload['to']}: {row.state}, came {times} times: {row.error}"


def papers() -> Iterator[str]:
    for document in Document.objects.filter(rendering=None):
        yield f"no rendering: {document}"


def undone() -> Iterator[str]:
    rest = OutboxRow.objects.exclude(Q(state=State.DONE) | Q(state=State.DOUBTFUL, channel="email"))
    for channel, state, times in rest.values_list("channel", "state").annotate(times=Count("pk")):
        yield f"outbox: {times} × {channel} {state}"


def open_rows() -> None:
    """Waited for, before anything is judged."""
    print("OPEN", OutboxRow.objects.filter(state__in=[State.WAITING, State.WORKING]).count())  # noqa: T201


def counted() -> str:
    email = OutboxRow.objects.filter(channel="email")
    return (
        f"{Order.objects.count()} orders, {Event.objects.count()} events, {Payment.objects.count()} payments, "
        f"{Document.objects.count()} papers, {OutboxRow.objects.filter(state=State.DONE).count()} effects done, "
        f"{email.filter(state=State.DONE).count()} mails sent, {email.filter(state=State.DOUBTFUL).count()} in doubt"
    )


def main(path: str) -> None:
    ledger = json.loads(Path(path).read_text())
    for words in (*lost(ledger), *doubled(ledger), *mails(ledger), *papers(), *undone()):
        print(words)  # noqa: T201
    print(counted())  # noqa: T201
