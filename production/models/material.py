"""Raw material promised to and issued for the making of a line, and what its statement stood on (R9, recall)."""

from django.db import models
from django.db.models import Q

from audit.models import AppendOnly
from catalog.models import Material
from orders.models import Line, Order, SignOff
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


class MaterialReserved(AppendOnly):
    """So much of a lot is promised to a line; a negative row takes it back, or goes before its issue. The sum over a
    lot is that lot's `reserved`."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="material_reserved")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="material_reserved")
    lot = models.ForeignKey(MaterialLot, verbose_name="原材料批次", on_delete=models.PROTECT, related_name="promised")
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "原材料预留"
        verbose_name_plural = "原材料预留"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="material_reserved_quantity")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.lot_id} {self.quantity.normalize():f}"


class StatedMaterial(AppendOnly):
    """What a signed material statement says of its line in figures, as it was typed."""

    statement = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="stated_material")
    free = models.DecimalField("可用", max_digits=14, decimal_places=3, null=True)
    short = models.DecimalField("缺口", max_digits=14, decimal_places=3, null=True)
    arrives_on = models.DateField("预计到料", null=True)

    class Meta:
        verbose_name = "原材料说明数据"
        verbose_name_plural = "原材料说明数据"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.arrives_on or ''}"


class StatedNeed(AppendOnly):
    """What a signed material statement stands on for each material of the need list: what was lacking when it was
    signed, and the day by which it relies on all of it; without a day it relies on what lies there."""

    statement = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="stated_needs")
    material = models.ForeignKey(Material, verbose_name="原材料", on_delete=models.PROTECT, related_name="+")
    short = models.DecimalField("缺口", max_digits=14, decimal_places=3)
    arrives_on = models.DateField("预计到齐", null=True)

    class Meta:
        verbose_name = "说明所据原材料"
        verbose_name_plural = "说明所据原材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["statement", "material"], name="stated_need_once")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.short.normalize():f} {self.arrives_on or ''}"
