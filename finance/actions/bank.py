"""Statements of the bank: handed in, each line given to a customer and their orders, or put aside (R28)."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils import timezone

from accounts.records import save
from audit import history
from audit.errors import Refused
from audit.frame import Act, action
from customers.models import Customer
from documents.attachments import store
from finance import bank_statement
from finance.actions.payments import record_payment
from finance.models import BankFile, BankLine, Method, PaymentBalance
from finance.shares import Share

State = BankLine.State
BATCH = 1_000
TURN = 20_001  # the number of this queue among the database's advisory locks


@action("import_statement", versioned=False)
def import_statement(act: Act, subject: None, *, file: UploadedFile) -> BankFile:
    """Every line of money that came in, once, however often and by however many it is handed in.

    A line whose payment was written down by hand already is joined to it. Raises Refused with the rows that cannot be
    read; nothing is written then.
    """
    content = file.read()
    file.seek(0)
    try:
        read = bank_statement.read(file.name or "", content)
    except bank_statement.Wrong as error:
        raise Refused(str(error), field="file") from error
    take_turns()
    keys = [line.key for line in read.lines]
    known = set(BankLine.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [line for line in read.lines if line.key not in known]
    handed_in = BankFile.objects.create(
        fresh=len(fresh), known=len(known), outgoing=read.outgoing, by=act.by, at=act.at
    )
    handed_in.paper = store(file, act.by, "bankfile", handed_in.pk)
    handed_in.save(update_fields=["paper"])
    balances = PaymentBalance.objects.filter(bank_ref__in=[line.key for line in fresh])
    by_hand = dict(balances.values_list("bank_ref", "pk"))
    rows = [row_of(act, handed_in, line, by_hand.get(line.key)) for line in fresh]
    history.write(BankLine.objects.bulk_create(rows, BATCH), created=True)
    act.record(handed_in, lines=len(fresh), known=len(known))
    return handed_in


def take_turns() -> None:
    """Two who hand in at once go one after the other, so that the second knows the first one's lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def row_of(act: Act, handed_in: BankFile, line: bank_statement.Incoming, payment_id: int | None) -> BankLine:
    row = BankLine(
        file=handed_in,
        key=line.key,
        has_ref=line.has_ref,
        day=line.day,
        amount=line.amount,
        payer=line.payer,
        account=line.account,
        note=line.note,
    )
    if payment_id is not None:
        row.state, row.payment_id, row.reason = State.BOOKED, payment_id, "已手工登记"
        row.settled_by, row.settled_at = act.by, act.at
    return row


@action("book_bank_line")
def book_bank_line(act: Act, line: BankLine, *, customer: Customer, shares: Sequence[Share] = ()) -> BankLine:
    """The line is this customer's payment, shared over their orders; what is left of it waits to be allocated.

    Raises Refused for a line that is booked or put aside. One whose payment was reversed may be booked again.
    """
    if line.state != State.OPEN and not was_reversed(line):
        raise Refused(f"这笔流水{line.get_state_display()}，请刷新后再看。")
    noon = timezone.make_aware(datetime.combine(line.day, time(12)))
    line.payment = record_payment(
        None,
        by=act.by,
        at=act.at,
        customer=customer,
        amount=line.amount,
        received_at=min(noon, act.at),
        method=Method.TRANSFER,
        bank_ref=line.key,
        payer=line.payer or customer.name,
        remark=line.note,
        shares=shares,
    )
    return settled(act, line, State.BOOKED, payment=line.payment.number)


def was_reversed(line: BankLine) -> bool:
    return line.payment is not None and hasattr(line.payment, "reversed_by")


@action("put_bank_line_aside")
def put_bank_line_aside(act: Act, line: BankLine) -> BankLine:
    """No customer's money (interest, a refund from a supplier), and what it is."""
    if not act.reason:
        raise Refused("请写明这是什么款项。", field="reason")
    if line.state != State.OPEN:
        raise Refused(f"这笔流水{line.get_state_display()}，请刷新后再看。")
    return settled(act, line, State.ASIDE)


@action("reopen_bank_line")
def reopen_bank_line(act: Act, line: BankLine) -> BankLine:
    """What was put aside is a customer's after all, and why."""
    if not act.reason:
        raise Refused("请写明原因。", field="reason")
    if line.state != State.ASIDE:
        raise Refused(f"这笔流水{line.get_state_display()}，请刷新后再看。")
    return settled(act, line, State.OPEN)


def settled(act: Act, line: BankLine, state: BankLine.State, **facts: Any) -> BankLine:
    before = line.state
    line.state, line.reason = state, act.reason
    line.settled_by, line.settled_at = act.by, act.at
    line.version += 1
    save(line)
    act.record(line, from_=before, to=state, amount=line.amount, **facts)
    return line
