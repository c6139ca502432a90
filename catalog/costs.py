"""What can be done to costs: finance says them, quotes are reckoned from them (R36)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.records import save
from audit.frame import Act, action
from catalog.actions import put
from catalog.models import CostRules, Material, MaterialCost, Product, ProductCost

RULES = {"overhead", "margin", "least_margin"}


@action("set_costs", system=True, versioned=False)
def set_costs(
    act: Act, product: Product, *, process: Decimal, labour: Decimal, materials: Mapping[Material, Decimal]
) -> Product:
    """Say what one unit takes of process and labour, and what each material costs; all in yuan without tax.

    Quotes already sent keep the cost they were reckoned with. Raises Invalid for an amount below zero.
    """
    made = ProductCost.objects.filter(product=product).first() or ProductCost(product=product)
    made.process, made.labour = process, labour
    save(made)
    known = {cost.material_id: cost for cost in MaterialCost.objects.filter(material__in=materials)}
    for material, price in materials.items():
        cost = known.get(material.pk) or MaterialCost(material=material)
        if cost.pk is None or cost.price != price:
            cost.price = price
            save(cost)
    act.record(product)
    return product


@action("change_cost_rules")
def change_cost_rules(act: Act, rules: CostRules, **facts: Any) -> CostRules:
    """Change overhead and margins for what is quoted from now on. Raises Invalid for rates out of bounds."""
    changed = put(rules, facts, RULES)
    rules.version += 1
    save(rules)
    act.record(rules, changed=changed)
    return rules
