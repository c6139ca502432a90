"""Quality's judgement of a batch, its countersignature, and its withdrawal."""

from django.db import models

from audit.models import AppendOnly
from documents.models import Attachment
from production.models.batch import Batch
from production.models.fields import amount, person


class Verdict(models.TextChoices):
    PASSED = "passed", "合格"
    CONCEDED = "conceded", "让步接收"
    SCRAP = "scrap", "报废"
    REWORK = "rework", "返工"


class Inspection(AppendOnly):
    """Quality's judgement of a batch by the 产品出厂标准; it counts with customer service's signature beside it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="inspections")
    verdict = models.CharField("结论", max_length=10, choices=Verdict)
    quantity = amount("批量")
    scrap = amount("其中报废")
    sample_size = models.PositiveIntegerField("抽样数")
    quantity_ok = models.BooleanField("数量相符")
    appearance_ok = models.BooleanField("外观合格")
    packaging_ok = models.BooleanField("包装合格")
    label_ok = models.BooleanField("标签合格（型号、数量、生产日期）")
    measured = models.TextField("实测记录", max_length=2000)
    reason = models.TextField("原因", blank=True)
    conceded_by = models.CharField("让步批准人", max_length=40, blank=True)
    paper = models.ForeignKey(Attachment, verbose_name="附件", on_delete=models.PROTECT, null=True, related_name="+")
    photos = models.ManyToManyField(Attachment, verbose_name="照片", related_name="+", blank=True)
    by = person("检验员")
    at = models.DateTimeField("检验时间")

    class Meta:
        db_table = "production_inspection"
        verbose_name = "检验"
        verbose_name_plural = "检验"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.get_verdict_display()}"

    @property
    def conceder(self) -> str:
        """Who took the batch as it is; `conceded_by` is what an inspector typed before that was signed for."""
        if self.verdict != Verdict.CONCEDED:
            return ""
        concession = getattr(self, "concession", None)
        return concession.by.name if concession else self.conceded_by

    @property
    def all_ok(self) -> bool:
        return self.quantity_ok and self.appearance_ok and self.packaging_ok and self.label_ok


class ReworkReport(AppendOnly):
    """What production did to a batch that quality sent back: hours, what was spoilt, how it was put right."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="reworked")
    hours = models.DecimalField("工时", max_digits=6, decimal_places=2)
    scrap = amount("报废数")
    text = models.TextField("返工情况", max_length=2000)
    by = person("登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        db_table = "production_reworkreport"
        verbose_name = "返工登记"
        verbose_name_plural = "返工登记"
        constraints = [
            models.CheckConstraint(condition=models.Q(hours__gt=0, scrap__gte=0), name="rework_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}"


class Concession(AppendOnly):
    """让步接收 signed for by a person of the house; until then customer service has nothing to sign beside."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="concession")
    text = models.TextField("批准意见", max_length=2000)
    paper = models.ForeignKey(
        Attachment, verbose_name="客户同意", on_delete=models.PROTECT, null=True, related_name="+"
    )
    by = person("批准人")
    at = models.DateTimeField("批准时间")

    class Meta:
        db_table = "production_concession"
        verbose_name = "让步批准"
        verbose_name_plural = "让步批准"

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.by_id}"


class Countersignature(AppendOnly):
    """Customer service's signature under an inspection (R23); with it the verdict takes effect.

    The four ticks are its own, null where it signed before there were any.
    """

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="countersignature")
    quantity_ok = models.BooleanField("数量相符", null=True)
    appearance_ok = models.BooleanField("外观合格", null=True)
    packaging_ok = models.BooleanField("包装合格", null=True)
    label_ok = models.BooleanField("标签合格（型号、数量、生产日期）", null=True)
    note = models.CharField("说明", max_length=500, blank=True)
    by = person("会签人")
    at = models.DateTimeField("会签时间")

    class Meta:
        db_table = "production_countersignature"
        verbose_name = "检验会签"
        verbose_name_plural = "检验会签"

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.by_id}"


class InspectionRefusal(AppendOnly):
    """Who was to sign under an inspection sends the batch back to quality, with the reason; nothing was posted yet."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="refusal")
    reason = models.TextField("原因")
    by = person("退回人")
    at = models.DateTimeField("退回时间")

    class Meta:
        db_table = "production_inspectionrefusal"
        verbose_name = "检验退回"
        verbose_name_plural = "检验退回"

    def __str__(self) -> str:
        return f"{self.inspection_id}"


class InspectionWithdrawal(AppendOnly):
    """An inspection taken back, with the reason; what it posted is counter-posted (R11)."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField("原因")
    by = person("撤回人")
    at = models.DateTimeField("撤回时间")

    class Meta:
        db_table = "production_inspectionwithdrawal"
        verbose_name = "撤回检验"
        verbose_name_plural = "撤回检验"

    def __str__(self) -> str:
        return f"{self.inspection_id}"
