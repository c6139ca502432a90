"""Money: payments as they came in, and every move of money on an order. Rows never change; a counter-row undoes."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.models import AppendOnly
from customers.models import Customer
from documents.models import Attachment, Document
from orders.models import Line, Order, SignOff

if TYPE_CHECKING:
    from accounts.models import User


def money(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=2)


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, null=True, related_name="+"
    )


class Method(models.TextChoices):
    TRANSFER = "transfer", "银行转账"
    BILL = "bill", "承兑汇票"
    CHEQUE = "cheque", "支票"
    CASH = "cash", "现金"
    MOBILE = "mobile", "微信 / 支付宝"


class OfCustomerQuerySet(models.QuerySet[Any]):
    """Rows with a `customer` whose money they tell of."""

    def visible_to(self, user: "User") -> Self:
        """Those of customers whose money this user may see."""
        from accounts.permissions import sees_prices

        if not sees_prices(user):
            return self.none()
        return self.filter(customer__in=Customer.objects.visible_to(user))


class PaymentQuerySet(OfCustomerQuerySet):
    def standing(self) -> Self:
        """Neither reversed nor a reversal."""
        return self.filter(reverses=None, reversed_by=None)


class Payment(AppendOnly):
    """Money that came from a customer (R28). A mistake is reversed by a second row of the negative amount."""

    number = models.CharField("收款单号", max_length=24, unique=True)
    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="payments")
    amount = money("金额")
    received_at = models.DateTimeField("到账时间")
    method = models.CharField("收款方式", max_length=10, choices=Method)
    bank_ref = models.CharField("银行流水号 / 票号", max_length=60)
    payer = models.CharField("付款人", max_length=80)
    remark = models.CharField("附言", max_length=200, blank=True)
    paper = models.ForeignKey(Attachment, verbose_name="回单", on_delete=models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField("冲销原因", max_length=500, blank=True)
    by = person("登记人")
    at = models.DateTimeField("登记时间")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "收款"
        verbose_name_plural = "收款"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="payment_sign",
                violation_error_message="收款金额应大于 0。",
                violation_error_code="amount",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="payment_newest"),
            models.Index(fields=["customer", "-received_at"], name="payment_of_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:payment", args=[self.number])


class PaymentBalance(models.Model):
    """What of a payment is allocated, bounded by the database. A reversed one is worth nothing and frees its number."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    amount = money("有效金额")
    allocated = models.DecimalField("已分配", max_digits=14, decimal_places=2, default=Decimal(0))
    refunded = models.DecimalField("已退回", max_digits=14, decimal_places=2, default=Decimal(0))
    bank_ref = models.CharField("银行流水号 / 票号", max_length=60, null=True, unique=True)  # noqa: DJ001 (null frees it)
    left = models.GeneratedField(
        expression=F("amount") - F("allocated") - F("refunded"),
        output_field=models.DecimalField("未分配", max_digits=14, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        verbose_name = "收款余额"
        verbose_name_plural = "收款余额"
        constraints = [
            models.CheckConstraint(
                condition=Q(allocated__gte=0, refunded__gte=0) & Q(amount__gte=F("allocated") + F("refunded")),
                name="allocated_within_payment",
                violation_error_message="分配金额超过了这笔收款。",
            ),
        ]
        indexes = [models.Index(fields=["payment"], condition=Q(left__gt=0), name="payment_unallocated")]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.allocated}/{self.amount}"


class PaymentRefund(AppendOnly):
    """Money of a payment that was no order's, sent back to the customer (R28)."""

    payment = models.ForeignKey(Payment, verbose_name="收款", on_delete=models.PROTECT, related_name="refunds")
    amount = money("退款金额")
    method = models.CharField("方式", max_length=10, choices=Method)
    bank_ref = models.CharField("银行流水号", max_length=60)
    reason = models.CharField("原因", max_length=500)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "未分配款退回"
        verbose_name_plural = "未分配款退回"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_refund_amount")]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount}"


class EntryKind(models.TextChoices):
    DEPOSIT = "deposit", "定金"
    BALANCE = "balance", "货款"
    REVERSED = "reversed", "冲销"
    REFUNDED = "refunded", "退款"
    CARRIED_OUT = "carried_out", "转出"
    CARRIED_IN = "carried_in", "转入"
    WRITTEN_OFF = "written_off", "尾差核销"


class MoneyEntry(AppendOnly):
    """One move of money on an order. `order.received` is the sum of all but 尾差, `order.written_off` of those."""

    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.PROTECT, related_name="money")
    kind = models.CharField("类别", max_length=12, choices=EntryKind)
    amount = money("金额")
    payment = models.ForeignKey(
        Payment, verbose_name="收款", on_delete=models.PROTECT, null=True, related_name="entries"
    )
    other_order = models.ForeignKey(
        Order, verbose_name="对方订单", on_delete=models.PROTECT, null=True, related_name="+"
    )
    method = models.CharField("方式", max_length=10, choices=Method, blank=True)
    bank_ref = models.CharField("银行流水号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "款项台账"
        verbose_name_plural = "款项台账"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["deposit", "balance", "carried_in"], amount__gt=0)
                | Q(kind__in=["reversed", "refunded", "carried_out"], amount__lt=0)
                | Q(kind="written_off") & ~Q(amount=0),
                name="money_entry_sign",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["deposit", "balance", "reversed"]) | Q(payment__isnull=False),
                name="money_entry_has_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount}"


class Goods(models.TextChoices):
    """Where the goods of a cancelled order go."""

    NONE = "none", "没有成品"
    STOCK = "stock", "转库存"
    SCRAP = "scrap", "报废"
    BOTH = "both", "部分转库存、部分报废"


class CancelSettlement(AppendOnly):
    """How the money and the goods of a cancelled order were settled; `signoff` is finance's word for it. As the order
    is cancelled it is billed for its `charge`; a correction of the loss is one more."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="settlements")
    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="settlement")
    kept = money("不退金额")
    returned = money("退还金额")
    loss = money("客户承担损失")
    goods = models.CharField("成品处理", max_length=6, choices=Goods)
    note = models.CharField("说明", max_length=1000)
    by = person("经手")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "取消结算"
        verbose_name_plural = "取消结算"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept__gte=0) & Q(returned__gte=0) & Q(loss__gte=0), name="settlement_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kept}/{self.returned}"

    @property
    def charge(self) -> Decimal:
        """What the cancellation costs its customer: the money that was kept, or the loss where that is more."""
        return max(self.kept, self.loss)


class CancelGoods(AppendOnly):
    """What of a cancelled order's line lay in stock when it was settled, and what of that is scrapped; the rest is free
    stock again. Goods that came or went since are not covered by it."""

    settlement = models.ForeignKey(CancelSettlement, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField("在库数量", max_digits=14, decimal_places=3)
    scrap = models.DecimalField("报废数量", max_digits=14, decimal_places=3)

    class Meta:
        verbose_name = "取消订单成品处理"
        verbose_name_plural = "取消订单成品处理"
        constraints = [
            models.UniqueConstraint(fields=["settlement", "line"], name="cancel_goods_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(scrap__gte=0) & Q(scrap__lte=F("quantity")), name="cancel_goods_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.scrap}/{self.quantity}"


class BalanceLetter(AppendOnly):
    """A 余款催收通知书 that was sent (R27). `covers` is the worth of the goods that it asks the balance for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="balance_letters")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    covers = money("货值")
    received = money("已收款")
    balance = money("应付余额")
    pay_by = models.DateField("付款期限")
    by = person("发出人")
    at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = "余款催收通知书"
        verbose_name_plural = "余款催收通知书"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(balance__gt=0), name="letter_asks_something")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.balance}"
