"""监督工作提示, ticked day by day by customer service while an order is made (R20)."""

from django.db import models

from audit.models import AppendOnly
from orders.models import Order
from production.models.anomaly import Anomaly
from production.models.fields import person


class SupervisionDay(AppendOnly):
    """A working day has begun: what was released before it is to be looked at. The worker opens it."""

    day = models.DateField("日期", unique=True)
    opened_at = models.DateTimeField("起")

    class Meta:
        verbose_name = "监督日"
        verbose_name_plural = "监督日"

    def __str__(self) -> str:
        return f"{self.day}"


class SupervisionCheck(AppendOnly):
    """One order looked at on one day, item by item."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="supervision_checks")
    day = models.DateField("日期")
    anomaly = models.ForeignKey(
        Anomaly, verbose_name="报告的异常", on_delete=models.PROTECT, null=True, related_name="found_by"
    )
    by = person("检查人")
    at = models.DateTimeField("检查时间")

    class Meta:
        verbose_name = "监督检查"
        verbose_name_plural = "监督检查"
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "day"], name="supervised_once_a_day", violation_error_message="此单当日已监督检查。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.day}"


class SupervisionItem(AppendOnly):
    """What one item of the list was found to be; its words as they stood that day."""

    # Named `check_of`: a model's `check` is Django's own.
    check_of = models.ForeignKey(SupervisionCheck, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("序")
    text = models.CharField("检查项", max_length=200)
    ok = models.BooleanField("正常")
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "监督检查项"
        verbose_name_plural = "监督检查项"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text
