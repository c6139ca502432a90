"""What the warehouse has scanned onto a shipment, pallet by pallet."""

from django.conf import settings
from django.db import models

from orders.models import ShipmentLine


class Pick(models.Model):
    """A line's pallet was scanned and stands by the door; gone again where the line is changed."""

    row = models.OneToOneField(ShipmentLine, verbose_name="发货明细", on_delete=models.CASCADE, related_name="pick")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="拣货人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("扫码时间")

    class Meta:
        verbose_name = "拣货"
        verbose_name_plural = "拣货"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.row_id}"
