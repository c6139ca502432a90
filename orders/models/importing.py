"""One import of a spreadsheet of orders, and what became of each row."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models import Attachment

if TYPE_CHECKING:
    from accounts.models import User


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: "User") -> Self:
        """An import is seen by whoever started it."""
        return self.filter(by=user)


class ImportRun(models.Model):
    """`report` holds created and repeated orders and refused rows, once the worker is through."""

    file = models.ForeignKey(Attachment, verbose_name="文件", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="导入人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    done_at = models.DateTimeField("完成时间", null=True)
    report = models.JSONField("结果", null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "订单导入"
        verbose_name_plural = "订单导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"导入 {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("orders:import_run", args=[self.pk])
