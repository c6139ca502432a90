"""A revision: header terms and one terms row per line. What people sign is a revision, not the order."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from audit.fsm import SafeRefresh
from audit.history import History
from catalog.models import Product
from customers.models import Address, Contact, Contract
from flow.conditions import gates_open
from orders.models.ledger import Line
from orders.models.order import Order


class Status(models.TextChoices):
    DRAFT = "draft", "草拟"
    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已批准"
    IN_FORCE = "in_force", "生效"
    SUPERSEDED = "superseded", "作废"


OPEN = (Status.DRAFT, Status.PROPOSED, Status.APPROVED)


class Confirmation(models.TextChoices):
    """Where the 订单确认书 of a revision stands (R13–R15)."""

    UNSENT = "unsent", "未发送"
    SENT = "sent", "待回传"
    RETURNED = "returned", "待核验"
    VERIFIED = "verified", "已回传"


class DeliveryWay(models.TextChoices):
    OWN = "own", "送货"
    FREIGHT = "freight", "物流"
    EXPRESS = "express", "快递"
    PICKUP = "pickup", "自提"


class Freight(models.TextChoices):
    SELLER = "seller", "我方承担"
    BUYER = "buyer", "客户承担"


class InvoiceKind(models.TextChoices):
    SPECIAL = "special", "专票"
    GENERAL = "general", "普票"
    NONE = "none", "不开票"


def percent(label: str, default: str = "0") -> models.DecimalField:
    return models.DecimalField(label, max_digits=5, decimal_places=2, default=Decimal(default))


class Revision(SafeRefresh):
    """One numbered set of terms of an order. Its digests say what each kind of signature has to have seen.

    Money is with tax in `currency`; percentages are 0–100; `editor_ids` are those who entered or changed it.
    """

    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField("版本")
    status = FSMField("状态", max_length=12, choices=Status.choices, default=Status.DRAFT, protected=True)
    change_reason = models.TextField("变更原因", blank=True)

    contact = models.ForeignKey(Contact, verbose_name="联系人", on_delete=models.PROTECT, null=True, blank=True)
    address = models.ForeignKey(Address, verbose_name="收货地址", on_delete=models.PROTECT, null=True, blank=True)
    requested_on = models.DateField("客户要求交期", null=True, blank=True)
    promised_on = models.DateField("预交日", null=True, blank=True, help_text="成品完成日，非发货日")
    delivery_way = models.CharField("交货方式", max_length=12, choices=DeliveryWay, blank=True)
    freight = models.CharField("运费", max_length=12, choices=Freight, blank=True)
    split_allowed = models.BooleanField("可分批发货", default=False)
    invoice_kind = models.CharField("开票类型", max_length=12, choices=InvoiceKind, blank=True)
    payment_terms = models.CharField("付款方式", max_length=200, blank=True)
    special = models.TextField("特殊要求", blank=True)
    supervision = models.TextField("监督工作提示", blank=True)

    contract = models.ForeignKey(Contract, verbose_name="合同", on_delete=models.PROTECT, null=True, blank=True)
    deposit_percent = percent("定金 %")
    share_before_shipping = percent("发货前应付 %", "100")
    starts_early = models.BooleanField("可先下达后补传", default=False)
    days_for_rest = models.PositiveSmallIntegerField("余款天数", null=True, blank=True)
    payment_stages = models.JSONField("付款阶段", default=list, blank=True, help_text="[阶段, 比例, 天数]")
    deposit_pro_rata = models.BooleanField("定金按比例冲抵", default=False)
    special_release = models.BooleanField("可特批发货", default=False)
    unpaid_deposit_pushes = models.BooleanField("欠定金也顺延", default=False)

    currency = models.CharField("币种", max_length=3, default="CNY")
    total = models.DecimalField("含税总额", max_digits=14, decimal_places=2, default=Decimal(0))
    deposit_due = models.DecimalField("应付定金", max_digits=14, decimal_places=2, default=Decimal(0))
    departs = models.BooleanField("价格或规格偏离", default=False)

    check_digest = models.CharField(max_length=64, blank=True)
    credit_digest = models.CharField(max_length=64, blank=True)
    print_digest = models.CharField(max_length=64, blank=True)

    editor_ids = ArrayField(models.BigIntegerField(), default=list)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField("录入时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="批准人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    released_at = models.DateTimeField("下达时间", null=True, blank=True)
    superseded_at = models.DateTimeField("作废时间", null=True, blank=True)
    sent_at = models.DateTimeField("首次发出", null=True, blank=True)
    confirmation = models.CharField("确认", max_length=10, choices=Confirmation, default=Confirmation.UNSENT)
    chase_from = models.DateField("待补传升级日", null=True, blank=True)
    pushes = models.PositiveSmallIntegerField("已顺延（天）", default=0)

    history = History(bases=[SafeRefresh], derived=("pushes",))

    class Meta:
        verbose_name = "订单版本"
        verbose_name_plural = "订单版本"
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["draft", "proposed"]),
                name="revision_one_open",
                violation_error_message="已有一份改单在办，请先处理它。",
            ),
            models.UniqueConstraint(fields=["order"], condition=Q(status="approved"), name="revision_one_approved"),
            models.UniqueConstraint(fields=["order"], condition=Q(status="in_force"), name="revision_one_in_force"),
            models.CheckConstraint(
                condition=Q(deposit_percent__range=(0, 100)) & Q(share_before_shipping__range=(0, 100)),
                name="revision_percentages",
                violation_error_message="比例应在 0 到 100 之间。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "submitted_at"],
                condition=Q(status__in=["draft", "proposed", "approved"]),
                name="revision_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.number}"

    def get_absolute_url(self) -> str:
        return self.order.get_absolute_url()

    @transition("status", Status.DRAFT, Status.PROPOSED, conditions=[gates_open("submit")])
    def submit(self) -> None:
        """提交审批"""

    @transition("status", Status.PROPOSED, Status.DRAFT)
    def send_back(self) -> None:
        """退回"""

    @transition("status", Status.PROPOSED, Status.APPROVED, conditions=[gates_open("approve")])
    def approve(self) -> None:
        """批准"""

    @transition("status", Status.APPROVED, Status.IN_FORCE, conditions=[gates_open("release")])
    def release(self) -> None:
        """下达"""

    @transition("status", [*OPEN, Status.IN_FORCE], Status.SUPERSEDED)
    def supersede(self) -> None:
        """作废"""


class RevisionLine(models.Model):
    """The terms of one line in one revision. Quantities are in `unit`; price is with tax per `unit`."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="terms")
    position = models.PositiveSmallIntegerField("序号")
    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT)
    spec = models.CharField("规格", max_length=200, blank=True)
    formula = models.CharField("工艺配方", max_length=80, blank=True)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    from_stock = models.DecimalField("其中现货", max_digits=14, decimal_places=3, default=Decimal(0))
    unit = models.CharField("单位", max_length=10)
    price = models.DecimalField("含税单价", max_digits=14, decimal_places=4)
    reference_price = models.DecimalField("参考价", max_digits=14, decimal_places=4, null=True, blank=True)
    reference_source = models.CharField("参考价来源", max_length=40, blank=True)
    departs = models.BooleanField("偏离", default=False)
    tax_rate = percent("税率 %", "13")
    amount = models.DecimalField("含税金额", max_digits=14, decimal_places=2)
    tolerance_minus = percent("允差 −%")
    tolerance_plus = percent("允差 +%")
    packaging = models.CharField("包装要求", max_length=200, blank=True)
    label_text = models.CharField("标签内容", max_length=200, blank=True)
    special = models.CharField("特殊规定", max_length=500, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    needs_sample = models.BooleanField("需签样", default=False)

    technical_digest = models.CharField(max_length=64, blank=True)
    material_digest = models.CharField(max_length=64, blank=True)
    date_digest = models.CharField(max_length=64, blank=True)
    price_digest = models.CharField(max_length=64, blank=True)

    history = History()

    class Meta:
        verbose_name = "订单行"
        verbose_name_plural = "订单行"
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "line"], name="terms_once_per_line"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="terms_quantity", violation_error_message="数量应大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(from_stock__gte=0) & Q(from_stock__lte=models.F("quantity")),
                name="terms_from_stock",
                violation_error_message="现货数量应在 0 和订货数量之间。",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0) & Q(amount__gte=0),
                name="terms_price",
                violation_error_message="单价不能为负。",
            ),
            models.CheckConstraint(
                condition=Q(tolerance_minus__range=(0, 100)) & Q(tolerance_plus__range=(0, 100)),
                name="terms_tolerance",
                violation_error_message="允差应在 0 到 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.product_id}"

    @property
    def to_make(self) -> Decimal:
        return self.quantity - self.from_stock

    @property
    def most(self) -> Decimal:
        """What may leave at most: the tolerance, and what the customer took on in writing, included."""
        wanted = self.quantity - self.line.closed_short
        return wanted * (100 + self.tolerance_plus) / 100 + self.line.excess
