"""The 产品出厂标准 of most products, and what is measured by them."""

from datetime import datetime
from decimal import Decimal

from home.demo.people import People
from home.demo.products import Made
from production.models import Batch
from quality.actions.standards import Item, put_in_force, write_standard
from quality.measuring import Asked, Found, ask_of
from quality.models import ItemKind

LOOKS = Item("外观", "attribute", Decimal("2.5"), "II", target="无污点、无折痕、端面整齐", method="目测")
WITHOUT_EVERY = 5


def write_standards(people: People, made: list[Made], at: datetime) -> None:
    """Four of five products; the others are inspected by the written word."""
    for number, each in enumerate(made):
        if number % WITHOUT_EVERY == WITHOUT_EVERY - 1:
            continue
        product = each.product
        draft = write_standard(
            None,
            by=people["technical"],
            at=at,
            product=product,
            title=f"{product.standard or 'Q/YQ'} {product.name}出厂标准"[:80],
            items=[*measured(product.width_mm, product.grammage), LOOKS],
        )
        put_in_force(draft, by=people["quality"], at=at)


def measured(width: Decimal | None, grammage: Decimal | None) -> list[Item]:
    found = []
    if width:
        found.append(
            Item("宽度", "measured", Decimal("1.5"), "S-2", width - Decimal("0.5"), width + Decimal("0.5"), "mm",
                 method="钢直尺")
        )  # fmt: skip
    if grammage:
        found.append(
            Item("克重", "measured", Decimal("4.0"), "S-1", grammage * Decimal("0.96"), grammage * Decimal("1.04"),
                 "g/m²", method="GB/T 451.2")
        )  # fmt: skip
    return found


def found_on(batch: Batch, *, spoilt: bool = False) -> list[Found]:
    """What an inspector writes down: values close to the middle; a spoilt batch looks bad more often than it may."""
    ask = ask_of(batch)
    return [found(asked, spoilt) for asked in ask.items] if ask else []


def found(asked: Asked, spoilt: bool) -> Found:
    item, size = asked.item, asked.plan.sample_size
    if item.kind == ItemKind.ATTRIBUTE:
        return Found(item.pk, defectives=min(asked.plan.refuse, size) if spoilt else 0)
    low, high = item.lower or Decimal(0), item.upper or Decimal(0)
    step = (high - low) / 10
    return Found(item.pk, tuple((low + step * (4 + place % 3)).quantize(Decimal("0.01")) for place in range(size)))
