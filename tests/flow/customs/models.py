from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from orders.models import Order


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(order__in=Order.objects.visible_to(user))


class Declaration(models.Model):
    """报关单 of one order: its papers are filed by sales, and released by somebody of customer service."""

    number = models.CharField("报关单号", max_length=24, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="open")
    goods_code = models.CharField("商品编码", max_length=10, blank=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        app_label = "flow"
        verbose_name = "报关单"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("customs:declaration", args=[self.number])
