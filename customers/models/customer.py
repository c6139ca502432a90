"""Customers, their people and where their goods go."""

from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import roles_of
from accounts.search import SearchField, search_index
from audit.history import History
from catalog.models import GRADES

CODE = RegexValidator(r"^(?!(?:new|options)$)[A-Za-z0-9][A-Za-z0-9._-]*$", "编号由字母、数字、点、横线组成。")
# People of these roles alone see only the customers that are theirs, or their team's.
SEES_OWN = frozenset({"sales", "supervisor", "admin"})


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: Any) -> "CustomerQuerySet":
        """Sales: their own and those they stand in for; supervisors: their team's; other departments: all."""
        roles = roles_of(user)
        if roles - SEES_OWN:
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
