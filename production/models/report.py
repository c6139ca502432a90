"""The 生产日报表."""

from decimal import Decimal

from django.db import models

from audit.models import AppendOnly
from orders.models import Line, Order
from production.models.batch import Batch
from production.models.fields import amount, person


class Shift(models.TextChoices):
    DAY = "day", "白班"
    LATE = "late", "中班"
    NIGHT = "night", "夜班"


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
    hours = models.DecimalField("工时", max_digits=6, decimal_places=2, default=Decimal(0))
    # Of a step before the last one: progress of that step, and nothing of what the line is to bring.
    counted = models.BooleanField("计入合格", default=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    reason = models.CharField("补报原因", max_length=500, blank=True)
    sheet = models.ForeignKey("ReportSheet", on_delete=models.PROTECT, null=True, related_name="rows")
    # Of the step that is reported, where the line has one so named.
    work = models.ForeignKey(
        "WorkOrder", verbose_name="工单", on_delete=models.PROTECT, null=True, related_name="reports"
    )
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
