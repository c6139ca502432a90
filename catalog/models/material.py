"""What products are made of, and how much of it (R9)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.search import SearchField, search_index
from audit.history import History
from catalog.models.product import Product


class Material(models.Model):
    """What products are made of: base paper, face stock, glue, ink, cores, cartons."""

    code = models.CharField("材料编号", max_length=30, unique=True)
    name = models.CharField("材料名称", max_length=80)
    spec = models.CharField("规格", max_length=120, blank=True)
    unit = models.CharField("计量单位", max_length=10, default="kg")
    safety_stock = models.DecimalField(
        "安全库存", max_digits=14, decimal_places=3, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    is_active = models.BooleanField("使用中", default=True)
    search = SearchField()
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History(excluded_fields=["search"])

    class Meta:
        verbose_name = "原材料"
        verbose_name_plural = "原材料"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(safety_stock__gte=0),
                name="material_safety_stock",
                violation_error_message="安全库存不能为负。",
                violation_error_code="safety_stock",
            ),
        ]
        indexes = [search_index("material_search")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("stock:material", args=[self.pk])


class Need(models.Model):
    """How much of a material one unit of a product takes; `waste` of the whole, in percent, comes on top."""

    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="needs")
    material = models.ForeignKey(Material, verbose_name="原材料", on_delete=models.PROTECT, related_name="needs")
    quantity = models.DecimalField("每单位用量", max_digits=14, decimal_places=6)
    waste = models.DecimalField("损耗 (%)", max_digits=5, decimal_places=2, default=Decimal(0))

    history = History()

    class Meta:
        verbose_name = "材料用量"
        verbose_name_plural = "材料用量"
        ordering = ["material__code"]
        constraints = [
            models.UniqueConstraint(fields=["product", "material"], name="need_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, waste__gte=0, waste__lt=100),
                name="need_amounts",
                violation_error_message="用量应大于 0，损耗应在百分之 0 与 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.material_id} {self.quantity.normalize():f}"
