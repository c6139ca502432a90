"""Finished goods: lots, the pallets they lie on, and every move of them."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from catalog.models import Product


class Lot(models.Model):
    """What was made together. Only a released lot may be reserved or shipped; quality says so."""

    class Status(models.TextChoices):
        QUARANTINED = "quarantined", "待检隔离"
        RELEASED = "released", "已放行"
        SCRAPPED = "scrapped", "已报废"

    class Source(models.TextChoices):
        IMPORT = "import", "期初导入"
        PRODUCTION = "production", "生产入库"

    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="lots")
    number = models.CharField("批号", max_length=40, unique=True)
    made_on = models.DateField("生产日期")
    shelf_until = models.DateField("保质期至", null=True, blank=True)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.QUARANTINED)
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.PRODUCTION)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "批次"
        verbose_name_plural = "批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shelf_until=None) | Q(shelf_until__gte=F("made_on")),
                name="lot_dates",
                violation_error_message="保质期不能早于生产日期。",
                violation_error_code="shelf_until",
            ),
            models.CheckConstraint(condition=Q(status__in=["quarantined", "released", "scrapped"]), name="lot_status"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("stock:lot", args=[self.pk])

    @property
    def tone(self) -> str:
        """How its badge looks."""
        return {"quarantined": "warn", "released": "ok"}.get(self.status, "neutral")


class Pallet(models.Model):
    """A balance: what lies here and how much of it is spoken for. Changed only by `stock.moves`."""

    lot = models.ForeignKey(Lot, verbose_name="批次", on_delete=models.PROTECT, related_name="pallets")
    number = models.CharField("托盘号", max_length=40, unique=True)
    pieces = models.PositiveIntegerField("件数", default=0)
    on_hand = models.DecimalField("库存数量", max_digits=14, decimal_places=3, default=Decimal(0))
    reserved = models.DecimalField("已预留", max_digits=14, decimal_places=3, default=Decimal(0))

    class Meta:
        verbose_name = "托盘"
        verbose_name_plural = "托盘"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")),
                name="pallet_balance",
                violation_error_message="预留数量应在 0 与库存数量之间。",
            ),
        ]
        indexes = [
            # What could still be reserved; empty pallets stay for the record only.
            models.Index("lot", condition=Q(on_hand__gt=F("reserved")), name="pallet_free"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


class Move(AppendOnly):
    """One change of one balance; the sum of a pallet's moves is its balance (`manage.py verify_stock`)."""

    class Kind(models.TextChoices):
        OPENED = "opened", "期初"
        RECEIVED = "received", "入库"
        RESERVED = "reserved", "预留"
        FREED = "freed", "取消预留"
        SHIPPED = "shipped", "出库"
        PUT_BACK = "put_back", "退回入库"
        WRITTEN_OFF = "written_off", "报废"
        TAKEN_BACK = "taken_back", "撤回入库"

    pallet = models.ForeignKey(Pallet, verbose_name="托盘", on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    ref = models.CharField("单据", max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经手", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "库存变动"
        verbose_name_plural = "库存变动"
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="move_quantity")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity.normalize():f}"
