"""What is made and sold, of what, at which price, and what it costs."""

from catalog.models.cost import CostRules, MaterialCost, ProductCost
from catalog.models.material import Material, Need
from catalog.models.price import PriceEntry, PriceList
from catalog.models.product import GRADES, Product

__all__ = [
    "GRADES",
    "CostRules",
    "Material",
    "MaterialCost",
    "Need",
    "PriceEntry",
    "PriceList",
    "Product",
    "ProductCost",
]
