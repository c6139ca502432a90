"""新品开发打样: asked for, made, sent, answered by the customer, filed (封样), made a product (R8, R37)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from catalog.models import Product
from customers.models import Customer
from documents.models import Attachment
from orders.models import Line
from production.models.fields import person


class SampleState(models.TextChoices):
    ASKED = "asked", "待打样"
    MADE = "made", "已打样，待寄"
    SENT = "sent", "已寄，待客户答复"
    APPROVED = "approved", "客户认可，待封样"
    REFUSED = "refused", "客户不认可，待重打"
    SEALED = "sealed", "已封样"
    DROPPED = "dropped", "已放弃"


OPEN = [SampleState.ASKED, SampleState.MADE, SampleState.SENT, SampleState.APPROVED, SampleState.REFUSED]


class SampleQuerySet(models.QuerySet["SampleRequest"]):
    def visible_to(self, user: Any) -> "SampleQuerySet":
        return self.filter(customer__in=Customer.objects.visible_to(user))


class SampleRequest(models.Model):
    """What the customer wants to see before it is made. `line` where an order's line waits for it."""

    number = models.CharField("打样单号", max_length=24, unique=True)
    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="samples")
    line = models.ForeignKey(
        Line, verbose_name="订单行", on_delete=models.PROTECT, null=True, blank=True, related_name="samples"
    )
    product = models.ForeignKey(
        Product, verbose_name="产品", on_delete=models.PROTECT, null=True, blank=True, related_name="samples"
    )
    name = models.CharField("品名", max_length=80)
    spec = models.CharField("规格", max_length=120)
    quantity = models.CharField("样品数量", max_length=40, help_text="如 2 卷、50 张")
    wanted_on = models.DateField("要求日期", null=True, blank=True)
    words = models.TextField("要求", max_length=2000, help_text="材质、尺寸、颜色、用途、参照样")
    state = models.CharField("状态", max_length=8, choices=SampleState, default=SampleState.ASKED)
    asked_by = person("申请人")
    asked_at = models.DateTimeField("申请时间")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SampleQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "打样单"
        verbose_name_plural = "打样单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(line__isnull=False) & ~Q(state__in=[SampleState.SEALED, SampleState.DROPPED]),
                name="sample_of_line_once",
                violation_error_message="这一行已在打样中。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("production:sample", args=[self.number])


class SampleStep(AppendOnly):
    """What was done about a sample: by whom, in which words, with which paper or photo."""

    sample = models.ForeignKey(SampleRequest, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField("之后", max_length=8, choices=SampleState)
    text = models.CharField("说明", max_length=500)
    paper = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "打样经过"
        verbose_name_plural = "打样经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.get_state_display()}"
