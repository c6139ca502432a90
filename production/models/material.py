"""Raw material issued to the making of a line: which lot went into which goods (R9, recall)."""

from django.db import models
from django.db.models import Q

from audit.models import AppendOnly
from orders.models import Line, Order
from production.models.fields import person
from stock.models import MaterialLot


class MaterialUse(AppendOnly):
    """So much of a lot went into a line. What comes back to the store is a second row of the negative quantity."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="material_uses")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="material_uses")
    lot = models.ForeignKey(MaterialLot, verbose_name="原材料批次", on_delete=models.PROTECT, related_name="uses")
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    takes_back = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="taken_back")
    remark = models.CharField("说明", max_length=500, blank=True)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "发料"
        verbose_name_plural = "发料"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back=None, quantity__gt=0) | Q(takes_back__isnull=False, quantity__lt=0),
                name="material_use_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.lot_id} {self.quantity.normalize():f}"
