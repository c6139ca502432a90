"""Grades suggested from how customers paid; a person decides (R7, 《客户等级划分标准》)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.errors import Forbidden, Refused
from documents.models import OutboxRow
from documents.numbering import BUSINESS_ZONE
from finance import grading, tasks
from finance.actions import balances
from finance.actions.collecting import judge_promises, record_promise
from finance.actions.grading import change_grade_rule, decide_grade, suggest_grades
from finance.actions.payments import reverse_payment
from finance.grading import Habits, lateness, suggested
from finance.models import GradeRule, GradeSuggestion
from finance.receivables import Part
from orders.models import Shipment
from tests import people, races
from tests.finance.desk import on_credit
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


@pytest.mark.django_db
def test_a_payment_booked_by_mistake_and_reversed_was_never_on_time() -> None:
    shop = on_credit(days=0)
    order = shop.passed()
    shop.dispatched(shop.shipment(order))
    payment = shop.pay(order, Decimal(1000))
    reverse_payment(payment, by=shop.who["finance"], reason="记错客户")
    habit = grading.habits(timezone.localdate() + 40 * DAY)[shop.customer.pk]
    assert (habit.worst, habit.average) == (40, Decimal("40.0"))


@pytest.mark.django_db
def test_money_carried_to_another_order_paid_for_that_one_alone() -> None:
    shop = on_credit(days=0)
    one, two = shop.passed(), shop.passed()
    shop.pay(one, Decimal(1000))
    balances.carry_over(one, by=shop.who["finance"], to=two, amount=Decimal(600), reason="客户来函")
    paid = grading.payments_of([one, two])
    assert [[amount for _, amount in paid[order.pk]] for order in (one, two)] == [[400], [600]]


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
def test_goods_that_left_over_a_year_ago_and_are_unpaid_still_count() -> None:
    shop = traded()
    Shipment.objects.update(dispatched_at=timezone.now() - 500 * DAY)
    habit = grading.habits(timezone.localdate())[shop.customer.pk]
    assert (habit.turnover, habit.worst) == (0, 470)
    (row,) = suggest_grades(None, by=None)
    assert (row.suggested, row.worst_late) == ("C", 470)


@pytest.mark.django_db
def test_a_customer_above_c_without_trade_is_suggested_after_a_year_of_it() -> None:
    shop = Shop(grade="A")
    assert grading.differing(timezone.localdate()) == []
    [(customer, habit, grade)] = grading.differing(timezone.localdate() + 400 * DAY)
    assert (customer, habit.turnover, grade) == (shop.customer, 0, "C")


@pytest.mark.django_db
def test_a_promise_broken_over_a_year_ago_weighs_no_more() -> None:
    shop, day = traded(), timezone.localdate()
    order = shop.customer.orders.get()  # type: ignore[attr-defined]
    record_promise(order, by=shop.who["sales"], amount=Decimal(10), promised_on=day, words="王经理")
    judge_promises(order, by=None, at=timezone.now() + 2 * DAY)
    broken = [grading.habits(day + days * DAY)[shop.customer.pk].broken for days in (2, 365, 366)]
    assert broken == [1, 1, 0]


@pytest.mark.django_db
def test_those_who_decide_are_told_and_find_it_at_home() -> None:
    shop = traded()
    (row,) = suggest_grades(None, by=None)
    told = OutboxRow.objects.filter(channel="notice", payload__kind="grades").values_list(
        "payload__recipient", flat=True
    )
    assert set(told) == {shop.who["cs_supervisor"].pk, shop.who["marketing_director"].pk}
    client = Client()
    for role, shown in (("marketing_director", True), ("finance", False)):
        client.force_login(shop.who[role])
        assert ("客户等级建议" in client.get("/").content.decode()) == shown
    decide_grade(row, by=shop.who["marketing_director"], accept=False, reason="新合同已谈")
    client.force_login(shop.who["marketing_director"])
    assert "客户等级建议" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_worker_suggests_once_a_quarter_whichever_morning_it_first_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 4, 9, 6, tzinfo=BUSINESS_ZONE)
    monkeypatch.setattr(timezone, "now", lambda: now)
    tasks.suggest()
    traded()
    tasks.suggest()
    assert not GradeSuggestion.objects.exists(), "this quarter was read before they had traded"
    now = datetime(2026, 7, 3, 6, tzinfo=BUSINESS_ZONE)
    tasks.suggest()
    assert [row.quarter for row in GradeSuggestion.objects.all()] == [date(2026, 7, 1)]


@pytest.mark.django_db
def test_what_nobody_decided_lapses_with_the_next_quarter() -> None:
    shop = traded()
    (row,) = suggest_grades(None, by=None)
    (newer,) = suggest_grades(None, by=None, at=timezone.now() + 95 * DAY)
    row.refresh_from_db()
    assert (row.state, newer.state) == ("lapsed", "open")
    with pytest.raises(Refused, match="已过期"):
        decide_grade(row, by=shop.who["marketing_director"], accept=True, reason="按标准")


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
    with django_assert_num_queries(6):
        grading.habits(timezone.localdate())
    for _ in range(2):
        traded()
    with django_assert_num_queries(6):
        assert len(grading.habits(timezone.localdate())) == 3


@pytest.mark.django_db(transaction=True)
def test_ten_who_decide_at_once_decide_once() -> None:
    shop = traded()
    (row,) = suggest_grades(None, by=None)
    by = shop.who["marketing_director"]
    outcomes = races.at_once(10, lambda _: decide_grade(row, by=by, accept=True, reason="按标准"))
    assert len(races.of_kind(outcomes, Refused)) == 9
