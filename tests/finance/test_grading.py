"""Grades suggested from how customers paid; a person decides (R7, 《客户等级划分标准》)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.errors import Forbidden, Refused
from finance import grading
from finance.actions.grading import change_grade_rule, decide_grade, suggest_grades
from finance.grading import Habits, lateness, suggested
from finance.models import GradeRule, GradeSuggestion
from finance.receivables import Part
from tests import people, races
from tests.finance.test_receivables import on_credit
from tests.shop import Shop

DAY = timedelta(days=1)
FIRST = date(2026, 3, 1)


def part(day: int, amount: int) -> Part:
    return Part(FIRST + day * DAY, "余款", Decimal(amount))


def test_parts_are_late_until_the_day_money_covered_them() -> None:
    parts = [part(0, 100), part(10, 50), part(40, 30)]
    paid = [(FIRST + 5 * DAY, Decimal(100)), (FIRST + 8 * DAY, Decimal(20))]
    late = [(each.amount, days) for each, days in lateness(parts, paid, FIRST + 30 * DAY)]
    assert late == [(100, 5), (50, 20)], "the second is not covered yet; the third is not due"


def test_money_that_was_reversed_later_was_there_on_its_day() -> None:
    paid = [(FIRST, Decimal(100)), (FIRST + 2 * DAY, Decimal(-100)), (FIRST + 9 * DAY, Decimal(100))]
    [(_, days)] = lateness([part(0, 100)], paid, FIRST + 30 * DAY)
    assert days == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("habit", "grade"),
    [
        (Habits(turnover=Decimal(500_000)), "A"),
        (Habits(turnover=Decimal(499_999)), "B"),
        (Habits(turnover=Decimal(500_000), due=Decimal(10), late_yuan=Decimal(31)), "B"),
        (Habits(turnover=Decimal(500_000), worst=16), "B"),
        (Habits(turnover=Decimal(500_000), broken=1), "B"),
        (Habits(turnover=Decimal(500_000), broken=2), "C"),
        (Habits(turnover=Decimal(99_999)), "C"),
    ],
)
def test_the_best_grade_whose_rule_is_met(habit: Habits, grade: str) -> None:
    assert suggested(habit, list(GradeRule.objects.all())) == grade


def traded() -> Shop:
    """An A customer whose year is too small for it."""
    shop = on_credit(days=30)
    shop.dispatched(shop.shipment(shop.passed()))
    return shop


@pytest.mark.django_db
def test_a_suggestion_names_its_figures_and_is_made_once_a_quarter() -> None:
    shop = traded()
    (row,) = suggest_grades(None, by=shop.who["cs_supervisor"])
    assert (row.current, row.suggested, row.worst_late) == ("A", "C", 0)
    assert row.turnover == shop.customer.orders.get().billed > 0  # type: ignore[attr-defined]
    assert suggest_grades(None, by=None) == []
    with pytest.raises(Refused, match="没有新的"):
        suggest_grades(None, by=shop.who["cs_supervisor"])
    with pytest.raises(Forbidden):
        suggest_grades(None, by=shop.who["finance"])


@pytest.mark.django_db
def test_nothing_changes_until_somebody_decides_with_a_reason() -> None:
    shop, director = traded(), people.person("marketing_director")
    (row,) = suggest_grades(None, by=None)
    shop.customer.refresh_from_db()
    assert shop.customer.grade == "A"
    with pytest.raises(Refused, match="理由"):
        decide_grade(row, by=director, accept=True)
    decide_grade(row, by=director, accept=True, reason="年发货额不足")
    shop.customer.refresh_from_db()
    assert shop.customer.grade == "C"
    with pytest.raises(Refused, match="已由"):
        decide_grade(row, by=director, accept=False, reason="再想想")


@pytest.mark.django_db
def test_declining_keeps_the_grade_and_one_changed_otherwise_is_not_followed() -> None:
    shop, director = traded(), people.person("marketing_director")
    (row,) = suggest_grades(None, by=None)
    shop.customer.grade = "B"
    shop.customer.save()
    with pytest.raises(Refused, match="已另行调整为 B 级"):
        decide_grade(row, by=director, accept=True, reason="按标准")
    decide_grade(row, by=director, accept=False, reason="新合同已谈")
    shop.customer.refresh_from_db()
    assert (shop.customer.grade, GradeSuggestion.objects.get().state) == ("B", "declined")


@pytest.mark.django_db
def test_a_changed_rule_speaks_in_the_next_suggestion() -> None:
    traded()
    rule = GradeRule.objects.get(grade="A")
    with pytest.raises(Forbidden):
        change_grade_rule(rule, by=people.person("cs_supervisor"), least_turnover=Decimal(0))
    change_grade_rule(rule, by=people.person("marketing_director"), least_turnover=Decimal(0))
    assert suggest_grades(None, by=None) == []


@pytest.mark.django_db
def test_the_page_shows_figures_and_rules_and_takes_the_decision() -> None:
    shop, client = traded(), Client()
    (row,) = suggest_grades(None, by=None)
    client.force_login(shop.who["marketing_director"])
    page = client.get("/finance/grades/").content.decode()
    assert shop.customer.called in page
    assert "500,000.00" in page
    wrong = client.post(f"/finance/grades/{row.pk}/", {"accept": "yes", "reason": ""})
    assert wrong.status_code == 422
    assert client.post(f"/finance/grades/{row.pk}/", {"accept": "yes", "reason": "按标准"}).status_code == 302
    assert client.post("/finance/grades/rules/A/", {"least_turnover": "-1"}).status_code == 422


@pytest.mark.django_db
def test_habits_take_the_same_statements_for_one_and_for_many(django_assert_num_queries: Any) -> None:
    traded()
    with django_assert_num_queries(5):
        grading.habits(timezone.localdate())
    for _ in range(2):
        traded()
    with django_assert_num_queries(5):
        assert len(grading.habits(timezone.localdate())) == 3


@pytest.mark.django_db(transaction=True)
def test_ten_who_decide_at_once_decide_once() -> None:
    shop = traded()
    (row,) = suggest_grades(None, by=None)
    by = shop.who["marketing_director"]
    outcomes = races.at_once(10, lambda _: decide_grade(row, by=by, accept=True, reason="按标准"))
    assert len(races.of_kind(outcomes, Refused)) == 9
