"""Grades suggested each quarter from how customers paid, and decided by a person."""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.permissions import MAY
from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import put
from customers.actions import change_grade
from documents import notices
from documents.notices import hows
from documents.numbering import business_day
from finance import grading
from finance.models import GradeReview, GradeRule, GradeSuggestion
from finance.notices import GRADES

State = GradeSuggestion.State
RULE = {"least_turnover", "most_average_late", "most_worst_late", "most_broken"}


@action("suggest_grades", system=True)
def suggest_grades(act: Act, subject: None) -> list[GradeSuggestion]:
    """Write down what the rules say this quarter of those they see in another grade; what was decided stays, what
    nobody decided in an earlier quarter lapses. The worker does it once a quarter, a person as often as they like.

    Raises Refused, to a person, where nothing is new.
    """
    today = business_day(act.at)
    quarter = grading.quarter_of(today)
    _, first = GradeReview.objects.get_or_create(quarter=quarter, defaults={"at": act.at})
    if act.by is None and not first:
        return []
    lapse(act, quarter)
    known = set(GradeSuggestion.objects.filter(quarter=quarter).values_list("customer", flat=True))
    rows = [
        GradeSuggestion(
            customer=customer,
            quarter=quarter,
            current=customer.grade,
            suggested=grade,
            turnover=habit.turnover,
            average_late=habit.average,
            worst_late=habit.worst,
            broken=habit.broken,
            at=act.at,
        )
        for customer, habit, grade in grading.differing(today)
        if customer.pk not in known
    ]
    if not rows and act.by is not None:
        raise Refused("按现行标准，本季没有新的调整建议。")
    for row in rows:
        row.save()
        act.record(row, from_=row.current, to=row.suggested)
    if rows:
        tell_judges(act, rows)
    return rows


def lapse(act: Act, quarter: date) -> None:
    for row in GradeSuggestion.objects.filter(state=State.OPEN, quarter__lt=quarter).order_by("pk"):
        row.state, row.version = State.LAPSED, row.version + 1
        row.save()
        act.record(row, to=row.get_state_display())


def tell_judges(act: Act, rows: list[GradeSuggestion]) -> None:
    """Those who decide, but for whoever asked for the suggestions."""
    judges = User.objects.filter(groups__name__in=MAY["decide_grade"], is_active=True).order_by("pk").distinct()
    notices.tell(
        hows(GRADES.code, judges.exclude(pk=act.by.pk) if act.by else judges),
        event=f"grades:{rows[0].pk}",
        text=f"有 {len(rows)} 个客户的等级建议待决定",
        url="/finance/grades/",
        kind=GRADES.code,
    )


@action("decide_grade")
def decide_grade(act: Act, suggestion: GradeSuggestion, *, accept: bool) -> GradeSuggestion:
    """Follow a suggestion, or leave the grade as it is, with a reason. Raises Refused once decided, without a reason,
    or where the customer's grade has changed since."""
    if suggestion.state != State.OPEN:
        raise Refused(over(suggestion))
    if not act.reason:
        raise Refused("请写明理由。", field="reason")
    if accept:
        if suggestion.customer.grade != suggestion.current:
            raise Refused(f"客户等级已另行调整为 {suggestion.customer.grade} 级，此建议不再适用。")
        change_grade(suggestion.customer, by=act.by, at=act.at, grade=suggestion.suggested, reason=act.reason)
    suggestion.state = State.ACCEPTED if accept else State.DECLINED
    suggestion.decided_by, suggestion.decided_at, suggestion.reason = act.by, act.at, act.reason
    suggestion.version += 1
    suggestion.save()
    act.record(suggestion, to=suggestion.get_state_display())
    return suggestion


def over(suggestion: GradeSuggestion) -> str:
    if suggestion.state == State.LAPSED:
        return "此建议已过期，请看本季的建议。"
    return f"此建议已由 {suggestion.decided_by} 决定：{suggestion.get_state_display()}。"


@action("change_grade_rule")
def change_grade_rule(act: Act, rule: GradeRule, **facts: Any) -> GradeRule:
    """Change what a grade asks for, from the next suggestion on. Raises Invalid for amounts below zero."""
    changed = put(rule, facts, RULE)
    rule.version += 1
    save(rule)
    act.record(rule, changed=changed)
    return rule
