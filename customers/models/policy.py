"""What each grade means: the policy that admins edit (R16, R27)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from audit.history import History
from catalog.models import GRADES


def percent(name: str, label: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 100}),
        name=f"%(class)s_{name}",
        violation_error_message=f"{label}应在 0 到 100 之间。",
        violation_error_code=name,
    )


class GradePolicy(models.Model):
    """What a grade means (R16, R27): data that admins edit, through an action. Three rows: A, B, C."""

    grade = models.CharField("等级", max_length=1, primary_key=True, choices=GRADES)
    starts_early = models.BooleanField("回传前可先下达生产", default=False, help_text="回传改为待补传")
    deposit_percent = models.DecimalField("定金比例 (%)", max_digits=5, decimal_places=2, default=Decimal(0))
    deposit_by_contract_only = models.BooleanField("仅合同约定时收定金", default=False)
    share_before_shipping = models.DecimalField(
        "发货前应付比例 (%)", max_digits=5, decimal_places=2, default=Decimal(100), help_text="无生效合同时"
    )
    share_on_contract = models.DecimalField(
        "有合同时发货前应付比例 (%)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        help_text="有生效合同、而合同未写明时",
    )
    unpaid_deposit_pushes = models.BooleanField("定金未到也顺延预交日", default=False)
    special_release_allowed = models.BooleanField("可特批未付款发货", default=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History(given=True)

    class Meta:
        verbose_name = "客户等级政策"
        verbose_name_plural = "客户等级政策"
        ordering = ["grade"]
        constraints = [
            percent("deposit_percent", "定金比例"),
            percent("share_before_shipping", "发货前应付比例"),
            percent("share_on_contract", "有合同时发货前应付比例"),
            models.CheckConstraint(condition=Q(grade__in=["A", "B", "C"]), name="gradepolicy_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} 级客户政策"
