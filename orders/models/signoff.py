"""A signature: who said what in writing, when, and of which contents. Withdrawn only by another row (R11)."""

from typing import Self

from django.conf import settings
from django.db import models

from audit.models import AppendOnly
from documents.models import Attachment
from orders.models.ledger import Line
from orders.models.order import Order
from orders.models.revision import Revision


class Signed(models.TextChoices):
    """The kinds of signature. What each one judges is in orders/digests.py."""

    CHECK = "check", "客服核对"
    TECHNICAL = "technical", "技术确认"
    MATERIAL = "material", "原材料储备说明"
    DATE = "date", "交期书面确认"
    PRICE_CS = "price_cs", "价格核准（客服主管）"
    PRICE_MD = "price_md", "价格核准（营销总监）"
    CREDIT = "credit", "信用特批"
    SAMPLE = "sample", "封样"
    PRINT_CHECK = "print_check", "确认书逐项检查"
    SENT = "sent", "确认书发出"
    RECEIPT_CALL = "receipt_call", "对方确认清晰收到"
    RETURN_WAIVED = "return_waived", "未补传说明"
    HANDED_OVER = "handed_over", "生产指令单签字（客服）"
    SIGNED_FOR = "signed_for", "生产指令单签收（生产主管）"
    RECALLED = "recalled", "旧版生产指令单收回作废"
    OUTGOING = "outgoing", "出库复检"
    CLEARANCE = "clearance", "款项落实"
    TERMS_CHECK = "terms_check", "交货付款条件核对"
    SPECIAL_MD = "special_md", "特批发货（营销总监）"
    SPECIAL_FIN = "special_fin", "特批发货（财务）"
    SHIPMENT_CHECK = "shipment_check", "发货复核"
    EMERGENCY = "emergency", "紧急先发"
    ADVICE_CHECK = "advice_check", "告知书核对"
    CANCEL_MD = "cancel_md", "同意取消（营销总监）"
    CANCEL_FIN = "cancel_fin", "同意取消（财务）"
    WORK_STOPPED = "work_stopped", "停产说明"
    CANCEL_SETTLED = "cancel_settled", "取消结算"
    CLOSED_SHORT = "closed_short", "短结（客户书面）"
    EXCESS = "excess", "超量接收（客户书面）"


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def live(self) -> Self:
        """The newest word of each kind on each thing; whether it still fits is the digest's question."""
        return self.filter(superseded_by__isnull=True)


class SignOff(AppendOnly):
    """One written word. It hangs on a line, a revision, the order or a shipment, and names the order always."""

    kind = models.CharField("签字", max_length=16, choices=Signed)
    verdict = models.CharField("结论", max_length=20)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="signoffs")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="signoffs")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="signoffs")
    shipment = models.ForeignKey("orders.Shipment", on_delete=models.PROTECT, null=True, related_name="signoffs")
    digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="签字人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    text = models.TextField("书面说明", blank=True)
    paper = models.ForeignKey(Attachment, verbose_name="附件", on_delete=models.PROTECT, null=True, related_name="+")
    finish_on = models.DateField("完成日", null=True)
    start_on = models.DateField("生产日", null=True)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3, null=True)
    due_on = models.DateField("最迟付款日", null=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = "书面签字"
        verbose_name_plural = "书面签字"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["line", "kind"], name="signoff_line"),
            models.Index(fields=["revision", "kind"], name="signoff_revision"),
            models.Index(fields=["shipment", "kind"], name="signoff_shipment"),
            models.Index(fields=["order", "kind"], name="signoff_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.verdict}"
