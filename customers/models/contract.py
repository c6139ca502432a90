"""客户销售合同: what is agreed with a customer, and for how long."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from catalog.models import Product
from customers.models.customer import Customer
from customers.models.policy import percent
from customers.models.quote import Quote
from documents.models import Attachment


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, user: Any) -> "ContractQuerySet":
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Contract(models.Model):
    """客户销售合同: terms that come before the grade's while it is in force. One per customer and day."""

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField("合同编号", max_length=40, unique=True)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("截止日")
    deposit_percent = models.DecimalField(
        "定金比例 (%)", max_digits=5, decimal_places=2, null=True, blank=True, help_text="不填则按客户等级"
    )
    share_before_shipping = models.DecimalField(
        "发货前应付比例 (%)", max_digits=5, decimal_places=2, null=True, blank=True, help_text="不填则按客户等级"
    )
    days_for_rest = models.PositiveSmallIntegerField("余款账期 (天)", null=True, blank=True)
    tolerance_plus = models.DecimalField("数量允差 +%", max_digits=5, decimal_places=2, default=Decimal(0))
    tolerance_minus = models.DecimalField("数量允差 −%", max_digits=5, decimal_places=2, default=Decimal(0))
    deposit_pro_rata = models.BooleanField("定金按批次比例冲抵", default=False)
    starts_early = models.BooleanField(
        "回传前可先下达生产", null=True, blank=True, choices=[(None, "按客户等级"), (True, "可以"), (False, "不可以")]
    )
    amount = models.DecimalField("合同金额", max_digits=16, decimal_places=2, null=True, blank=True)
    terms = models.TextField("其他条款", max_length=4000, blank=True)
    scan = models.ForeignKey(
        Attachment, verbose_name="合同扫描件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField("有效", default=False)
    clauses = models.TextField("合同条款", max_length=8000, blank=True)
    quote = models.ForeignKey(
        Quote, verbose_name="报价单", on_delete=models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    digest = models.CharField(max_length=64, blank=True, editable=False)
    in_force_at = models.DateTimeField("生效办理时间", null=True, blank=True, editable=False)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ContractQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "客户销售合同"
        verbose_name_plural = "客户销售合同"
        ordering = ["-valid_from", "-id"]
        constraints = [
            percent("deposit_percent", "定金比例"),
            percent("share_before_shipping", "发货前应付比例"),
            percent("tolerance_plus", "数量允差"),
            percent("tolerance_minus", "数量允差"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="contract_dates",
                violation_error_message="截止日不能早于生效日。",
                violation_error_code="valid_to",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="contract_amount",
                violation_error_message="合同金额不能为负。",
                violation_error_code="amount",
            ),
            # PostgreSQL without contrib has no btree_gist: a range of one id compares the customer.
            ExclusionConstraint(
                name="contract_one_per_day",
                expressions=[
                    (
                        models.Func("customer", "customer", models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func("valid_from", "valid_to", models.Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_active=True),
                violation_error_message="与该客户另一份有效合同的期限重叠，请调整起止日期，或先停用那一份。",
                violation_error_code="valid_from",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("customers:contract", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return not self.is_active and self.in_force_at is None and self.ended_at is None

    @property
    def standing(self) -> str:
        if self.is_draft:
            return "起草中"
        if self.is_active:
            return "生效"
        return "已停用" if self.in_force_at else "已放弃"


class PaymentStage(models.Model):
    """So many percent of the value, due at a time: what is paid before anything is made, before goods leave, after.

    All stages of a contract make 100 %; the columns of the contract that gates read are drawn from them.
    """

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", "定金"
        BEFORE = "before", "提货前"
        ARRIVAL = "arrival", "货到后"
        MONTHLY = "monthly", "月结"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("阶段", max_length=8, choices=Kind)
    percent = models.DecimalField("比例 (%)", max_digits=5, decimal_places=2)
    days = models.PositiveSmallIntegerField("天数", default=0)

    history = History()

    class Meta:
        verbose_name = "付款阶段"
        verbose_name_plural = "付款阶段"
        ordering = ["contract", "position"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="payment_stage_position"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="payment_stage_percent"),
            models.CheckConstraint(condition=Q(kind__in=["arrival", "monthly"]) | Q(days=0), name="payment_stage_days"),
        ]

    def __str__(self) -> str:
        share = f"{self.percent.normalize():f}%"
        late = f" {self.days} 天" if self.kind in ("arrival", "monthly") else ""
        return f"{self.get_kind_display()}{late} {share}"


class ContractReview(AppendOnly):
    """What finance or legal said of a draft in writing; it counts while `digest` is that of the contract (R11, R36)."""

    class Side(models.TextChoices):
        FINANCE = "finance", "财务评审"
        LEGAL = "legal", "法务评审"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField("评审方", max_length=8, choices=Side)
    agreed = models.BooleanField("同意")
    text = models.CharField("评审意见", max_length=1000)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="评审人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "合同评审"
        verbose_name_plural = "合同评审"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.get_side_display()}"


class ContractTemplate(models.Model):
    """The clauses that a contract is drafted with; what stands in 【】 is filled in from the contract."""

    name = models.CharField("模板名称", max_length=60, unique=True)
    clauses = models.TextField("条款", max_length=8000)
    is_active = models.BooleanField("使用中", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "合同模板"
        verbose_name_plural = "合同模板"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ContractPrice(models.Model):
    """The price of a product that a contract settles, from a quantity on; before every price list (R5)."""

    contract = models.ForeignKey(Contract, verbose_name="合同", on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="+")
    from_quantity = models.DecimalField("起订数量", max_digits=14, decimal_places=3, default=Decimal(0))
    price = models.DecimalField("含税单价", max_digits=14, decimal_places=4)

    history = History()

    class Meta:
        verbose_name = "合同单价"
        verbose_name_plural = "合同单价"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "product", "from_quantity"],
                name="contract_price_once",
                violation_error_message="该产品从此数量起已有合同单价。",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="contract_price_price",
                violation_error_message="单价不能为负。",
                violation_error_code="price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.price}"
