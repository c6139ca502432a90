"""Rolls, kilograms and square metres of the same goods, by the product's specification."""

from decimal import ROUND_HALF_UP, Decimal

from catalog.models import Product

MM_PER_M = Decimal(1000)
GRAMS_PER_KG = Decimal(1000)
TENTH = Decimal("0.1")
THOUSANDTH = Decimal("0.001")


def area_of_roll(product: Product) -> Decimal | None:
    """m² of one roll: width × length."""
    if product.width_mm is None or product.length_m is None:
        return None
    return product.width_mm / MM_PER_M * product.length_m


def measures_of(product: Product, quantity: Decimal, unit: str) -> list[tuple[Decimal, str]]:
    """The quantity in the other units that the specification lets it be told in; empty where it says too little."""
    area = area_of_roll(product)
    if not area:
        return []
    weight = area * product.grammage / GRAMS_PER_KG if product.grammage else None
    rolls = in_rolls(quantity, unit, area, weight)
    if rolls is None:
        return []
    found = [(rolls, "卷"), (rolls * area, "m²")] + ([(rolls * weight, "kg")] if weight else [])
    return [(value.quantize(TENTH, ROUND_HALF_UP), name) for value, name in found if name != unit_named(unit)]


def in_rolls(quantity: Decimal, unit: str, area: Decimal, weight: Decimal | None) -> Decimal | None:
    named = unit_named(unit)
    if named == "卷":
        return quantity
    if named == "m²":
        return quantity / area
    return quantity / weight if named == "kg" and weight else None


def unit_named(unit: str) -> str:
    """One name for the ways a unit is written."""
    alike = {"㎡": "m²", "m2": "m²", "平方米": "m²", "平米": "m²", "公斤": "kg", "千克": "kg", "KG": "kg", "Kg": "kg"}
    return alike.get(unit.strip(), unit.strip())


def converted(product: Product, quantity: Decimal, unit: str, into: str) -> Decimal | None:
    """The quantity in another unit, to the thousandth; None where the specification says too little."""
    if unit_named(unit) == unit_named(into):
        return quantity
    area = area_of_roll(product)
    if not area:
        return None
    weight = area * product.grammage / GRAMS_PER_KG if product.grammage else None
    rolls = in_rolls(quantity, unit, area, weight)
    of_one = {"卷": Decimal(1), "m²": area, "kg": weight}.get(unit_named(into))
    if rolls is None or not of_one:
        return None
    return (rolls * of_one).quantize(THOUSANDTH, ROUND_HALF_UP)


def units_of(product: Product, unit: str) -> list[str]:
    """The unit itself, and those that its quantities may be given in."""
    others = [name for name in ("卷", "kg", "m²") if name != unit_named(unit)]
    return [unit, *(name for name in others if converted(product, Decimal(1), name, unit))]
