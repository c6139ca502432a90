"""《客户等级划分标准》 as editable rules, and what they suggest each quarter; a person decides."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from audit.history import History
from audit.models import AppendOnly
from catalog.models import GRADES
from customers.models import Customer
from finance.models.money import OfCustomerQuerySet, money, person


class GradeRule(models.Model):
    """What a customer's last year must have been like for a grade; whoever meets none is C."""

    grade = models.CharField("等级", max_length=1, choices=GRADES, unique=True)
    least_turnover = money("年发货额不低于 (元)")
    most_average_late = models.DecimalField("平均逾期不超过 (天)", max_digits=6, decimal_places=1)
    most_worst_late = models.PositiveSmallIntegerField("最长逾期不超过 (天)")
    most_broken = models.PositiveSmallIntegerField("未兑现承诺不超过 (次)", default=0)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "客户等级划分标准"
        verbose_name_plural = "客户等级划分标准"
        ordering = ["grade"]
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=["A", "B"]), name="grade_rule_grade"),
            models.CheckConstraint(
                condition=Q(least_turnover__gte=0, most_average_late__gte=0),
                name="grade_rule_amounts",
                violation_error_message="不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade} 级标准"


class GradeSuggestion(models.Model):
    """What the rules say of a customer in a quarter, with the figures they read; open until somebody decides."""

    class State(models.TextChoices):
        OPEN = "open", "待决定"
        ACCEPTED = "accepted", "已调整"
        DECLINED = "declined", "不调整"
        LAPSED = "lapsed", "已过期"

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="+")
    quarter = models.DateField("季度首日")
    current = models.CharField("现等级", max_length=1, choices=GRADES)
    suggested = models.CharField("建议等级", max_length=1, choices=GRADES)
    turnover = money("年发货额")
    average_late = models.DecimalField("平均逾期 (天)", max_digits=6, decimal_places=1)
    worst_late = models.PositiveIntegerField("最长逾期 (天)")
    broken = models.PositiveIntegerField("未兑现承诺")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    decided_by = person("决定人")
    decided_at = models.DateTimeField("决定时间", null=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    at = models.DateTimeField("建议时间")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfCustomerQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "等级建议"
        verbose_name_plural = "等级建议"
        ordering = ["-quarter", "customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "quarter"], name="grade_suggestion_once"),
            models.CheckConstraint(condition=~Q(current=models.F("suggested")), name="grade_suggestion_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.current} → {self.suggested}"


class GradeReview(AppendOnly):
    """The rules were read for a quarter: by the worker once, whichever morning it first ran."""

    quarter = models.DateField("季度首日", unique=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "季度评定"
        verbose_name_plural = "季度评定"

    def __str__(self) -> str:
        return f"{self.quarter}"


START = {
    "A": {"least_turnover": Decimal(500_000), "most_average_late": Decimal(3), "most_worst_late": 15, "most_broken": 0},
    "B": {
        "least_turnover": Decimal(100_000),
        "most_average_late": Decimal(10),
        "most_worst_late": 45,
        "most_broken": 1,
    },
}


def ensure(**kwargs: object) -> None:
    """A house begins with rules, to be edited; runs after every migrate."""
    present = set(GradeRule.objects.values_list("grade", flat=True))
    for grade in sorted(START.keys() - present):
        GradeRule.objects.create(grade=grade, **START[grade])
