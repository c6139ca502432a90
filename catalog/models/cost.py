"""What a product costs to make: the ground of a quoted price (R36). Seen only by those who may see costs."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from audit.history import History
from catalog.models.material import Material
from catalog.models.product import Product


def cost_field(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=4)


def rate_field(label: str, default: str, help_text: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=5, decimal_places=2, default=Decimal(default), help_text=help_text)


class MaterialCost(models.Model):
    """What one unit of a material costs, in yuan without tax."""

    material = models.OneToOneField(Material, verbose_name="原材料", on_delete=models.PROTECT, related_name="cost")
    price = cost_field("不含税单价")

    history = History()

    class Meta:
        verbose_name = "材料成本"
        verbose_name_plural = "材料成本"
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0), name="material_cost_price", violation_error_message="单价不能为负。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.price}"


class ProductCost(models.Model):
    """What making one unit of a product takes besides material, in yuan."""

    product = models.OneToOneField(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="cost")
    process = cost_field("加工费")
    labour = cost_field("人工费")

    history = History()

    class Meta:
        verbose_name = "加工成本"
        verbose_name_plural = "加工成本"
        constraints = [
            models.CheckConstraint(
                condition=Q(process__gte=0, labour__gte=0),
                name="product_cost_amounts",
                violation_error_message="加工费与人工费不能为负。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.process} + {self.labour}"


class CostRules(models.Model):
    """The house's rates: one row. Overhead is on cost, margins are of the price without tax, all in percent."""

    overhead = rate_field("管理费用 (%)", "8", "加在材料、加工、人工之和上")
    margin = rate_field("目标毛利率 (%)", "18", "占不含税售价")
    least_margin = rate_field("最低毛利率 (%)", "8", "低于此数的报价须经主管或营销总监同意")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "成本与毛利规则"
        verbose_name_plural = "成本与毛利规则"
        constraints = [
            models.CheckConstraint(
                condition=Q(overhead__gte=0, overhead__lte=100, least_margin__gte=0, margin__lt=100)
                & Q(margin__gte=F("least_margin")),
                name="cost_rules_rates",
                violation_error_message="各比例应在 0 到 100 之间，目标毛利率不低于最低毛利率。",
            )
        ]

    def __str__(self) -> str:
        return "成本与毛利规则"

    @classmethod
    def current(cls) -> "CostRules":
        return cls.objects.get_or_create(pk=1)[0]
