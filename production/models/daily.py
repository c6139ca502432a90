"""The 生产日报表 as paper: the sheet of a shift, and the day that production signs (R22)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.models import AppendOnly
from production.models.fields import person
from production.models.report import Shift


class ReportSheet(AppendOnly):
    """What one shift reported at once, of one step. `counted`: its good output is good of the orders."""

    day = models.DateField("日期")
    shift = models.CharField("班次", max_length=8, choices=Shift)
    step = models.CharField("工序", max_length=40, blank=True)
    machine = models.CharField("机台", max_length=40, blank=True)
    counted = models.BooleanField("计入合格", default=True)
    pasted = models.TextField("粘贴原文", blank=True)
    reason = models.CharField("说明", max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    by = person("报工人")
    at = models.DateTimeField("报工时间")

    class Meta:
        verbose_name = "班次报表"
        verbose_name_plural = "班次报表"
        ordering = ["-id"]
        constraints = [
            # The same figures of the same shift once more are a second window, unless it is said why they are not.
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(reason=""),
                name="sheet_counts_once",
                violation_error_message="这张班次报表已经报过，没有重复计数。",
            )
        ]
        indexes = [models.Index(fields=["day"], name="reportsheet_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_shift_display()} {self.machine or self.step}"

    def get_absolute_url(self) -> str:
        return reverse("production:day", args=[self.day.isoformat()])


class ReportDay(models.Model):
    """A day that something is reported for: the row that whoever reports or signs it locks, after the orders.

    `version` rises with every report; a signature names the one that it saw.
    """

    day = models.DateField("日期", unique=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "生产日"
        verbose_name_plural = "生产日"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"

    def get_absolute_url(self) -> str:
        return reverse("production:day", args=[self.day.isoformat()])


class DaySignature(AppendOnly):
    """Production signs the day's report. `covers` is the last report that it saw; a later one wants a new signature."""

    report_day = models.ForeignKey(ReportDay, on_delete=models.PROTECT, related_name="signatures")
    number = models.PositiveSmallIntegerField("版本")
    covers = models.BigIntegerField("截至报工")
    note = models.CharField("说明", max_length=500, blank=True)
    by = person("签字人")
    at = models.DateTimeField("签字时间")

    class Meta:
        verbose_name = "日报签字"
        verbose_name_plural = "日报签字"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["report_day", "number"],
                name="day_signed_once",
                violation_error_message="当日生产日报刚由他人签字，请刷新后再看。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_day} 第 {self.number} 版"
