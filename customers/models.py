"""Customers, what is agreed with them, and what was heard from them (客户信息备忘录)."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import roles_of
from accounts.search import SearchField, search_index
from audit.history import History
from catalog.models import GRADES, Product
from documents.models import Attachment


def percent(name: str, label: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 100}),
        name=f"%(class)s_{name}",
        violation_error_message=f"{label}应在 0 到 100 之间。",
        violation_error_code=name,
    )


class GradePolicy(models.Model):
    """What a grade means (R16, R27): data that admins edit, through an action. Three rows: A, B, C."""

    grade = models.CharField("等级", max_length=1, primary_key=True, choices=GRADES)
    starts_early = models.BooleanField("回传前可先下达生产", default=False, help_text="回传改为待补传")
    deposit_percent = models.DecimalField("定金比例 (%)", max_digits=5, decimal_places=2, default=Decimal(0))
    deposit_by_contract_only = models.BooleanField("仅合同约定时收定金", default=False)
    share_before_shipping = models.DecimalField(
        "发货前应付比例 (%)", max_digits=5, decimal_places=2, default=Decimal(100), help_text="无生效合同时"
    )
    share_on_contract = models.DecimalField(
        "有合同时发货前应付比例 (%)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        help_text="有生效合同、而合同未写明时",
    )
    unpaid_deposit_pushes = models.BooleanField("定金未到也顺延预交日", default=False)
    special_release_allowed = models.BooleanField("可特批未付款发货", default=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "客户等级政策"
        verbose_name_plural = "客户等级政策"
        ordering = ["grade"]
        constraints = [
            percent("deposit_percent", "定金比例"),
            percent("share_before_shipping", "发货前应付比例"),
            percent("share_on_contract", "有合同时发货前应付比例"),
            models.CheckConstraint(condition=Q(grade__in=["A", "B", "C"]), name="gradepolicy_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} 级客户政策"


CODE = RegexValidator(r"^(?!(?:new|options)$)[A-Za-z0-9][A-Za-z0-9._-]*$", "编号由字母、数字、点、横线组成。")


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: Any) -> "CustomerQuerySet":
        """Sales: their own and those they stand in for; supervisors: their team's; other departments: all."""
        roles = roles_of(user)
        if roles - {"sales", "supervisor", "admin"}:
            return self
        mine = Q(pk__in=[])
        if "sales" in roles:
            mine |= Q(salesperson=user) | Q(
                pk__in=Customer.stand_ins.through.objects.filter(user=user).values("customer")
            )
        if "supervisor" in roles:
            mine |= Q(salesperson=user) | Q(salesperson__supervisor=user)
        return self.filter(mine)

    def active(self) -> "CustomerQuerySet":
        return self.filter(is_active=True)


class Customer(models.Model):
    """Who orders. Grade, limit and contract decide what may happen before money has come."""

    class InvoiceKind(models.TextChoices):
        SPECIAL = "special", "增值税专用发票"
        PLAIN = "plain", "增值税普通发票"
        NONE = "none", "不开票"

    code = models.CharField("客户编号", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("客户名称", max_length=80, unique=True)
    short_name = models.CharField("简称", max_length=30, blank=True)
    initials = models.CharField("拼音首字母", max_length=40, blank=True, help_text="不填则自动生成，可更正")
    pinyin = models.CharField("拼音", max_length=200, blank=True, help_text="排序用，不填则自动生成，可更正")
    search = SearchField()
    grade = models.CharField("等级", max_length=1, choices=GRADES, default="C")
    salesperson = models.ForeignKey(User, verbose_name="销售员", on_delete=models.PROTECT, related_name="customers")
    clerk = models.ForeignKey(
        User, verbose_name="客服员", on_delete=models.PROTECT, null=True, blank=True, related_name="served_customers"
    )
    stand_ins = models.ManyToManyField(User, verbose_name="代理销售员", blank=True, related_name="stood_in_customers")
    credit_limit = models.DecimalField("信用额度", max_digits=14, decimal_places=2, default=Decimal(0))
    tax_number = models.CharField(
        "统一社会信用代码",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Z]{15,20}$", "应为 15 至 20 位数字或大写字母。")],
    )
    invoice_kind = models.CharField("开票类型", max_length=10, choices=InvoiceKind, default=InvoiceKind.SPECIAL)
    phone = models.CharField("电话", max_length=40, blank=True)
    bank = models.CharField("开户行及账号", max_length=120, blank=True)
    delivery_note_prices = models.BooleanField("发货单显示价格", default=False)
    remark = models.TextField("备注", max_length=1000, blank=True)
    is_active = models.BooleanField("往来中", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CustomerQuerySet.as_manager()
    history = History(excluded_fields=["search"])

    class Meta:
        verbose_name = "客户"
        verbose_name_plural = "客户"
        ordering = ["pinyin", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_limit__gte=0),
                name="customer_credit_limit",
                violation_error_message="信用额度不能为负。",
                violation_error_code="credit_limit",
            ),
            models.CheckConstraint(condition=Q(grade__in=["A", "B", "C"]), name="customer_grade"),
        ]
        indexes = [
            search_index("customer_search"),
            models.Index(fields=["pinyin", "id"], name="customer_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:detail", args=[self.code])

    @property
    def called(self) -> str:
        return self.short_name or self.name


class Contact(models.Model):
    """A named person at the customer. Only one with 授权签单 signs for it (R15)."""

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=40, blank=True)
    mobile = models.CharField("手机", max_length=30, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    may_sign = models.BooleanField("授权签单", default=False)
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "联系人"
        verbose_name_plural = "联系人"
        ordering = ["-is_active", "-may_sign", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(mobile="") | ~Q(phone="") | ~Q(email=""),
                name="contact_reachable",
                violation_error_message="手机、电话、电子邮箱至少填一项。",
                violation_error_code="mobile",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where goods go, and to whom."""

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="addresses")
    receiver = models.CharField("收货人", max_length=40)
    phone = models.CharField("收货电话", max_length=40)
    address = models.CharField("收货地址", max_length=200)
    is_default = models.BooleanField("默认地址", default=False)
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "收货地址"
        verbose_name_plural = "收货地址"
        ordering = ["-is_active", "-is_default", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True, is_active=True), name="address_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} {self.address}"


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


class MemoQuerySet(models.QuerySet["Memo"]):
    def visible_to(self, user: Any) -> "MemoQuerySet":
        """Those of one's customers, and those one took oneself."""
        roles = roles_of(user)
        if roles - {"sales", "supervisor", "admin"}:
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
    history = History()

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
