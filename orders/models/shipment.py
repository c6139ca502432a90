"""The shipment's core: customer, address, lines, quantities, state. Its papers and way are shipping's."""

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField, transition

from audit.fsm import SafeRefresh
from audit.history import History
from customers.models import Customer
from flow.conditions import gates_open
from orders.models.ledger import Line
from orders.models.order import Order
from orders.models.revision import DeliveryWay
from stock.models import Pallet

if TYPE_CHECKING:
    from accounts.models import User


class ShipmentState(models.TextChoices):
    DRAFT = "draft", "拟发"
    NOTICED = "noticed", "已通知"
    DISPATCHED = "dispatched", "已发出"
    ARRIVED = "arrived", "已到货"
    SIGNED = "signed", "已签收"
    CANCELLED = "cancelled", "已取消"


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, user: "User") -> Self:
        """A shipment is seen by whoever sees an order on it."""
        orders = Order.objects.visible_to(user)
        return self.filter(pk__in=ShipmentLine.objects.filter(line__order__in=orders).values("shipment_id"))


class Shipment(SafeRefresh):
    """Goods of one customer sent to one address at one time. `value` is with tax; `digest` covers lines, amount and
    address, and so what clearance and the second check have seen."""

    number = models.CharField("发货单号", max_length=24, unique=True)
    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="shipments")
    state = FSMField("状态", max_length=12, choices=ShipmentState.choices, default=ShipmentState.DRAFT, protected=True)
    version = models.PositiveIntegerField(default=1)
    receiver = models.CharField("收货人", max_length=40)
    phone = models.CharField("联系电话", max_length=40)
    address = models.CharField("收货地址", max_length=200)
    way = models.CharField("交货方式", max_length=12, choices=DeliveryWay)
    pieces = models.PositiveIntegerField("件数", default=0)
    planned_on = models.DateField("计划发货日", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    value = models.DecimalField("货值", max_digits=14, decimal_places=2, default=Decimal(0))
    due_before = models.DecimalField("发货前应付", max_digits=14, decimal_places=2, default=Decimal(0))
    digest = models.CharField(max_length=64, blank=True)
    # Of what the 发货告知书 says; empty before it leaves.
    advice_digest = models.CharField(max_length=64, blank=True)

    carrier = models.CharField("承运人", max_length=80, blank=True)
    driver = models.CharField("司机", max_length=40, blank=True)
    driver_phone = models.CharField("司机电话", max_length=40, blank=True)
    plate = models.CharField("车牌", max_length=20, blank=True)
    waybill = models.CharField("运单号", max_length=60, blank=True)
    noticed_at = models.DateTimeField("通知时间", null=True, blank=True)
    emergency_at = models.DateTimeField("紧急先发时间", null=True, blank=True)
    emergency_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dispatched_at = models.DateTimeField("发出时间", null=True, blank=True)
    terms_repeated_at = models.DateTimeField("复述确认时间", null=True, blank=True)
    advised_at = models.DateTimeField("告知书发出时间", null=True, blank=True)
    advice_heard_at = models.DateTimeField("电话确认收到时间", null=True, blank=True)
    expected_at = models.DateTimeField("预计到货", null=True, blank=True)
    check_at = models.DateTimeField("监督检查时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到货时间", null=True, blank=True)
    receipt_at = models.DateTimeField("回单归档时间", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("拟单时间")

    objects = ShipmentQuerySet.as_manager()
    history = History(bases=[SafeRefresh])

    class Meta:
        verbose_name = "发货"
        verbose_name_plural = "发货"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["state"],
                condition=~Q(state__in=["signed", "cancelled"]),
                name="shipment_open",
            ),
            models.Index(fields=["-created_at", "-id"], name="shipment_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        from flow import subjects

        return reverse(subjects.get("shipment").page, args=[self.number])

    @transition("state", ShipmentState.DRAFT, ShipmentState.NOTICED, conditions=[gates_open("issue_notice")])
    def issue_notice(self) -> None:
        """发货通知"""

    @transition(
        "state",
        [ShipmentState.DRAFT, ShipmentState.NOTICED],
        ShipmentState.DISPATCHED,
        conditions=[gates_open("dispatch")],
    )
    def dispatch(self) -> None:
        """发货"""

    @transition("state", ShipmentState.DISPATCHED, ShipmentState.ARRIVED)
    def arrive(self) -> None:
        """到货"""

    @transition("state", ShipmentState.ARRIVED, ShipmentState.SIGNED)
    def sign(self) -> None:
        """签收"""

    @transition("state", [ShipmentState.DRAFT, ShipmentState.NOTICED], ShipmentState.CANCELLED)
    def cancel(self) -> None:
        """作废拟发"""

    @transition("state", ShipmentState.NOTICED, ShipmentState.DRAFT)
    def recall(self) -> None:
        """收回通知，改动后重新核对"""


class ShipmentLine(models.Model):
    """`quantity` of a line from one pallet, in the line's unit."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="shipment_lines")
    pallet = models.ForeignKey(Pallet, verbose_name="托盘", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    from_stock = models.BooleanField("现货", default=False)

    class Meta:
        verbose_name = "发货明细"
        verbose_name_plural = "发货明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line", "pallet"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="shipment_line_quantity", violation_error_message="数量应大于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.line_id} {self.quantity}"
