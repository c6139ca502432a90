"""Who answers for what is drafted to leave."""

from django.conf import settings
from django.db import models

from orders.models import Shipment


class Drafter(models.Model):
    """Whoever drafted a shipment, or last changed what the second check judges of it; where the house wants two
    people, the check is another one's."""

    shipment = models.OneToOneField(Shipment, verbose_name="发货", on_delete=models.CASCADE, related_name="drafter")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="拟单或改单人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("拟单或改单时间")

    class Meta:
        verbose_name = "拟单与改单"
        verbose_name_plural = "拟单与改单"

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.by_id}"
