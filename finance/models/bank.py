"""Statements of the bank as handed in, line by line, and what became of each (R28)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from documents.models import Attachment
from finance.models.money import Payment, money, person


class BankFile(models.Model):
    """One file that was handed in; `fresh` of its lines were not there before."""

    paper = models.ForeignKey(Attachment, verbose_name="原件", on_delete=models.PROTECT, null=True, related_name="+")
    fresh = models.PositiveIntegerField("新增行数")
    known = models.PositiveIntegerField("已有行数")
    outgoing = models.PositiveIntegerField("付出行数")
    by = person("导入人")
    at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "银行流水文件"
        verbose_name_plural = "银行流水文件"
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.paper)


class BankLine(models.Model):
    """Money that came into the account. `key` is the bank's reference, or a digest of the line where it gives none."""

    class State(models.TextChoices):
        OPEN = "open", "待认领"
        BOOKED = "booked", "已入账"
        ASIDE = "aside", "非货款"

    file = models.ForeignKey(BankFile, verbose_name="文件", on_delete=models.PROTECT, related_name="lines")
    key = models.CharField("流水号", max_length=64, unique=True)
    has_ref = models.BooleanField("银行给了流水号", default=True)
    day = models.DateField("交易日期")
    amount = money("金额")
    payer = models.CharField("对方户名", max_length=80, blank=True)
    account = models.CharField("对方账号", max_length=40, blank=True)
    note = models.CharField("摘要", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    payment = models.OneToOneField(
        Payment, verbose_name="收款", on_delete=models.PROTECT, null=True, blank=True, related_name="bank_line"
    )
    reason = models.CharField("说明", max_length=500, blank=True)
    settled_by = person("经手")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        verbose_name = "银行流水"
        verbose_name_plural = "银行流水"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_amount"),
            models.CheckConstraint(
                condition=Q(state="booked", payment__isnull=False) | ~Q(state="booked") & Q(payment=None),
                name="booked_with_its_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["-day", "-id"], name="bank_line_newest"),
            models.Index(fields=["account"], condition=Q(state="booked"), name="bank_line_account"),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("finance:bank_line", args=[self.pk])
