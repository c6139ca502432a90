"""客户信息备忘录: what was heard from a customer (R1–R3)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.permissions import roles_of
from audit.history import History
from customers.models.customer import SEES_OWN, Customer


class MemoQuerySet(models.QuerySet["Memo"]):
    def visible_to(self, user: Any) -> "MemoQuerySet":
        """Those of one's customers, and those one took oneself."""
        roles = roles_of(user)
        if roles - SEES_OWN:
            return self
        return self.filter(Q(taken_by=user) | Q(customer__in=Customer.objects.visible_to(user)))


class Memo(models.Model):
    """客户信息备忘录: what was heard, in the customer's words, and when they were told how long it takes (R1–R3)."""

    class Channel(models.TextChoices):
        PHONE = "phone", "电话"
        SALES_WRITTEN = "sales_written", "业务员书面"
        SALES_WORD = "sales_word", "业务员口头（出差）"
        FAX = "fax", "传真"
        VISIT = "visit", "来访"
        EMAIL = "email", "电子邮件"
        ONLINE = "online", "网上"

    number = models.CharField("备忘录编号", max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, verbose_name="客户", on_delete=models.PROTECT, null=True, blank=True, related_name="memos"
    )
    customer_name = models.CharField("客户名称", max_length=80, blank=True, help_text="尚未建档的客户填在这里")
    channel = models.CharField("接单方式", max_length=15, choices=Channel)
    caller = models.CharField("来电/来访人", max_length=40)
    caller_phone = models.CharField("联系电话", max_length=40, blank=True)
    words = models.TextField("客户原话", max_length=4000)
    read_back = models.BooleanField("已核对并重复确认", default=False)
    reply_promised_by = models.DateTimeField("答应答复的时间", null=True, blank=True)
    told_at = models.DateTimeField("已告知时间", null=True, blank=True)
    told_words = models.CharField("告知内容", max_length=200, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="告知人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    missing = models.TextField("尚缺内容", max_length=1000, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="接单人", on_delete=models.PROTECT, related_name="memos"
    )
    taken_at = models.DateTimeField("接单时间")
    order_number = models.CharField("订单编号", max_length=20, blank=True, db_index=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = MemoQuerySet.as_manager()
    history = History(derived=("order_number",))

    class Meta:
        verbose_name = "客户信息备忘录"
        verbose_name_plural = "客户信息备忘录"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | ~Q(customer_name=""),
                name="memo_names_customer",
                violation_error_message="请选择客户，或填写客户名称。",
                violation_error_code="customer_name",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | ~Q(told_words=""),
                name="memo_told_words",
                violation_error_message="请写明告知了什么。",
                violation_error_code="told_words",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("customers:memo", args=[self.number])

    @property
    def of(self) -> str:
        return self.customer.called if self.customer else self.customer_name
