"""What is made and sold, and at what list price (价格执行方案)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.search import SearchField, search_index
from audit.history import History

GRADES = [("A", "A 级"), ("B", "B 级"), ("C", "C 级")]


class Product(models.Model):
    """A reel, a sheet, a label; what is printed on papers is `code`, `name`, `spec` and `standard`."""

    class Kind(models.TextChoices):
        REEL = "reel", "卷材"
        SHEET = "sheet", "平张"
        LABEL = "label", "标签"
        OTHER = "other", "其他"

    code = models.CharField("产品编号", max_length=30, unique=True)
    name = models.CharField("品名", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.REEL)
    width_mm = models.DecimalField("宽度 (mm)", max_digits=8, decimal_places=2, null=True, blank=True)
    length_m = models.DecimalField("长度 (m)", max_digits=10, decimal_places=2, null=True, blank=True)
    grammage = models.DecimalField("克重 (g/m²)", max_digits=7, decimal_places=2, null=True, blank=True)
    core_mm = models.DecimalField("管芯内径 (mm)", max_digits=7, decimal_places=2, null=True, blank=True)
    label_size = models.CharField("标签尺寸", max_length=40, blank=True, help_text="如 100×150 mm，500 张/卷")
    unit = models.CharField("计量单位", max_length=10, default="卷")
    spec = models.CharField("规格型号", max_length=120, help_text="印在单据上的规格")
    standard = models.CharField("执行标准", max_length=80, blank=True)
    tax_rate = models.DecimalField("税率 (%)", max_digits=5, decimal_places=2, default=Decimal("13"))
    is_active = models.BooleanField("在售", default=True)
    initials = models.CharField("拼音首字母", max_length=40, blank=True, help_text="不填则自动生成，可更正")
    search = SearchField()
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History(excluded_fields=["search"])

    class Meta:
        verbose_name = "产品"
        verbose_name_plural = "产品"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100),
                name="product_tax_rate",
                violation_error_message="税率应在 0 到 100 之间。",
                violation_error_code="tax_rate",
            ),
            models.CheckConstraint(
                condition=(Q(width_mm=None) | Q(width_mm__gt=0))
                & (Q(length_m=None) | Q(length_m__gt=0))
                & (Q(grammage=None) | Q(grammage__gt=0))
                & (Q(core_mm=None) | Q(core_mm__gt=0)),
                name="product_measures",
                violation_error_message="宽度、长度、克重、管芯内径应大于 0；没有的请留空。",
            ),
        ]
        indexes = [search_index("product_search")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.pk])


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
