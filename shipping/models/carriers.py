"""Who carries the goods, how long it takes them, and what is reported from the road (R33, R35)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from orders.models import Shipment


class Carrier(models.Model):
    """A haulier, a courier, or the house's own lorry. Days are calendar days from dispatch to arrival."""

    class Freight(models.TextChoices):
        MONTHLY = "monthly", "月结"
        CASH = "cash", "现付"
        COLLECT = "collect", "到付"

    code = models.SlugField("代码", max_length=20, unique=True, help_text="小写字母和数字，用在回传地址里")
    name = models.CharField("承运人", max_length=80, unique=True)
    phone = models.CharField("查询电话", max_length=40, blank=True)
    freight = models.CharField("运费结算", max_length=8, choices=Freight, default=Freight.MONTHLY)
    lead_days = models.PositiveSmallIntegerField("运输天数", default=2, help_text="未列出的地区按此计")
    adapter = models.CharField(
        "轨迹回传", max_length=20, blank=True, help_text="承运人的系统自动回传轨迹时选择；不选则人工登记"
    )
    key_number = models.PositiveSmallIntegerField("密钥序号", default=1, editable=False)
    is_active = models.BooleanField("使用中", default=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "承运人"
        verbose_name_plural = "承运人"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead_days__gte=0, lead_days__lte=60),
                name="carrier_lead_days",
                violation_error_message="运输天数应在 0 与 60 之间。",
                violation_error_code="lead_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shipping:carrier", args=[self.code])


class CarrierLead(models.Model):
    """The days it takes to one region, named as it stands in an address: 浙江, 苏州."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="leads")
    region = models.CharField("地区", max_length=20)
    days = models.PositiveSmallIntegerField("天数")

    class Meta:
        verbose_name = "地区时效"
        verbose_name_plural = "地区时效"
        ordering = ["region"]
        constraints = [models.UniqueConstraint(fields=["carrier", "region"], name="carrier_region_once")]

    def __str__(self) -> str:
        return f"{self.region} {self.days} 天"


class Carriage(models.Model):
    """Which of the known carriers has a shipment; one that goes by another has none. Its history says which had it."""

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="carriage")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="carriages")

    history = History()

    class Meta:
        verbose_name = "承运"
        verbose_name_plural = "承运"

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.carrier_id}"


class Checkpoint(AppendOnly):
    """Where the goods were seen on their way, typed in by a person or reported by the carrier's own system.

    A report carries the carrier's own id of it, so that the same one counts once for each shipment under its waybill,
    however often it is sent.
    """

    class Kind(models.TextChoices):
        PICKED_UP = "picked_up", "已揽收"
        MOVING = "moving", "运输中"
        DELIVERING = "delivering", "派送中"
        DELIVERED = "delivered", "承运人报已送达"
        TROUBLE = "trouble", "异常"

    shipment = models.ForeignKey(Shipment, verbose_name="发货", on_delete=models.PROTECT, related_name="checkpoints")
    kind = models.CharField("状态", max_length=12, choices=Kind)
    place = models.CharField("地点", max_length=80, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    seen_at = models.DateTimeField("发生时间")
    carrier = models.ForeignKey(
        Carrier, verbose_name="承运人", on_delete=models.PROTECT, null=True, related_name="checkpoints"
    )
    report_id = models.CharField("回传编号", max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "运输轨迹"
        verbose_name_plural = "运输轨迹"
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "report_id", "shipment"], condition=~Q(report_id=""), name="carrier_report_once"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False, report_id="") | Q(by=None, carrier__isnull=False) & ~Q(report_id=""),
                name="checkpoint_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.get_kind_display()}"
