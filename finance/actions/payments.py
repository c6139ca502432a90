"""Payments: written down when they are in the bank, given to orders, reversed; never changed, never deleted (R28)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from audit.errors import Refused
from customers.models import Customer
from documents.attachments import store
from documents.numbering import next_number
from finance.frame import money_action
from finance.gates import yuan
from finance.ledger import checked, checked_way_back, post, withdraw_clearances
from finance.models import EntryKind, Method, Payment, PaymentBalance, PaymentRefund
from finance.shares import Share
from orders.frame import OrderAct
from orders.models import Order, State
from orders.models.order import ENDED
from orders.notices import tell

PREFIX = "SK"


@money_action("record_payment", adds=True)
def record_payment(
    act: OrderAct,
    _: None,
    *,
    customer: Customer,
    amount: Decimal,
    received_at: datetime,
    method: str,
    bank_ref: str,
    payer: str,
    remark: str = "",
    paper: Any = None,
    shares: Sequence[Share] = (),
) -> Payment:
    """Money is in. `shares` gives it to orders at once; what is left waits to be allocated (R28).

    Raises Refused for a bank reference that is known, an amount of nothing, a time to come.
    """
    bank_ref = bank_ref.strip().upper()
    checked(amount)
    if not bank_ref:
        raise Refused("请填写银行流水号、票号或收据号，以免重复登记。", field="bank_ref")
    if not payer.strip():
        raise Refused("请填写付款人。", field="payer")
    if method not in Method.values:
        raise Refused("请选择收款方式。", field="method")
    if received_at > act.at:
        raise Refused("到账时间不能晚于现在；款项到账后再登记。", field="received_at")
    payment = new_payment(
        act,
        bank_ref,
        customer=customer,
        amount=amount,
        received_at=received_at,
        method=method,
        payer=payer.strip(),
        remark=remark.strip(),
    )
    if paper is not None:
        store(paper, act.by, "payment", payment.pk)
    act.record(payment, customer=customer.code, amount=amount, bank_ref=bank_ref)
    for share in shares:
        allocate(act, payment, act.orders[share.order.pk], share.amount, share.kind)
    return payment


def new_payment(act: OrderAct, bank_ref: str, **facts: Any) -> Payment:
    """The row and its balance; a bank reference counts once."""
    try:
        with transaction.atomic():
            number = next_number(PREFIX, act.at)
            payment = Payment.objects.create(number=number, bank_ref=bank_ref, by=act.by, at=act.at, **facts)
            PaymentBalance.objects.create(payment=payment, amount=payment.amount, bank_ref=bank_ref)
    except IntegrityError as error:
        known = PaymentBalance.objects.select_related("payment").filter(bank_ref=bank_ref).first()
        if known is None:
            raise
        raise Refused(f"流水号 {bank_ref} 已登记为 {known.payment.number}，请勿重复登记。", field="bank_ref") from error
    return payment


@money_action("allocate_payment", adds=True)
def allocate_payment(
    act: OrderAct, payment: Payment, *, order: Order, amount: Decimal, kind: str = EntryKind.BALANCE
) -> Payment:
    """Give some of a payment to an order, as 定金 or 货款 (R28)."""
    allocate(act, payment, act.orders[order.pk], amount, kind)
    return payment


def allocate(act: OrderAct, payment: Payment, order: Order, amount: Decimal, kind: str) -> None:
    checked(amount)
    if kind not in (EntryKind.DEPOSIT, EntryKind.BALANCE):
        raise Refused("请选择定金或货款。", field="kind")
    balance = PaymentBalance.objects.select_for_update(no_key=True).get(payment=payment)
    if balance.amount == 0:
        raise Refused("此笔收款已冲销，不能分配。")
    if amount > balance.left:
        raise Refused(f"此笔收款未分配的只有 {yuan(balance.left)}。", field="amount")
    refuse_ended(order, amount)
    PaymentBalance.objects.filter(payment=payment).update(allocated=F("allocated") + amount)
    post(act, order, EntryKind(kind), amount, payment=payment)
    act.record(order, action="allocate_payment", payment=payment.number, amount=amount, kind=kind)
    tell(act, order, "money_in")


@money_action("refund_payment", adds=True)
def refund_payment(
    act: OrderAct, payment: Payment, *, amount: Decimal, method: str, bank_ref: str, paper: Any = None
) -> Payment:
    """退回: what of a payment is no order's goes back to the customer, with the reason.

    Raises Refused for more than is unallocated, without a reason or the bank's reference.
    """
    act.need_reason("请写明退款的原因。")
    checked(amount)
    ref = checked_way_back(method, bank_ref)
    balance = PaymentBalance.objects.select_for_update(no_key=True).get(payment=payment)
    if amount > balance.left:
        raise Refused(f"此笔收款未分配的只有 {yuan(balance.left)}。", field="amount")
    PaymentBalance.objects.filter(payment=payment).update(refunded=F("refunded") + amount)
    PaymentRefund.objects.create(
        payment=payment,
        amount=amount,
        method=method,
        bank_ref=ref,
        reason=act.reason,
        by=act.by,
        at=act.at,
    )
    if paper is not None:
        store(paper, act.by, "payment", payment.pk)
    act.record(payment, amount=amount, bank_ref=bank_ref)
    return payment


def refuse_ended(order: Order, amount: Decimal) -> None:
    """An ended order takes what is still owed on it: for its goods, or by the settlement of a cancelled one."""
    owed = order.billed - order.received - order.written_off
    if order.state == State.CANCELLED and owed <= 0:
        raise Refused(f"{order.number} 已取消，请分配给其他订单。", field="order")
    if order.state in ENDED and amount > owed:
        raise Refused(f"{order.number} {order.get_state_display()}，只欠 {yuan(owed)}。", field="amount")


@money_action("reverse_payment", adds=True)
def reverse_payment(act: OrderAct, payment: Payment) -> Payment:
    """冲销: a mistake, or a payment that did not hold. A counter-row; what it had cleared and is here is stopped.

    Raises Refused where the money was refunded or carried on meanwhile.
    """
    act.need_reason("请写明冲销的原因。")
    if payment.reverses_id or Payment.objects.filter(reverses=payment).exists():
        raise Refused("此笔收款已经冲销。")
    if payment.refunds.exists():
        raise Refused("此笔收款已有退款，不能再冲销。")
    counter = Payment.objects.create(
        number=next_number(PREFIX, act.at),
        customer_id=payment.customer_id,
        amount=-payment.amount,
        received_at=act.at,
        method=payment.method,
        bank_ref=payment.bank_ref,
        payer=payment.payer,
        reverses=payment,
        reason=act.reason,
        by=act.by,
        at=act.at,
    )
    touched = [take_back(act, payment, order) for order in act.orders.values()]
    PaymentBalance.objects.filter(payment=payment).update(amount=0, allocated=0, bank_ref=None)
    act.record(payment, counter=counter.number)
    withdraw_clearances(act, [order.pk for order in touched])
    return payment


def take_back(act: OrderAct, payment: Payment, order: Order) -> Order:
    """What of the payment is on this order leaves it again."""
    on_order = payment.entries.filter(order=order).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if on_order > order.received:
        raise Refused(f"{order.number} 上的此笔款已退款或转出，请先处理退款与转出，再冲销。")
    post(act, order, EntryKind.REVERSED, -on_order, payment=payment, note=act.reason)
    act.record(order, payment=payment.number, amount=-on_order)
    tell(act, order, "money_reversed", words=payment.number)
    return order
