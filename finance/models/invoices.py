"""发票: asked for, issued, taken back by a red-letter one; never changed (R40)."""

from django.db import models
from django.db.models import Q

from audit.history import History
from audit.models import AppendOnly
from documents.models import Attachment
from finance.models.money import money, person
from orders.models import Order


class InvoiceRequest(models.Model):
    """Sales or customer service asks for an invoice; finance issues it or says why not."""

    class State(models.TextChoices):
        OPEN = "open", "待开票"
        ISSUED = "issued", "已开票"
        REFUSED = "refused", "已退回"

    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.PROTECT, related_name="invoice_requests")
    amount = money("含税金额")
    note = models.CharField("开票要求", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    reason = models.CharField("退回原因", max_length=500, blank=True)
    by = person("申请人")
    at = models.DateTimeField("申请时间")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "开票申请"
        verbose_name_plural = "开票申请"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_request_amount")]
        indexes = [models.Index(fields=["order"], condition=Q(state="open"), name="invoice_request_open")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount}"


class Invoice(AppendOnly):
    """An invoice with tax. A red-letter one (红字) is a second row of the negative amount."""

    request = models.ForeignKey(
        InvoiceRequest, verbose_name="申请", on_delete=models.PROTECT, null=True, related_name="invoices"
    )
    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField("发票号码", max_length=40, unique=True)
    amount = money("含税金额")
    issued_on = models.DateField("开票日期")
    paper = models.ForeignKey(
        Attachment, verbose_name="发票文件", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField("红冲原因", max_length=500, blank=True)
    by = person("开票人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "发票"
        verbose_name_plural = "发票"
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0), name="invoice_sign"
            ),
        ]
        indexes = [models.Index(fields=["-issued_on", "-id"], name="invoice_newest")]

    def __str__(self) -> str:
        return self.number
