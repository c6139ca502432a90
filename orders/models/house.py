"""The house's own settings of the rules; one row, edited in Django admin through an action."""

from datetime import time
from decimal import Decimal

from django.db import models
from django.db.models import Q

from audit.history import History


class HouseRules(models.Model):
    """One row (id 1). By when things are to be done is said elsewhere (`flow.models.Deadline`)."""

    push_limit = models.PositiveSmallIntegerField("顺延上限（次）", default=5)
    push_cutoff = models.TimeField("当日发出截止", default=time(23, 59, 59), help_text="此后发出的确认书次日起算")
    push_working_days = models.BooleanField("按工作日顺延", default=False)
    small_difference = models.DecimalField("尾差上限（元）", max_digits=8, decimal_places=2, default=Decimal("10.00"))
    second_checker = models.BooleanField("发货复核须另一人", default=False)
    scan_to_dispatch = models.BooleanField("发货前须逐托扫码", default=False)
    return_chase_days = models.PositiveSmallIntegerField("待补传升级（工作日）", default=3)
    supervision = models.TextField(
        "监督工作提示（每单必查）",
        blank=True,
        default="进度\n质量\n数量\n时间",
        help_text="一行一项；各单确认书上的监督工作提示列在其后",
    )
    version = models.PositiveIntegerField(default=1)

    history = History(given=True)

    class Meta:
        verbose_name = "规则参数"
        verbose_name_plural = "规则参数"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="house_rules_one_row")]

    def __str__(self) -> str:
        return "规则参数"

    @classmethod
    def current(cls) -> "HouseRules":
        return cls.objects.get_or_create(pk=1)[0]
