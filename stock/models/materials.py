"""Raw materials: lots, every move of them, and what is expected to arrive (R9)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.history import History
from audit.models import AppendOnly
from catalog.models import Material


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, null=True, related_name="+"
    )


class MaterialLot(models.Model):
    """A balance: what came together and how much of it is left. Changed only by `stock.materials.moves`."""

    material = models.ForeignKey(Material, verbose_name="原材料", on_delete=models.PROTECT, related_name="lots")
    number = models.CharField("批号", max_length=40, unique=True)
    supplier = models.CharField("供应商", max_length=80, blank=True)
    received_on = models.DateField("到料日期")
    shelf_until = models.DateField("保质期至", null=True, blank=True)
    on_hand = models.DecimalField("库存数量", max_digits=14, decimal_places=3, default=Decimal(0))
    reserved = models.DecimalField("已预留", max_digits=14, decimal_places=3, default=Decimal(0))

    class Meta:
        verbose_name = "原材料批次"
        verbose_name_plural = "原材料批次"
        ordering = ["received_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")),
                name="material_lot_balance",
                violation_error_message="预留数量应在 0 与库存数量之间。",
            ),
            models.CheckConstraint(
                condition=Q(shelf_until=None) | Q(shelf_until__gte=F("received_on")),
                name="material_lot_dates",
                violation_error_message="保质期不能早于到料日期。",
                violation_error_code="shelf_until",
            ),
        ]
        indexes = [models.Index("material", condition=Q(on_hand__gt=0), name="material_lot_here")]

    def __str__(self) -> str:
        return self.number

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


class MaterialMove(AppendOnly):
    """One change of one lot's balance; their sum is the balance (`manage.py verify_stock`)."""

    class Kind(models.TextChoices):
        OPENED = "opened", "期初"
        RECEIVED = "received", "到料"
        COUNTED_UP = "counted_up", "盘盈"
        COUNTED_DOWN = "counted_down", "盘亏"
        WRITTEN_OFF = "written_off", "报废"
        ISSUED = "issued", "发料"
        PUT_BACK = "put_back", "退料"
        RESERVED = "reserved", "预留"
        FREED = "freed", "取消预留"

    lot = models.ForeignKey(MaterialLot, verbose_name="批次", on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    ref = models.CharField("单据", max_length=80, blank=True)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "原材料变动"
        verbose_name_plural = "原材料变动"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="material_move_quantity")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity.normalize():f}"


class ExpectedArrival(models.Model):
    """Material that purchasing has ordered; purchasing itself is outside.

    It may come in parts: `received` is what has come so far, `lot` what came last. It is over when all has come, or
    when somebody says, and why, that the rest does not.
    """

    class State(models.TextChoices):
        OPEN = "open", "未到"
        ARRIVED = "arrived", "已到"
        CANCELLED = "cancelled", "已取消"

    material = models.ForeignKey(Material, verbose_name="原材料", on_delete=models.PROTECT, related_name="arrivals")
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    received = models.DecimalField("已到数量", max_digits=14, decimal_places=3, default=Decimal(0), editable=False)
    due_on = models.DateField("预计到料")
    reference = models.CharField("采购单号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    lot = models.ForeignKey(
        MaterialLot, verbose_name="到料批次", on_delete=models.PROTECT, null=True, blank=True, related_name="arrivals"
    )
    created_by = person("登记人")
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "预计到料"
        verbose_name_plural = "预计到料"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="expected_arrival_quantity",
                violation_error_message="数量应大于 0。",
                violation_error_code="quantity",
            ),
            models.CheckConstraint(
                condition=Q(received__gt=0, lot__isnull=False) | Q(received=0, lot=None) & ~Q(state="arrived"),
                name="came_with_its_lot",
            ),
        ]
        indexes = [models.Index(fields=["material", "due_on"], condition=Q(state="open"), name="arrival_open")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.quantity.normalize():f} {self.due_on}"

    @property
    def rest(self) -> Decimal:
        """What has not come of it."""
        return max(Decimal(0), self.quantity - self.received)
