"""Pushes of the promised date, and the holds that stop its clock. Dated rows decide (R17)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.models import AppendOnly
from orders.models.order import Order
from orders.models.revision import Revision


class DatePush(AppendOnly):
    """Day `day` moved the promised date by one; a counter-row (`reverses`) takes it back with who and why.

    `live` is the only column that ever changes: it turns false when the day is taken back.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="date_pushes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="date_pushes")
    day = models.DateField("顺延日")
    live = models.BooleanField(default=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.TextField("原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("记录时间")

    may_change = ("live",)

    class Meta:
        verbose_name = "交期顺延"
        verbose_name_plural = "交期顺延"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "day"], condition=Q(live=True), name="push_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.day}"


class HoldPeriod(AppendOnly):
    """From–to of a hold, so that a past day can be judged by what was so then."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    from_at = models.DateTimeField("起")
    to_at = models.DateTimeField("止", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("原因")

    may_change = ("to_at", "ended_by_id")

    class Meta:
        verbose_name = "暂停"
        verbose_name_plural = "暂停"
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(to_at__isnull=True), name="hold_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.from_at}"
