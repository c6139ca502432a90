from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from customers.actions import change_contract
from customers.models import GradePolicy
from customers.terms import Terms, terms_for
from tests import people

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def terms(grade: str, **contract: object) -> Terms:
    customer = people.customer(grade=grade)
    if contract:
        people.contract(customer, **contract)
    return terms_for(customer, TODAY)


@pytest.mark.parametrize(
    ("grade", "deposit", "early", "share", "special"),
    [("A", 0, True, 100, True), ("B", 30, False, 100, False), ("C", 50, False, 100, False)],
)
def test_without_a_contract_the_grade_decides(grade: str, deposit: int, early: bool, share: int, special: bool) -> None:
    got = terms(grade)
    assert (got.deposit_percent, got.starts_early, got.share_before_shipping) == (deposit, early, share)
    assert got.special_release_allowed is special
    assert got.contract_id is None
    assert got.days_for_rest is None


def test_an_a_customer_on_a_contract_ships_before_paying() -> None:
    got = terms("A", days_for_rest=60)
    assert (got.share_before_shipping, got.deposit_percent, got.days_for_rest) == (0, 0, 60)


def test_an_a_customer_pays_a_deposit_only_where_the_contract_says_so() -> None:
    GradePolicy.objects.filter(grade="A").update(deposit_percent=20)
    assert terms("A").deposit_percent == 0
    assert terms("A", days_for_rest=30).deposit_percent == 0
    assert terms("A", deposit_percent=Decimal(10)).deposit_percent == 10


def test_a_contract_that_says_nothing_of_a_deposit_leaves_the_grades() -> None:
    assert terms("B", days_for_rest=30).deposit_percent == 30
    assert terms("B", deposit_percent=Decimal(0)).deposit_percent == 0


def test_a_contract_may_settle_share_start_tolerance_and_pro_rata() -> None:
    got = terms(
        "C", share_before_shipping=Decimal(70), starts_early=True, tolerance_plus=Decimal(5), deposit_pro_rata=True
    )
    assert (got.share_before_shipping, got.starts_early, got.tolerance_plus, got.pro_rata) == (70, True, 5, True)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), True),
        (date(2026, 11, 24), date(2026, 12, 31), False),
        (date(2026, 1, 1), date(2026, 11, 22), False),
    ],
)
def test_a_contract_holds_from_its_first_to_its_last_day(first: date, last: date, holds: bool) -> None:
    customer = people.customer(grade="B")
    people.contract(customer, first, last, deposit_percent=Decimal(5))
    assert (terms_for(customer, TODAY).deposit_percent == 5) is holds


def test_a_contract_out_of_force_does_not_count() -> None:
    assert terms("B", deposit_percent=Decimal(5), is_active=False).deposit_percent == 30


def test_terms_are_read_in_one_query(django_assert_num_queries: object) -> None:
    customer = people.customer()
    with django_assert_num_queries(1):  # type: ignore[operator]
        terms_for(customer, TODAY)


def test_the_database_refuses_two_contracts_of_a_customer_on_one_day() -> None:
    customer = people.customer()
    people.contract(customer, date(2026, 1, 1), date(2026, 6, 30))
    with pytest.raises(IntegrityError):
        people.contract(customer, date(2026, 6, 30), date(2026, 12, 31))


def test_contracts_of_two_customers_or_one_after_the_other_stand() -> None:
    customer = people.customer()
    people.contract(customer, date(2026, 1, 1), date(2026, 6, 30))
    people.contract(customer, date(2026, 7, 1), date(2026, 12, 31))
    people.contract(people.customer(), date(2026, 1, 1), date(2026, 12, 31))
    people.contract(customer, date(2026, 1, 1), date(2026, 12, 31), is_active=False)


def test_an_overlapping_contract_is_refused_beside_its_first_day() -> None:
    from accounts.records import Invalid

    customer = people.customer()
    people.contract(customer)
    clerk = people.person("customer_service")
    drafted = change_contract(
        customer, by=clerk, number="HT-2", valid_from=date(2026, 5, 1), valid_to=date(2027, 4, 30)
    )
    with pytest.raises(Invalid) as refused:
        people.in_force(drafted, clerk)
    assert refused.value.errors == {
        "valid_from": ["与该客户另一份有效合同的期限重叠，请调整起止日期，或先停用那一份。"]
    }
