"""Statements of the bank: handed in, each line given to a customer and their orders, or put aside (R28)."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection

from accounts.records import save
from audit import history
from audit.errors import Refused
from audit.frame import Act, action
from customers.models import Customer
from documents import tables
from documents.attachments import store
from finance import bank_statement
from finance.actions.payments import record_payment
from finance.gates import yuan
from finance.matching import noon_of, written_down
from finance.models import BankFile, BankLine, Method, Payment, PaymentBalance
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
    try:
        read = bank_statement.read(tables.lines_of(file))
    except (bank_statement.Wrong, tables.Unreadable) as error:
        raise Refused(str(error), field="file") from error
    take_turns()
    known = known_of(read.lines)
    fresh = [line for line in read.lines if line.key not in known]
    handed_in = BankFile.objects.create(
        fresh=len(fresh), known=len(known), outgoing=read.outgoing, by=act.by, at=act.at
    )
    handed_in.paper = store(file, act.by, "bankfile", handed_in.pk)
    handed_in.save(update_fields=["paper"])
    balances = PaymentBalance.objects.filter(bank_ref__in=[line.key for line in fresh]).select_related("payment")
    by_hand = {balance.bank_ref: balance.payment for balance in balances}
    rows = [row_of(act, handed_in, line, by_hand.get(line.key)) for line in fresh]
    history.write(BankLine.objects.bulk_create(rows, BATCH), created=True)
    act.record(handed_in, lines=len(fresh), known=len(known))
    return handed_in


def known_of(lines: Sequence[bank_statement.Incoming]) -> set[str]:
    """The keys that were handed in before. Raises Refused where the bank now says something else of one."""
    rows = BankLine.objects.filter(key__in=[line.key for line in lines]).values_list("key", "day", "amount")
    before = {key: (day, amount) for key, day, amount in rows}
    for line in lines:
        day, amount = before.get(line.key, (line.day, line.amount))
        if (day, amount) != (line.day, line.amount):
            raise Refused(
                f"第 {line.row} 行：流水号 {line.key} 已导入过，当时是 {day} {yuan(amount)}，"
                f"这次是 {line.day} {yuan(line.amount)}。请向银行核实。",
                field="file",
            )
    return set(before)


def take_turns() -> None:
    """Two who hand in at once go one after the other, so that the second knows the first one's lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def row_of(act: Act, handed_in: BankFile, line: bank_statement.Incoming, by_hand: Payment | None) -> BankLine:
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
    if by_hand and by_hand.amount == line.amount:
        row.state, row.payment, row.reason = State.BOOKED, by_hand, "已手工登记"
        row.settled_by, row.settled_at = act.by, act.at
    elif by_hand:
        row.reason = f"{by_hand.number} 以此流水号登记为 {yuan(by_hand.amount)}，与银行不符；请冲正该收款后再认领。"
    return row


@action("book_bank_line")
def book_bank_line(
    act: Act, line: BankLine, *, customer: Customer, shares: Sequence[Share] = (), another: bool = False
) -> BankLine:
    """The line is this customer's payment, shared over their orders; what is left of it waits to be allocated.

    Raises Refused for a line that is booked or put aside, and for one that looks written down by hand already unless
    it is said to be `another`. One whose payment was reversed may be booked again.
    """
    refuse_settled(line)
    likely = None if another else written_down(line).filter(customer=customer).first()
    if likely:
        raise Refused(
            f"{likely.number} 的金额相同、日期相近，可能就是这笔。是同一笔请点「就是这笔」；确是另一笔请勾选后入账。",
            field="another",
        )
    noon = noon_of(line.day)
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


@action("join_bank_line")
def join_bank_line(act: Act, line: BankLine, *, payment: Payment) -> BankLine:
    """The line is a payment that was written down by hand. Raises Refused for one of another amount, a reversed one,
    and one that is another line's."""
    refuse_settled(line)
    # A reversal takes the customer's lock.
    Customer.objects.select_for_update(no_key=True).get(pk=payment.customer_id)
    if not Payment.objects.filter(pk=payment.pk, reverses=None, reversed_by=None, bank_line=None).exists():
        raise Refused(f"{payment.number} 已冲销或已对应其他流水，请刷新后再看。")
    if payment.amount != line.amount:
        raise Refused(f"{payment.number} 为 {yuan(payment.amount)}，与这笔流水不符。")
    line.payment = payment
    return settled(act, line, State.BOOKED, payment=payment.number)


def refuse_settled(line: BankLine) -> None:
    if line.state != State.OPEN and not was_reversed(line):
        raise Refused(f"这笔流水{line.get_state_display()}，请刷新后再看。")


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
