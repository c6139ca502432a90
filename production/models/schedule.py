"""Machines, the days they run, and the work that is planned on them (R10, R22)."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from orders.models import Line, State
from production.models.cards import ProcessCard
from production.models.steps import Step


def hours_field(label: str, **more: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=5, decimal_places=2, **more)


class Machine(models.Model):
    """A machine of one step; `hours` is how long it runs on a working day."""

    name = models.CharField("机台", max_length=40, unique=True)
    step = models.CharField("工序", max_length=20, choices=Step)
    hours = hours_field("每日工时", default=Decimal(8))
    is_active = models.BooleanField("使用中", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "机台"
        verbose_name_plural = "机台"
        ordering = ["step", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=24),
                name="machine_hours",
                violation_error_message="每日工时应大于 0，不超过 24。",
                violation_error_code="hours",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("production:machine", args=[self.pk])


class MachineDay(models.Model):
    """A day on which a machine runs longer or shorter than usual: overtime, repair, a day off that is worked."""

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="days")
    day = models.DateField("日期")
    hours = hours_field("当日工时")
    reason = models.TextField("原因")

    history = History()

    class Meta:
        verbose_name = "机台当日工时"
        verbose_name_plural = "机台当日工时"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["machine", "day"], name="machine_day_once"),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=24),
                name="machine_day_hours",
                violation_error_message="当日工时应在 0 与 24 之间。",
                violation_error_code="hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.day} {self.hours}"


class WorkOrder(models.Model):
    """One step of one line: so many units by a version of the card, so many machine hours. Ended by another in its
    place, or with the order."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="work_orders")
    card = models.ForeignKey(ProcessCard, verbose_name="工艺卡", on_delete=models.PROTECT, related_name="work_orders")
    position = models.PositiveSmallIntegerField("序")
    step = models.CharField("工序", max_length=20, choices=Step)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    hours = models.DecimalField("机时", max_digits=8, decimal_places=2)
    ended_at = models.DateTimeField("结束", null=True, blank=True)

    history = History()

    class Meta:
        verbose_name = "工单"
        verbose_name_plural = "工单"
        ordering = ["line", "position"]
        constraints = [
            models.UniqueConstraint(fields=["line", "step"], condition=Q(ended_at=None), name="work_order_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, hours__gt=0), name="work_order_amounts"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.get_step_display()}"

    @property
    def number(self) -> str:
        """Of the order, the line and the step: what takes its place after an amendment carries it on."""
        return f"{self.line.order.number}-{self.line.number}-{self.position}"


class SlotQuerySet(models.QuerySet["WorkSlot"]):
    def counting(self) -> "SlotQuerySet":
        """What takes hours: work of orders that are being made. Finished ones take none, reworked ones do again."""
        return self.filter(work__ended_at=None, work__line__order__state=State.PRODUCTION)


class WorkSlot(models.Model):
    """So many hours of a machine on a day are for a work order."""

    work = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="slots")
    machine = models.ForeignKey(Machine, verbose_name="机台", on_delete=models.PROTECT, related_name="slots")
    day = models.DateField("日期")
    hours = hours_field("机时")

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = "排产"
        verbose_name_plural = "排产"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["work", "machine", "day"], name="work_slot_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="work_slot_hours"),
        ]
        indexes = [models.Index(fields=["machine", "day"], name="work_slot_machine_day")]

    def __str__(self) -> str:
        return f"{self.work_id} {self.machine_id} {self.day} {self.hours}"
