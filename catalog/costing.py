"""What a product costs and should sell for: material by its needs, process, labour, overhead, margin (R36)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from catalog.models import CostRules, Need, Product, ProductCost

ZERO = Decimal(0)
HUNDRED = Decimal(100)
UNIT = Decimal("0.0001")


def unit_price(value: Decimal) -> Decimal:
    return value.quantize(UNIT, ROUND_HALF_UP)


@dataclass(frozen=True)
class MaterialPart:
    """`quantity` of a material with its waste, for one unit of the product; `price` None while nobody has said it."""

    need: Need
    quantity: Decimal
    price: Decimal | None

    @property
    def amount(self) -> Decimal:
        return unit_price(self.quantity * (self.price or ZERO))


@dataclass
class Estimate:
    """Yuan without tax for one unit. `lacking` says what is not known: an estimate that lacks something is none."""

    product: Product
    rules: CostRules
    materials: list[MaterialPart] = field(default_factory=list)
    process: Decimal = ZERO
    labour: Decimal = ZERO
    lacking: list[str] = field(default_factory=list)

    @property
    def material(self) -> Decimal:
        return sum((part.amount for part in self.materials), ZERO)

    @property
    def overhead(self) -> Decimal:
        return unit_price((self.material + self.process + self.labour) * self.rules.overhead / HUNDRED)

    @property
    def cost(self) -> Decimal | None:
        return None if self.lacking else self.material + self.process + self.labour + self.overhead

    @property
    def lacking_text(self) -> str:
        return "、".join(self.lacking)

    @property
    def price(self) -> Decimal | None:
        """With tax, at the house's target margin."""
        if self.cost is None:
            return None
        net = self.cost / (1 - self.rules.margin / HUNDRED)
        return unit_price(net * (1 + self.product.tax_rate / HUNDRED))


def margin_of(price: Decimal, tax_rate: Decimal, cost: Decimal | None) -> Decimal | None:
    """Percent of the price without tax that is left over `cost`; None where cost or price is not known."""
    if cost is None or not price:
        return None
    net = price / (1 + tax_rate / HUNDRED)
    return ((net - cost) / net * HUNDRED).quantize(Decimal("0.01"), ROUND_HALF_UP)


def estimates(products: Iterable[Product]) -> dict[int, Estimate]:
    """By product; three queries, however many."""
    rules = CostRules.current()
    found = {product.pk: Estimate(product, rules) for product in products}
    needs: dict[int, list[Need]] = defaultdict(list)
    for need in Need.objects.filter(product__in=found).select_related("material__cost"):
        needs[need.product_id].append(need)
    made = {cost.product_id: cost for cost in ProductCost.objects.filter(product__in=found)}
    for pk, estimate in found.items():
        fill(estimate, needs[pk], made.get(pk))
    return found


def fill(estimate: Estimate, needs: list[Need], made: ProductCost | None) -> None:
    for need in needs:
        known = getattr(need.material, "cost", None)
        quantity = need.quantity * (HUNDRED + need.waste) / HUNDRED
        estimate.materials.append(MaterialPart(need, quantity, known.price if known else None))
        if known is None:
            estimate.lacking.append(f"{need.material} 的材料单价")
    if not needs:
        estimate.lacking.append("材料用量")
    if made is None:
        estimate.lacking.append("加工费与人工费")
    else:
        estimate.process, estimate.labour = made.process, made.labour


def estimate_of(product: Product) -> Estimate:
    return estimates([product])[product.pk]
