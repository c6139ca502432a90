"""The order: its place in the chain, who it belongs to, and the facts that departments post on it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField, transition

from accounts.permissions import roles_of
from accounts.roles import SEES_EVERY_ORDER, SEES_FROM_PENDING
from audit.fsm import SafeRefresh
from audit.history import History
from customers.models import Customer, Memo
from flow.conditions import follows_revision, gates_open

if TYPE_CHECKING:
    from accounts.models import User


class State(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    PENDING = "PENDING", "待审批"
    APPROVED = "APPROVED", "已审批"
    PRODUCTION = "PRODUCTION", "生产"
    QUALITY = "QUALITY", "质检"
    SHIPPING = "SHIPPING", "发货"
    COMPLETED = "COMPLETED", "已完成"
    CANCELLED = "CANCELLED", "已取消"


ENDED = (State.COMPLETED, State.CANCELLED)
UNRELEASED = (State.DRAFT, State.PENDING, State.APPROVED)
RELEASED = (State.PRODUCTION, State.QUALITY, State.SHIPPING)


class Kind(models.TextChoices):
    NORMAL = "normal", "正常"
    SAMPLE = "sample", "样品"
    REPLACEMENT = "replacement", "补发"


class Channel(models.TextChoices):
    """How the order came (R1)."""

    PHONE = "phone", "电话"
    SALES_WRITTEN = "sales_written", "销售员手工订单"
    SALES_WORD = "sales_word", "销售员口头"
    FAX = "fax", "传真"
    VISIT = "visit", "来访"
    EMAIL = "email", "邮件"
    ONLINE = "online", "网上"
    IMPORT = "import", "导入"


def seen_by(user: "User", order: str = "") -> Q:
    """Which orders `user` may know of (B7); `order` leads to them, as `order__` does from what belongs to one."""
    roles = roles_of(user)
    if roles & SEES_EVERY_ORDER:
        return Q()
    seen = Q(pk__in=[])
    if roles & SEES_FROM_PENDING:
        seen |= ~Q(**{f"{order}state": State.DRAFT})
    if "sales" in roles:
        stood_in_for = Customer.stand_ins.through.objects.filter(user_id=user.pk).values("customer_id")
        seen |= Q(**{f"{order}salesperson": user}) | Q(**{f"{order}customer__in": stood_in_for})
    if "supervisor" in roles:
        seen |= Q(**{f"{order}salesperson__supervisor": user})
    return seen


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: "User") -> Self:
        """The orders that `user` may know of; every list, count and page starts here (B7)."""
        return self.filter(seen_by(user))

    def open(self) -> Self:
        return self.exclude(state__in=ENDED)


class Order(SafeRefresh):
    """A customer's order. `state` follows the slowest open quantity; what runs beside it is beside it.

    `revision` is the one shown: in force, else the newest open one. `received`, `billed`, `written_off` are money
    with tax; they are facts, written only by actions under this row's lock.
    """

    number = models.CharField("订单号", max_length=24, unique=True)
    kind = models.CharField("订单类别", max_length=12, choices=Kind, default=Kind.NORMAL)
    state = FSMField("状态", max_length=12, choices=State.choices, default=State.DRAFT, protected=True)
    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="orders")
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="销售员", on_delete=models.PROTECT, related_name="+"
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="客服员",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    delegated_at = models.DateTimeField("委托客服时间", null=True, blank=True)
    memo = models.ForeignKey(
        Memo, verbose_name="客户信息备忘录", on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    channel = models.CharField("下单方式", max_length=16, choices=Channel)
    customer_reference = models.CharField("客户单号", max_length=40, blank=True)
    written_order_filed_at = models.DateTimeField("书面订单补齐", null=True, blank=True)
    revision = models.ForeignKey(
        "orders.Revision", verbose_name="现行版本", on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField("版次", default=1)

    promised_on = models.DateField("预交日", null=True, blank=True)
    received = models.DecimalField("已收款", max_digits=14, decimal_places=2, default=Decimal(0))
    billed = models.DecimalField("已发货值", max_digits=14, decimal_places=2, default=Decimal(0))
    deposit_at = models.DateTimeField("定金到账时间", null=True, blank=True)
    written_off = models.DecimalField("尾差核销", max_digits=14, decimal_places=2, default=Decimal(0))
    arrived_at = models.DateTimeField("到货时间", null=True, blank=True)

    held_at = models.DateTimeField("暂停时间", null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="暂停人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    hold_reason = models.TextField("暂停原因", blank=True)
    cancel_requested_at = models.DateTimeField("申请取消时间", null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField("录入时间")
    released_at = models.DateTimeField("下达时间", null=True, blank=True)
    ended_at = models.DateTimeField("完结时间", null=True, blank=True)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True)

    objects = OrderQuerySet.as_manager()
    history = History(bases=[SafeRefresh])

    class Meta:
        verbose_name = "订单"
        verbose_name_plural = "订单"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "customer_reference"],
                condition=Q(channel="import") & ~Q(customer_reference=""),
                name="order_imported_once",
                violation_error_message="此客户单号已导入过。",
            ),
            models.CheckConstraint(condition=Q(received__gte=0) & Q(billed__gte=0), name="order_facts_not_negative"),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, held_by__isnull=True)
                | Q(held_at__isnull=False, held_by__isnull=False),
                name="order_hold_has_setter",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["customer", "-created_at"], name="order_of_customer"),
            models.Index(fields=["salesperson", "-created_at", "-id"], name="order_of_salesperson"),
            models.Index(fields=["state", "-created_at", "-id"], name="order_by_state"),
            models.Index(
                fields=["customer"],
                condition=~Q(state__in=["DRAFT", "PENDING", "COMPLETED", "CANCELLED"]),
                name="order_exposing",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:detail", args=[self.number])

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def is_released(self) -> bool:
        return self.state in RELEASED

    # The machine. Each method is the only way its step is written; orders/bolts.py names gates, roles and words.
    # submit, approve and release follow the revision, whose own transition was judged by the gates.

    @transition("state", State.DRAFT, State.PENDING, conditions=[follows_revision("proposed")])
    def submit(self) -> None:
        """提交审批"""

    @transition("state", State.PENDING, State.DRAFT, conditions=[follows_revision("draft")])
    def send_back(self) -> None:
        """退回"""

    @transition("state", State.PENDING, State.APPROVED, conditions=[follows_revision("approved")])
    def approve(self) -> None:
        """批准"""

    @transition("state", State.APPROVED, State.PRODUCTION, conditions=[follows_revision("in_force")])
    def release(self) -> None:
        """下达生产"""

    @transition(
        "state", State.PRODUCTION, State.QUALITY, conditions=[follows_revision("in_force"), gates_open("finish")]
    )
    def finish(self) -> None:
        """完工报检"""

    @transition(
        "state", State.QUALITY, State.SHIPPING, conditions=[follows_revision("in_force"), gates_open("pass_quality")]
    )
    def pass_quality(self) -> None:
        """质检合格"""

    @transition("state", [State.QUALITY, State.SHIPPING], State.PRODUCTION, conditions=[gates_open("rework")])
    def rework(self) -> None:
        """返工"""

    @transition(
        "state", State.SHIPPING, State.COMPLETED, conditions=[follows_revision("in_force"), gates_open("complete")]
    )
    def complete(self) -> None:
        """完成"""

    @transition("state", State.COMPLETED, State.SHIPPING, conditions=[gates_open("reopen")])
    def reopen(self) -> None:
        """重开"""

    @transition("state", UNRELEASED, State.CANCELLED, conditions=[gates_open("cancel")])
    def cancel(self) -> None:
        """取消（下达前）"""

    @transition("state", RELEASED, State.CANCELLED, conditions=[gates_open("cancel_released")])
    def cancel_released(self) -> None:
        """取消（下达后、发货前）"""
