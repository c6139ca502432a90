"""What happened to a shipment on its way, and the papers that came back."""

from django.conf import settings
from django.db import models

from audit.models import AppendOnly
from documents.models import Attachment
from orders.models import Shipment


class Trouble(AppendOnly):
    """Something went wrong on the road; the customer is told, and when to look again is settled (R33).

    By nobody where the carrier's own system reported it. Told later, the telling is a row of its own.
    """

    shipment = models.ForeignKey(Shipment, verbose_name="发货", on_delete=models.PROTECT, related_name="troubles")
    words = models.TextField("情况", max_length=1000)
    customer_told_at = models.DateTimeField("告知客户时间", null=True)
    check_at = models.DateTimeField("下次检查时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "运输异常"
        verbose_name_plural = "运输异常"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.words[:20]}"


class TroubleTold(AppendOnly):
    """The customer was told of a trouble on the road: by whom, when, and who heard it (R33)."""

    trouble = models.OneToOneField(Trouble, verbose_name="运输异常", on_delete=models.PROTECT, related_name="told")
    heard = models.CharField("接听人", max_length=80)
    words = models.CharField("客户的意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="告知人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("告知时间")

    class Meta:
        verbose_name = "运输异常告知"
        verbose_name_plural = "运输异常告知"

    def __str__(self) -> str:
        return f"{self.trouble_id} {self.heard}"


class Receipt(AppendOnly):
    """到货回单: what the customer signed on arrival, with its scan or photo (R34)."""

    class Condition(models.TextChoices):
        WHOLE = "whole", "数量、外观完好"
        SHORT = "short", "短少"
        DAMAGED = "damaged", "有破损"

    shipment = models.OneToOneField(Shipment, verbose_name="发货", on_delete=models.PROTECT, related_name="receipt")
    signer = models.CharField("签收人", max_length=40)
    signed_at = models.DateTimeField("签收时间")
    condition = models.CharField("货物状况", max_length=10, choices=Condition)
    remark = models.CharField("备注", max_length=500, blank=True)
    paper = models.ForeignKey(Attachment, verbose_name="回单扫描件", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="归档人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("归档时间")

    class Meta:
        verbose_name = "到货回单"
        verbose_name_plural = "到货回单"

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.signer}"


class HandedOver(AppendOnly):
    """Customer service received the month's copy of a shipment's 销售发货单 (R32)."""

    shipment = models.OneToOneField(Shipment, verbose_name="发货", on_delete=models.PROTECT, related_name="handed_over")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="接收人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("接收时间")

    class Meta:
        verbose_name = "销售发货单移交"
        verbose_name_plural = "销售发货单移交"

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.by_id}"


class ReceiptAnswer(AppendOnly):
    """How a shortage or damage noted on a 到货回单 was answered; until then customer service owes it (R34)."""

    receipt = models.OneToOneField(Receipt, verbose_name="到货回单", on_delete=models.PROTECT, related_name="answer")
    words = models.TextField("答复", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="答复人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("答复时间")

    class Meta:
        verbose_name = "回单问题答复"
        verbose_name_plural = "回单问题答复"

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.words[:20]}"
