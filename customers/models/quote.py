"""报价单: a price offered to a customer, on what it costs, for as long as it says (R36)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from catalog.costing import margin_of
from catalog.models import Product
from customers.models.customer import Customer
from customers.models.memo import Memo
from documents.models import Attachment


class QuoteState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SENT = "sent", "已报价"
    ACCEPTED = "accepted", "客户已接受"
    LOST = "lost", "未成交"


class QuoteQuerySet(models.QuerySet["Quote"]):
    def visible_to(self, user: Any) -> "QuoteQuerySet":
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Quote(models.Model):
    """`issue` rises with each negotiated version; what each said is its paper. `digest` covers what is offered.

    A quote below the house's least margin, or without a known cost, is `thin`: it is sent only as agreed.
    """

    number = models.CharField("报价单号", max_length=20, unique=True)
    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="quotes")
    memo = models.ForeignKey(
        Memo, verbose_name="备忘录", on_delete=models.PROTECT, null=True, blank=True, related_name="quotes"
    )
    inquiry = models.TextField("询价内容", max_length=2000, blank=True)
    issue = models.PositiveSmallIntegerField("报价版次", default=1)
    state = models.CharField("状态", max_length=8, choices=QuoteState, default=QuoteState.DRAFT)
    valid_until = models.DateField("有效期至")
    payment_terms = models.CharField("付款方式", max_length=200, blank=True)
    delivery = models.CharField("交货方式与运费", max_length=200, blank=True)
    remark = models.TextField("备注", max_length=1000, blank=True)
    total = models.DecimalField("含税总额", max_digits=16, decimal_places=2, default=Decimal(0))
    thin = models.BooleanField("低于最低毛利", default=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    agreed_digest = models.CharField(max_length=64, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="报价人", on_delete=models.PROTECT, related_name="quotes"
    )
    written_at = models.DateTimeField("起草时间")
    sent_at = models.DateTimeField("报出时间", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("客户答复", max_length=500, blank=True)
    answer_paper = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order_number = models.CharField("订单编号", max_length=20, blank=True, db_index=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = QuoteQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "报价单"
        verbose_name_plural = "报价单"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer", "valid_until"], condition=Q(state="accepted"), name="quote_accepted")
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("customers:quote", args=[self.number])

    @property
    def is_agreed(self) -> bool:
        """Whether the margin of what is offered now was agreed to; a change of it takes the word back."""
        return bool(self.digest) and self.agreed_digest == self.digest

    @property
    def has_tiers(self) -> bool:
        """Whether a product is offered at more than one quantity."""
        products = list(self.lines.values_list("product", flat=True))  # type: ignore[attr-defined]
        return len(set(products)) < len(products)

    def is_over(self, day: date) -> bool:
        return self.valid_until < day


class QuoteLine(models.Model):
    """A price with tax per unit, from `quantity` on; `cost` without tax, as it was reckoned when this was written."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField("序号")
    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="+")
    spec = models.CharField("规格", max_length=200)
    quantity = models.DecimalField("起订数量", max_digits=14, decimal_places=3)
    unit = models.CharField("单位", max_length=10)
    price = models.DecimalField("含税单价", max_digits=14, decimal_places=4)
    tax_rate = models.DecimalField("税率 %", max_digits=5, decimal_places=2)
    amount = models.DecimalField("含税金额", max_digits=16, decimal_places=2)
    lead_days = models.PositiveSmallIntegerField("交期 (天)", null=True, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    cost = models.DecimalField("单位成本", max_digits=14, decimal_places=4, null=True, blank=True)

    history = History()

    class Meta:
        verbose_name = "报价单行"
        verbose_name_plural = "报价单行"
        ordering = ["quote", "position"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0, price__gt=0), name="quote_line_amounts"),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.position}"

    @property
    def margin(self) -> Decimal | None:
        return margin_of(self.price, self.tax_rate, self.cost)
