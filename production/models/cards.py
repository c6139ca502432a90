"""The 工艺卡 of a product: what it is made of, by which steps, and which version judged an order's line (R8)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from orders.models import SignOff
from production.models.editions import Edition
from production.models.steps import Step


class ProcessCard(Edition):
    """One version of a product's 工艺卡 (工艺配方)."""

    formula = models.TextField("配方", max_length=2000, help_text="面材、胶、离型纸、油墨色号与配比")
    tooling = models.CharField("版辊 / 刀模", max_length=120, blank=True)
    note = models.TextField("工艺要求", max_length=2000, blank=True)

    history = History()

    class Meta(Edition.Meta):
        verbose_name = "工艺卡"
        verbose_name_plural = "工艺卡"

    def get_absolute_url(self) -> str:
        return reverse("production:card", args=[self.pk])


class CardStep(models.Model):
    """One step of a card. `rate` is units of the product per hour; `setup` the hours before the first one."""

    card = models.ForeignKey(ProcessCard, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField("序")
    step = models.CharField("工序", max_length=20, choices=Step)
    rate = models.DecimalField("每小时产量", max_digits=10, decimal_places=2)
    setup = models.DecimalField(
        "准备（小时）", max_digits=5, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    parameters = models.CharField("工艺参数", max_length=200, blank=True)

    class Meta:
        verbose_name = "工序"
        verbose_name_plural = "工序"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["card", "position"], name="card_step_position_once"),
            models.UniqueConstraint(
                fields=["card", "step"], name="card_step_once", violation_error_message="同一工序只写一行。"
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0, setup__gte=0),
                name="card_step_amounts",
                violation_error_message="每小时产量应大于 0，准备时间不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_step_display()

    def hours(self, quantity: Decimal) -> Decimal:
        """How long a machine is taken by so many units."""
        return (self.setup + quantity / self.rate).quantize(Decimal("0.01"))


class JudgedBy(AppendOnly):
    """The version of the 工艺卡 that technical's word on a line was given by, and the line is made by."""

    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="judged_by")
    card = models.ForeignKey(ProcessCard, verbose_name="工艺卡", on_delete=models.PROTECT, related_name="judged")

    class Meta:
        verbose_name = "技术确认所据工艺卡"
        verbose_name_plural = "技术确认所据工艺卡"

    def __str__(self) -> str:
        return f"{self.signoff_id} {self.card_id}"
