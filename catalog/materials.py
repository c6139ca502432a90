"""What can be done to raw materials and to the need per product (R9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.records import save
from accounts.search import tokens
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import put
from catalog.models import Material, Need, Product

FACTS = {"code", "name", "spec", "unit", "safety_stock", "is_active"}


@dataclass(frozen=True)
class Use:
    """`quantity` of a material for one unit of a product, with `waste` percent on top."""

    material: Material
    quantity: Decimal
    waste: Decimal = Decimal(0)


@action("change_material", system=True)
def change_material(act: Act, material: Material | None, **facts: Any) -> Material:
    """Add a material (`None`) or change one. Raises Invalid for what the fields refuse."""
    new = material is None
    material = material or Material()
    changed = put(material, facts, FACTS)
    material.search = tokens(material.code, material.name, material.spec)
    material.version += 0 if new else 1
    save(material)
    act.record(material, changed=changed)
    return material


@action("change_needs", system=True)
def change_needs(act: Act, product: Product, *, uses: Sequence[Use]) -> Product:
    """Say all that a product is made of. Words already signed stand; what is computed next reads the new list.

    Raises Refused for a material named twice, Invalid for an amount that cannot be.
    """
    if len({use.material.pk for use in uses}) < len(uses):
        raise Refused("同一种原材料写了两次，请合并成一行。")
    standing = {need.material_id: need for need in Need.objects.filter(product=product)}
    for use in uses:
        need = standing.pop(use.material.pk, None) or Need(product=product, material=use.material)
        if need.pk is None or (need.quantity, need.waste) != (use.quantity, use.waste):
            need.quantity, need.waste = use.quantity, use.waste
            save(need)
    for gone in standing.values():
        gone.delete()
    product.version += 1
    product.save(update_fields=["version"])
    act.record(product, needs={use.material.code: use.quantity for use in uses})
    return product
