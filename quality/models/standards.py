"""The 产品出厂标准 of a product, what was measured by it, and how strictly the next batch is sampled (R23)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from catalog.models import Product
from production.models.editions import Edition
from quality.models.inspection import Inspection
from quality.sampling import AQLS, LEVELS, Severity


class ItemKind(models.TextChoices):
    MEASURED = "measured", "计量（测数值）"
    ATTRIBUTE = "attribute", "计数（数不合格品）"


class ProductStandard(Edition):
    """One version of a product's 产品出厂标准."""

    history = History(table_name="production_historicalproductstandard")

    class Meta(Edition.Meta):
        db_table = "production_productstandard"
        verbose_name = "产品出厂标准"
        verbose_name_plural = "产品出厂标准"

    def get_absolute_url(self) -> str:
        return reverse("quality:standard", args=[self.pk])


class Characteristic(models.Model):
    """One thing that is looked at, with its limits and how many of a batch are looked at."""

    standard = models.ForeignKey(ProductStandard, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("序")
    item = models.CharField("检验项目", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=ItemKind)
    lower = models.DecimalField("下限", max_digits=12, decimal_places=4, null=True, blank=True)
    upper = models.DecimalField("上限", max_digits=12, decimal_places=4, null=True, blank=True)
    target = models.CharField("标准值或要求", max_length=80, blank=True)
    unit = models.CharField("单位", max_length=12, blank=True)
    method = models.CharField("检验方法", max_length=80, blank=True)
    aql = models.DecimalField(
        "AQL", max_digits=6, decimal_places=3, choices=[(Decimal(aql), aql) for aql in AQLS], default=Decimal("1.5")
    )
    level = models.CharField("检验水平", max_length=4, choices=[(level, level) for level in LEVELS], default="II")

    class Meta:
        db_table = "production_characteristic"
        verbose_name = "检验项目"
        verbose_name_plural = "检验项目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "position"], name="characteristic_position_once"),
            models.CheckConstraint(
                condition=Q(lower=None) | Q(upper=None) | Q(lower__lte=F("upper")),
                name="characteristic_limits",
                violation_error_message="下限不能大于上限。",
            ),
            models.CheckConstraint(
                condition=Q(kind="attribute") | Q(lower__isnull=False) | Q(upper__isnull=False),
                name="characteristic_measured_has_limit",
                violation_error_message="计量项目须有上限或下限。",
            ),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def limits(self) -> str:
        """As it is read: 79.5 – 80.5 mm."""
        low, high = (None if value is None else f"{value.normalize():f}" for value in (self.lower, self.upper))
        if low is None and high is None:
            return self.target
        if low is None:
            return f"≤ {high} {self.unit}".strip()
        return f"≥ {low} {self.unit}".strip() if high is None else f"{low} – {high} {self.unit}".strip()


class SamplingState(models.Model):
    """Where a product stands by the switching rules of GB/T 2828.1; locked after the order."""

    product = models.OneToOneField(Product, on_delete=models.PROTECT, related_name="sampling")
    severity = models.CharField("严格度", max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    score = models.PositiveSmallIntegerField("转移得分", default=0)
    recent = models.CharField("近批（1 接收，0 不接收）", max_length=5, blank=True)
    run = models.PositiveSmallIntegerField("连续接收", default=0)
    refused = models.PositiveSmallIntegerField("加严下累计不接收", default=0)
    stopped = models.BooleanField("暂停检验", default=False)
    steady = models.BooleanField("生产稳定，同意放宽", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History(table_name="production_historicalsamplingstate")

    class Meta:
        db_table = "production_samplingstate"
        verbose_name = "抽样严格度"
        verbose_name_plural = "抽样严格度"

    def __str__(self) -> str:
        return f"{self.product_id} {self.get_severity_display()}"


class SampledInspection(AppendOnly):
    """By which version and how strictly a batch was inspected; `original` batches alone move the severity."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="sampled")
    standard = models.ForeignKey(ProductStandard, on_delete=models.PROTECT, related_name="inspections")
    severity = models.CharField("严格度", max_length=10, choices=Severity.choices)
    original = models.BooleanField("初次提交")
    accepted = models.BooleanField("抽样判定接收")

    class Meta:
        db_table = "production_sampledinspection"
        verbose_name = "抽样检验"
        verbose_name_plural = "抽样检验"

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.get_severity_display()}"


class Finding(AppendOnly):
    """What one characteristic was found to be: the plan as it stood, the values, the verdict."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="findings")
    letter = models.CharField("样本量字码", max_length=1)
    sample_size = models.PositiveIntegerField("样本量")
    accept = models.PositiveSmallIntegerField("Ac")
    refuse = models.PositiveSmallIntegerField("Re")
    values = models.JSONField("实测值", default=list)
    defectives = models.PositiveIntegerField("不合格品数")
    ok = models.BooleanField("合格")

    class Meta:
        db_table = "production_finding"
        verbose_name = "检验记录"
        verbose_name_plural = "检验记录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "characteristic"], name="finding_once"),
            models.CheckConstraint(condition=Q(defectives__lte=F("sample_size")), name="finding_defectives"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.characteristic_id}"

    @property
    def shown(self) -> str:
        return "、".join(self.values) if self.values else f"不合格 {self.defectives}"
