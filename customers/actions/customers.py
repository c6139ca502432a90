"""The customer itself: facts, grade, credit limit, and what a grade means."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.records import save
from accounts.search import initials, pinyin, tokens
from audit.errors import Forbidden, Refused
from audit.frame import Act, action, permitted
from catalog.actions import put
from catalog.rereads import queue_reread
from customers.frame import CustomerAction, PolicyAction, numbered
from customers.models import Customer, GradePolicy

FACTS = {
    "code",
    "name",
    "short_name",
    "initials",
    "pinyin",
    "salesperson",
    "clerk",
    "tax_number",
    "invoice_kind",
    "phone",
    "bank",
    "delivery_note_prices",
    "remark",
    "is_active",
}
POLICY_FACTS = {
    "starts_early",
    "deposit_percent",
    "deposit_by_contract_only",
    "share_before_shipping",
    "share_on_contract",
    "unpaid_deposit_pushes",
    "special_release_allowed",
}


@action("add_customer", system=True)
def add_customer(
    act: Act, subject: None, *, grade: str = "C", stand_ins: Iterable[User] = (), **facts: Any
) -> Customer:
    """Take a customer up, in C with no credit until both are judged (R7).

    Raises Invalid for what the fields refuse, Forbidden for another grade by one who may not give it.
    """
    if grade != "C" and act.by and not permitted(act.by, "change_grade"):
        raise Forbidden("新客户从 C 级开始；调整等级须由客服主管或营销总监办理。")
    if act.by and facts.get("salesperson") != act.by and not permitted(act.by, "change_customer"):
        raise Forbidden("销售员只能为自己建档；替他人建档请联系客服。")
    customer = Customer(grade=grade)
    put(customer, facts, FACTS)
    named(customer)
    save(customer)
    customer.stand_ins.set(stand_ins)
    act.record(customer, to=grade)
    return customer


@action("change_customer", frame=CustomerAction)
def change_customer(act: Act, customer: Customer, *, stand_ins: Iterable[User] | None = None, **facts: Any) -> Customer:
    """Change what is on record; grade, limit and contract have actions of their own."""
    forget_made_names(customer, facts)
    changed = put(customer, facts, FACTS)
    named(customer)
    customer.version += 1
    save(customer)
    if stand_ins is not None:
        customer.stand_ins.set(stand_ins)
        facts["stand_ins"] = stand_ins
    act.record(customer, changed=changed)
    return customer


def forget_made_names(customer: Customer, facts: dict[str, Any]) -> None:
    """Under another name the pinyin is made anew, unless people had corrected it."""
    if facts.get("name", customer.name) == customer.name:
        return
    for field, make in (("pinyin", pinyin), ("initials", initials)):
        if facts.get(field, getattr(customer, field)) == make(customer.name):
            facts[field] = ""


def named(customer: Customer) -> None:
    """What the customer is ordered and found by, wherever people did not correct it."""
    customer.pinyin = customer.pinyin or pinyin(customer.name)
    customer.initials = customer.initials or initials(customer.name)
    customer.search = tokens(customer.code, customer.name, customer.short_name, customer.initials)


@action("change_grade", frame=CustomerAction, system=True)
def change_grade(act: Act, customer: Customer, *, grade: str) -> Customer:
    """Give the customer another grade, with a reason. Released orders keep the terms on their revision (R16)."""
    reason_given(act)
    old, customer.grade = customer.grade, grade
    if old == grade:
        raise Refused(f"该客户已经是 {grade} 级。", field="grade")
    customer.version += 1
    save(customer)
    act.record(customer, from_=old, to=grade)
    queue_reread(act, "customer", [customer.pk])
    return customer


@action("set_credit_limit", frame=CustomerAction, system=True)
def set_credit_limit(act: Act, customer: Customer, *, credit_limit: Decimal) -> Customer:
    """Finance judges the customer's credit (R7)."""
    old, customer.credit_limit = customer.credit_limit, credit_limit
    customer.version += 1
    save(customer)
    act.record(customer, old=old, new=credit_limit)
    queue_reread(act, "customer", [customer.pk])
    return customer


@action("change_policy", frame=PolicyAction)
def change_policy(act: Act, policy: GradePolicy, **facts: Any) -> GradePolicy:
    """Change what a grade means for orders that are not released yet."""
    changed = put(policy, facts, POLICY_FACTS)
    policy.version += 1
    save(policy)
    act.record(numbered(policy), to=policy.grade, changed=changed)
    queue_reread(act, "grade", [policy.grade])
    return policy


def reason_given(act: Act) -> None:
    if not act.reason:
        raise Refused("请填写原因。", field="reason")
