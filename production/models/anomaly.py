"""What goes otherwise than confirmed, and the plan made of it."""

from django.db import models
from django.db.models import Q

from audit.history import History
from audit.models import AppendOnly
from documents.models import Attachment
from orders.models import Line, Order
from production.models.fields import person


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
    lines = models.ManyToManyField(Line, verbose_name="订单行", related_name="anomalies", blank=True)
    photos = models.ManyToManyField(Attachment, verbose_name="照片", related_name="+", blank=True)
    kind = models.CharField("类别", max_length=10, choices=AnomalyKind)
    text = models.TextField("情况", max_length=2000)
    raised_by = person("报告人", null=True)
    raised_at = models.DateTimeField("报告时间")
    forwarded = models.TextField("转报说明", max_length=2000, blank=True)
    forwarded_by = person("转报人", null=True)
    forwarded_at = models.DateTimeField("转报时间", null=True, blank=True)
    plan = models.TextField("处理方案", max_length=2000, blank=True)
    planned_by = person("方案人", null=True)
    planned_at = models.DateTimeField("方案时间", null=True, blank=True)
    agreed_by = person("同意人", null=True)
    agreed_at = models.DateTimeField("同意时间", null=True, blank=True)
    minutes_to_plan = models.PositiveIntegerField("商定用时（工作分钟）", null=True, blank=True)
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
            models.Index(fields=["id"], condition=Q(closed_at__isnull=True), name="anomaly_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.get_kind_display()}"


class AnswerWay(models.TextChoices):
    PHONE = "phone", "电话"
    EMAIL = "email", "电子邮件"
    WECHAT = "wechat", "微信"
    FAX = "fax", "传真"
    VISIT = "visit", "当面"


class AnomalyAnswer(AppendOnly):
    """What the customer said to the plan: who, when, how, with the paper where there is one (R21)."""

    anomaly = models.ForeignKey(Anomaly, on_delete=models.PROTECT, related_name="answers")
    accepted = models.BooleanField("同意方案")
    said_by = models.CharField("客户答复人", max_length=40)
    said_at = models.DateTimeField("答复时间")
    way = models.CharField("方式", max_length=10, choices=AnswerWay)
    text = models.TextField("客户答复", max_length=2000)
    paper = models.ForeignKey(Attachment, verbose_name="附件", on_delete=models.PROTECT, null=True, related_name="+")
    by = person("登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "异常的客户答复"
        verbose_name_plural = "异常的客户答复"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.anomaly_id} {self.said_by}"
