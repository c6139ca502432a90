"""客户销售合同: what is agreed with a customer, and for how long."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from audit.history import History
from catalog.models import Product
from customers.models.customer import Customer
from customers.models.policy import percent
from documents.models import Attachment


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
    is_active = models.BooleanField("有效", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

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


class ContractPrice(models.Model):
    """The price of a product that a contract settles; it comes before every price list (R5)."""

    contract = models.ForeignKey(Contract, verbose_name="合同", on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="+")
    price = models.DecimalField("含税单价", max_digits=14, decimal_places=4)

    history = History()

    class Meta:
        verbose_name = "合同单价"
        verbose_name_plural = "合同单价"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "product"],
                name="contract_price_once",
                violation_error_message="该产品已有合同单价。",
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
