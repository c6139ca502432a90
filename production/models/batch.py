"""What was made together and is judged together."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from audit.history import History
from audit.models import AppendOnly
from orders.models import Line
from production.models.fields import amount, person
from stock.models import Pallet


class BatchStatus(models.TextChoices):
    WAITING = "waiting", "待检"
    CONCEDING = "conceding", "待让步批准"
    INSPECTED = "inspected", "待客服会签"
    REWORK = "rework", "返工"
    ACCEPTED = "accepted", "合格"
    SCRAPPED = "scrapped", "报废"


# Of these it is not settled yet what becomes of them.
UNJUDGED = (BatchStatus.WAITING, BatchStatus.REWORK, BatchStatus.CONCEDING, BatchStatus.INSPECTED)


class Batch(models.Model):
    """What was made of one line on one day, judged together (R23). Changed only under its order's lock.

    `quantity` was reported good; of it quality accepted or scrapped, and received into stock.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField("批号", max_length=24, unique=True)
    made_on = models.DateField("生产日期")
    quantity = amount("数量")
    status = models.CharField("状态", max_length=10, choices=BatchStatus, default=BatchStatus.WAITING)
    accepted = amount("合格数")
    scrapped = amount("报废数")
    stocked = amount("已入库")
    # The judgement that counts, written by quality, which stands above.
    inspection = models.ForeignKey(
        "quality.Inspection", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "生产批次"
        verbose_name_plural = "生产批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, accepted__gte=0, scrapped__gte=0, stocked__gte=0)
                & Q(quantity__gte=F("accepted") + F("scrapped"))
                & Q(stocked__lte=F("accepted")),
                name="batch_quantities",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=["waiting", "conceding", "inspected", "rework"]) | Q(stocked__lt=F("accepted")),
                name="batch_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def order_id(self) -> int:
        return self.line.order_id

    @property
    def to_stock(self) -> Decimal:
        """Accepted and not received yet."""
        return self.accepted - self.stocked


class PalletReceived(AppendOnly):
    """How a pallet of a batch was handed in: as it was counted, in which unit, and what it weighed."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="receipts")
    pallet = models.OneToOneField(Pallet, on_delete=models.PROTECT, related_name="+")
    quantity = amount("交库数量")
    unit = models.CharField("单位", max_length=12)
    weighed_kg = models.DecimalField("过磅 kg", max_digits=12, decimal_places=3, null=True)
    by = person("交库人")
    at = models.DateTimeField("交库时间")

    class Meta:
        verbose_name = "成品交库"
        verbose_name_plural = "成品交库"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.quantity.normalize():f} {self.unit}"
