"""Reminding customers of what is due, and keeping what they promised (R27)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import User
from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import put
from customers.frame import CustomerAction
from customers.models import Contact, Customer
from documents import notices, sending
from documents.notices import hows
from documents.numbering import business_day
from finance.collecting import Ask, asks
from finance.gates import yuan
from finance.models import CollectingRules, PaymentBalance, PaymentPromise, Reminder
from finance.notices import COLLECTING, told_of
from finance.promises import judge
from finance.queries import owed_on
from orders.frame import OrderAct, order_action
from orders.models import Order

MOST_STEPS = 12
LONGEST = 365


@action("remind_customer", frame=CustomerAction, system=True, versioned=False)
def remind_customer(act: Act, customer: Customer) -> list[Reminder]:
    """Ask for what the schedule says is to be asked for now: a mail to the customer, a notice to the salesperson.

    Done again on the same day it asks for nothing twice. Whose money lies unallocated is not asked: finance is told.
    Raises Refused, to a person, where nothing is to be asked for.
    """
    due = asks(customer, business_day(act.at))
    idle = unallocated(customer)
    if act.by is not None and not due:
        raise Refused("按催收日程，今天没有要催的款项；已承诺付款的，到日再催。")
    if act.by is not None and idle:
        raise Refused(f"该客户有收款 {yuan(idle)} 尚未分配，请财务先分配到订单，再催其余。")
    if due and idle:
        tell_idle(act, customer, idle)
    if not due or idle:
        return []
    address = address_of(customer) if CollectingRules.current().mails_customer else ""
    rows = [
        Reminder(
            customer=customer,
            order=ask.order,
            stage=ask.stage,
            due_on=ask.due_on,
            step=ask.step,
            open=ask.open,
            mail=address,
            by=act.by,
            at=act.at,
        )
        for ask in due
    ]
    Reminder.objects.bulk_create(rows)
    if address:
        write(act, customer, address, due, event=f"reminder:{rows[0].pk}")
    total = sum((ask.open for ask in due), Decimal(0))
    notices.tell(
        told_of(customer, act.by),
        event=f"reminded:{customer.pk}:{rows[0].pk}",
        text=f"{customer.called} 有 {len(due)} 笔款项到催收日，合计 {total:,.2f} 元",
        url=f"/finance/receivables/{customer.code}/",
        kind=COLLECTING.code,
    )
    act.record(customer, parts=len(due))
    return rows


def unallocated(customer: Customer) -> Decimal:
    """Money of the customer's that no order has yet."""
    found = PaymentBalance.objects.filter(payment__customer=customer, left__gt=0)
    return found.aggregate(sum=Sum("left"))["sum"] or Decimal(0)


def tell_idle(act: Act, customer: Customer, idle: Decimal) -> None:
    """Once a day: asking for what may have been paid already would be our mistake."""
    notices.tell(
        hows(COLLECTING.code, User.objects.filter(groups__name="finance", is_active=True).order_by("pk")),
        event=f"unallocated:{customer.pk}:{business_day(act.at)}",
        text=f"{customer.called} 到催收日，但有收款 {yuan(idle)} 尚未分配，请先分配到订单",
        url=f"/finance/receivables/{customer.code}/",
        kind=COLLECTING.code,
    )


def address_of(customer: Customer) -> str:
    found = Contact.objects.filter(customer=customer, is_active=True).exclude(email="").order_by("pk").first()
    return found.email if found else ""


def write(act: Act, customer: Customer, address: str, due: Sequence[Ask], *, event: str) -> None:
    lines = "\n".join(
        f"· 订单 {ask.order.number} {ask.stage}：{ask.open:,.2f} 元，"
        f"{ask.due_on:%Y-%m-%d} {'到期' if ask.step < 0 else '已到期'}"
        for ask in due
    )
    sending.send_message(
        address,
        event=event,
        letter=sending.Letter(
            "付款提醒",
            f"尊敬的客户：\n\n以下款项请安排支付；如已付款，请忽略本函并告知汇款凭证。\n\n{lines}\n\n谢谢。",
        ),
        subject_kind="customer",
        subject_id=customer.pk,
        minder_id=customer.clerk_id or customer.salesperson_id,
        at=act.at,
        about=customer.code,
        by=act.by,
    )


@order_action("record_promise", quiet=True, adds=True)
def record_promise(act: OrderAct, order: Order, *, amount: Decimal, promised_on: date, words: str) -> Order:
    """What the customer says they will pay, and by when; until then the schedule does not ask for that much.

    Raises Refused for a day gone by or too far off, an amount that is not owed, or without the customer's words.
    """
    order = act.order
    owed, today = owed_on(order), business_day(act.at)
    if promised_on < today:
        raise Refused("承诺付款日不能早于今天。", field="promised_on")
    if (promised_on - today).days > (longest := CollectingRules.current().longest_promise):
        raise Refused(f"承诺付款日最迟为 {longest} 天后；更久的账期请先改单。", field="promised_on")
    if not 0 < amount <= owed:
        raise Refused(f"承诺金额应大于 0，不超过未收的 {owed:,.2f} 元。", field="amount")
    if not words.strip():
        raise Refused("请写明谁、怎么说的。", field="words")
    PaymentPromise.objects.create(
        order=order,
        amount=amount,
        promised_on=promised_on,
        words=words.strip(),
        received_then=order.received,
        by=act.by,
        at=act.at,
    )
    act.record(order, promised=promised_on, amount=amount)
    return order


@order_action("judge_promises", quiet=True, adds=True, system=True)
def judge_promises(act: OrderAct, order: Order) -> Order:
    """Write down how the promises of this order whose day went by were kept."""
    for row in judge(act.order, act.at):
        act.record(act.order, promise=row.promise_id, verdict=row.get_verdict_display(), covered=row.covered)
    return act.order


@action("change_collecting_rules")
def change_collecting_rules(act: Act, rules: CollectingRules, **facts: Any) -> CollectingRules:
    """Change the schedule. Raises Refused for no step, too many, or a step a year away."""
    changed = put(rules, facts, {"steps", "longest_promise", "mails_customer"})
    rules.steps = sorted(set(rules.steps))
    if not 0 < len(rules.steps) <= MOST_STEPS or not all(-60 <= step <= 365 for step in rules.steps):
        raise Refused(f"请填 1 至 {MOST_STEPS} 个日数，每个在 −60 到 365 之间。", field="steps")
    if not 0 < rules.longest_promise <= LONGEST:
        raise Refused(f"承诺最长天数应在 1 到 {LONGEST} 之间。", field="longest_promise")
    rules.version += 1
    save(rules)
    act.record(rules, changed=changed)
    return rules
