"""What the technical, production and quality departments keep: daily reports, batches, inspections, anomalies."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.history import History
from audit.models import AppendOnly
from documents.models import Attachment
from orders.models import Line, Order


def amount(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=3, default=Decimal(0))


def person(label: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
    )


class Shift(models.TextChoices):
    DAY = "day", "白班"
    LATE = "late", "中班"
    NIGHT = "night", "夜班"


class BatchStatus(models.TextChoices):
    WAITING = "waiting", "待检"
    INSPECTED = "inspected", "待客服会签"
    REWORK = "rework", "返工"
    ACCEPTED = "accepted", "合格"
    SCRAPPED = "scrapped", "报废"


class Verdict(models.TextChoices):
    PASSED = "passed", "合格"
    CONCEDED = "conceded", "让步接收"
    SCRAP = "scrap", "报废"
    REWORK = "rework", "返工"


class Batch(models.Model):
    """What was made of one line on one day, judged together (R23). Changed only under its order's lock.

    `quantity` was reported good; of it quality accepted or scrapped, and received into stock.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField("批号", max_length=24, unique=True)
    made_on = models.DateField("生产日期")
    quantity = amount("数量")
    status = models.CharField("状态", max_length=10, choices=BatchStatus, default=BatchStatus.WAITING)
    accepted = amount("合格数")
    scrapped = amount("报废数")
    stocked = amount("已入库")
    inspection = models.ForeignKey("Inspection", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "生产批次"
        verbose_name_plural = "生产批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, accepted__gte=0, scrapped__gte=0, stocked__gte=0)
                & Q(quantity__gte=F("accepted") + F("scrapped"))
                & Q(stocked__lte=F("accepted")),
                name="batch_quantities",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=["waiting", "inspected", "rework"]) | Q(stocked__lt=F("accepted")),
                name="batch_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def order_id(self) -> int:
        return self.line.order_id

    @property
    def to_stock(self) -> Decimal:
        """Accepted and not received yet."""
        return self.accepted - self.stocked


class DailyReport(AppendOnly):
    """One entry of the 生产日报表 (R22). A wrong one is taken back by a second row, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="daily_reports")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="daily_reports")
    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.PROTECT, null=True, related_name="reports")
    day = models.DateField("日期")
    shift = models.CharField("班次", max_length=8, choices=Shift)
    step = models.CharField("工序", max_length=40, blank=True)
    machine = models.CharField("机台", max_length=40, blank=True)
    good = amount("合格数")
    scrap = amount("废品数")
    remark = models.CharField("备注", max_length=500, blank=True)
    takes_back = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back_by")
    by = person("报工人")
    at = models.DateTimeField("报工时间")

    class Meta:
        verbose_name = "生产日报"
        verbose_name_plural = "生产日报"
        ordering = ["-id"]
        indexes = [models.Index(fields=["day"], name="dailyreport_day")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.day} {self.good}"


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
    by = person("检验员")
    at = models.DateTimeField("检验时间")

    class Meta:
        verbose_name = "检验"
        verbose_name_plural = "检验"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.get_verdict_display()}"

    @property
    def all_ok(self) -> bool:
        return self.quantity_ok and self.appearance_ok and self.packaging_ok and self.label_ok


class Countersignature(AppendOnly):
    """Customer service's signature under an inspection (R23); with it the verdict takes effect."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="countersignature")
    note = models.CharField("说明", max_length=500, blank=True)
    by = person("会签人")
    at = models.DateTimeField("会签时间")

    class Meta:
        verbose_name = "检验会签"
        verbose_name_plural = "检验会签"

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.by_id}"


class InspectionWithdrawal(AppendOnly):
    """An inspection taken back, with the reason; what it posted is counter-posted (R11)."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField("原因")
    by = person("撤回人")
    at = models.DateTimeField("撤回时间")

    class Meta:
        verbose_name = "撤回检验"
        verbose_name_plural = "撤回检验"

    def __str__(self) -> str:
        return f"{self.inspection_id}"


class AnomalyKind(models.TextChoices):
    QUANTITY = "quantity", "数量"
    QUALITY = "quality", "质量"
    DATE = "date", "交期"
    MATERIAL = "material", "原材料"
    MACHINE = "machine", "设备"
    AMENDED = "amended", "改单期间报工"
    OTHER = "other", "其他"


class Anomaly(models.Model):
    """Something that goes otherwise than confirmed, told at once, with the plan made for the customer (R21)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="anomalies")
    line = models.ForeignKey(
        Line, verbose_name="订单行", on_delete=models.PROTECT, null=True, blank=True, related_name="anomalies"
    )
    kind = models.CharField("类别", max_length=10, choices=AnomalyKind)
    text = models.TextField("情况", max_length=2000)
    raised_by = person("报告人", null=True)
    raised_at = models.DateTimeField("报告时间")
    plan = models.TextField("处理方案", max_length=2000, blank=True)
    planned_by = person("方案人", null=True)
    planned_at = models.DateTimeField("方案时间", null=True, blank=True)
    agreed_by = person("同意人", null=True)
    agreed_at = models.DateTimeField("同意时间", null=True, blank=True)
    result = models.TextField("处理结果", max_length=2000, blank=True)
    closed_by = person("关闭人", null=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "生产异常"
        verbose_name_plural = "生产异常"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | ~Q(plan=""),
                name="anomaly_plan_before_agreement",
                violation_error_message="方案写明后才能同意。",
            ),
        ]
        indexes = [
            models.Index(fields=["order"], condition=Q(agreed_at__isnull=True), name="anomaly_unplanned"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.get_kind_display()}"
