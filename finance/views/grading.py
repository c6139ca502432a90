"""等级建议: what the rules suggest this quarter, decided one by one; and the rules."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform, press
from finance.actions.grading import change_grade_rule, decide_grade, suggest_grades
from finance.forms.grading import DecideForm, RuleForm
from finance.models import GradeRule, GradeSuggestion
from finance.views.person import person

JUDGES = frozenset({"cs_supervisor", "marketing_director", "finance"})
SHELVES = {"open": "待决定", "decided": "已决定"}


@require_safe
@open_to(JUDGES)
def index(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "open")
    shelf = shelf if shelf in SHELVES else "open"
    found = GradeSuggestion.objects.visible_to(person(request)).select_related("customer", "decided_by")
    found = found.filter(state="open") if shelf == "open" else found.exclude(state="open")
    page = page_of(found, request.GET, ("id",), descending=True)
    context = {
        "page": page,
        "shelf": shelf,
        "tabs": [{"label": label, "url": f"?shelf={code}", "active": code == shelf} for code, label in SHELVES.items()],
        "rules": GradeRule.objects.order_by("grade"),
        "may_suggest": may(request.user, "suggest_grades"),
        "may_decide": may(request.user, "decide_grade"),
        "may_change": may(request.user, "change_grade_rule"),
    }
    return render(request, "finance/grades.html", context)


@require_POST
@needs("suggest_grades")
def suggest(request: HttpRequest) -> HttpResponse:
    return press(request, suggest_grades, None, to=reverse("finance:grades"), said="建议已更新。")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("decide_grade")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    seen = GradeSuggestion.objects.visible_to(person(request)).select_related("customer", "decided_by")
    suggestion = get_object_or_404(seen, pk=pk)
    form = DecideForm(request.POST if request.method == "POST" else None, subject=suggestion)
    done = perform(request, form, decide_grade, suggestion, to=reverse("finance:grades"), said="已决定。")
    context = {"form": form, "suggestion": suggestion}
    return done or render(request, "finance/grade.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_grade_rule")
def rule(request: HttpRequest, grade: str) -> HttpResponse:
    record = get_object_or_404(GradeRule, grade=grade)
    form = RuleForm(request.POST if request.method == "POST" else None, instance=record)
    done = perform(request, form, change_grade_rule, record, to=reverse("finance:grades"), said="标准已更新。")
    return done or render(request, "finance/grade_rule.html", {"form": form, "rule": record}, status=form.status)
