"""What is made and sold."""

from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse

from accounts.search import SearchField, search_index
from audit.history import History

GRADES = [("A", "A 级"), ("B", "B 级"), ("C", "C 级")]


# It is read out of «code name».
ONE_WORD = RegexValidator(r"^\S+$", "产品编号中不能有空格。")


class Product(models.Model):
    """A reel, a sheet, a label; what is printed on papers is `code`, `name`, `spec` and `standard`."""

    class Kind(models.TextChoices):
        REEL = "reel", "卷材"
        SHEET = "sheet", "平张"
        LABEL = "label", "标签"
        OTHER = "other", "其他"

    code = models.CharField("产品编号", max_length=30, unique=True, validators=[ONE_WORD])
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
            models.UniqueConstraint(
                Upper("code"),
                name="product_code_in_any_case",
                violation_error_message="已有只是大小写不同的产品编号。",
                violation_error_code="code",
            ),
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
