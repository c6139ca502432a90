"""The terms an order of a customer gets on a day: the contract in force, else the grade (rules.md, grade policy)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Contract, Customer, GradePolicy, PaymentStage

TERMS = f"""
    SELECT p.starts_early, p.deposit_percent, p.deposit_by_contract_only, p.share_before_shipping,
           p.share_on_contract, p.unpaid_deposit_pushes, p.special_release_allowed,
           c.id, c.starts_early, c.deposit_percent, c.share_before_shipping, c.days_for_rest, c.deposit_pro_rata,
           c.tolerance_plus, c.tolerance_minus,
           (SELECT json_agg(json_build_array(s.kind, s.percent::text, s.days) ORDER BY s.position)
            FROM {PaymentStage._meta.db_table} s WHERE s.contract_id = c.id)
    FROM {GradePolicy._meta.db_table} p
    LEFT JOIN {Contract._meta.db_table} c
        ON c.customer_id = %(customer)s AND c.is_active AND %(day)s BETWEEN c.valid_from AND c.valid_to
    WHERE p.grade = %(grade)s
"""  # noqa: S608 (names of tables, no input)


@dataclass(frozen=True)
class Terms:
    """What a revision copies at submit; afterwards gates read only the copy."""

    deposit_percent: Decimal
    starts_early: bool
    share_before_shipping: Decimal
    days_for_rest: int | None
    contract_id: int | None
    pro_rata: bool
    special_release_allowed: bool
    unpaid_deposit_pushes: bool
    tolerance_plus: Decimal
    tolerance_minus: Decimal
    stages: list[list[Any]] = field(default_factory=list)


def terms_for(customer: Customer, day: date) -> Terms:
    """The terms of `customer`, by its grade as given and its contract in force on `day`; one query.

    What a contract leaves open is the grade's; A gives no credit without one, and asks a deposit only by one.
    """
    with connection.cursor() as cursor:
        cursor.execute(TERMS, {"customer": customer.pk, "grade": customer.grade, "day": day})
        return settled(cursor.fetchone())


def settled(row: tuple[Any, ...]) -> Terms:
    early, deposit, by_contract_only, share, share_on_contract, pushes, special, contract, *agreed = row
    agreed_early, agreed_deposit, agreed_share, days, pro_rata, plus, minus, stages = agreed
    of_grade = Decimal(0) if by_contract_only else deposit
    if contract is None:
        return Terms(of_grade, early, share, None, None, False, special, pushes, Decimal(0), Decimal(0))
    return Terms(
        deposit_percent=or_else(agreed_deposit, of_grade),
        starts_early=or_else(agreed_early, early),
        share_before_shipping=or_else(agreed_share, share_on_contract),
        days_for_rest=days,
        contract_id=contract,
        pro_rata=pro_rata,
        special_release_allowed=special,
        unpaid_deposit_pushes=pushes,
        tolerance_plus=plus,
        tolerance_minus=minus,
        stages=stages or [],
    )


def or_else(agreed: Any, otherwise: Any) -> Any:
    return otherwise if agreed is None else agreed
