"""At what list price products are sold (价格执行方案, R5)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.history import History
from catalog.models.product import GRADES, Product


class PriceList(models.Model):
    """Prices in force from a day to a day, for one grade or for all (R5)."""

    name = models.CharField("方案名称", max_length=60, unique=True)
    currency = models.CharField("币种", max_length=3, choices=[("CNY", "人民币")], default="CNY")
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("截止日", null=True, blank=True, help_text="不填则长期有效")
    grade = models.CharField(  # noqa: DJ001 (no grade is not the grade "")
        "客户等级", max_length=1, choices=GRADES, null=True, blank=True, help_text="不填则各级通用"
    )
    is_active = models.BooleanField("启用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "价格执行方案"
        verbose_name_plural = "价格执行方案"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="price_list_dates",
                violation_error_message="截止日不能早于生效日。",
                violation_error_code="valid_to",
            ),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__in=["A", "B", "C"]), name="price_list_grade"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:price_list", args=[self.pk])


class PriceEntry(models.Model):
    """One tax-included price: of a product, from a quantity on, for a grade or for all that the list serves."""

    price_list = models.ForeignKey(
        PriceList, verbose_name="价格执行方案", on_delete=models.PROTECT, related_name="entries"
    )
    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="prices")
    grade = models.CharField(  # noqa: DJ001 (no grade is not the grade "")
        "客户等级", max_length=1, choices=GRADES, null=True, blank=True, help_text="不填则各级通用"
    )
    min_quantity = models.DecimalField(
        "起订数量", max_digits=14, decimal_places=3, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    price = models.DecimalField("含税单价", max_digits=14, decimal_places=4)

    history = History()

    class Meta:
        verbose_name = "价格"
        verbose_name_plural = "价格"
        ordering = ["product__code", "grade", "min_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "grade", "min_quantity"],
                nulls_distinct=False,
                name="price_entry_once",
                violation_error_message="同一产品、等级、起订数量已有价格。",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="price_entry_price",
                violation_error_message="单价不能为负。",
                violation_error_code="price",
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=0),
                name="price_entry_quantity",
                violation_error_message="起订数量不能为负。",
                violation_error_code="min_quantity",
            ),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__in=["A", "B", "C"]), name="price_entry_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.product} ≥{self.min_quantity.normalize():f}"
