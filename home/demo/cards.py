"""The 工艺卡 of most products; the others are confirmed by the written word alone."""

from datetime import datetime
from decimal import Decimal

from catalog.models import Product
from home.demo.people import People
from home.demo.products import Made
from production.actions.cards import StepInput, put_in_force, write_card

WITHOUT_EVERY = 7
SPEEDS = {
    "printing": ("150", "0.75", "张力 12 N，80 m/min"),
    "coating": ("40", "1", "涂布量 22 g/m²，烘道 95 ℃"),
    "slitting": ("200", "0.25", "复卷张力 8 N"),
    "die_cutting": ("160", "0.5", "刀深 0.12 mm"),
    "packing": ("300", "0", "托盘缠膜，四角护边"),
}
SLIT = ("slitting", "packing")
ROUTES = {
    Product.Kind.LABEL: ("printing", "die_cutting", "slitting", "packing"),
    Product.Kind.REEL: ("coating", "slitting", "packing"),
    Product.Kind.SHEET: ("coating", "slitting", "packing"),
    Product.Kind.OTHER: SLIT,
}


def write_cards(people: People, made: list[Made], at: datetime) -> None:
    for number, each in enumerate(made):
        if number % WITHOUT_EVERY == WITHOUT_EVERY - 1:
            continue
        product = each.product
        draft = write_card(
            None,
            by=people["technical"],
            at=at,
            product=product,
            title=f"GY-{number + 1:03d} {product.name}"[:80],
            formula="面材：按规格；胶：水性丙烯酸 22 g/m²；离型纸：格拉辛 62 g/m²",
            tooling=f"D-{number + 1:03d}" if product.kind == Product.Kind.LABEL else "",
            note="首件经技术部确认后方可批量生产。",
            steps=[step(name) for name in route(product)],
        )
        put_in_force(draft, by=people["technical"], at=at)


def route(product: Product) -> tuple[str, ...]:
    """Thermal rolls are slit from paper that is bought coated."""
    return SLIT if product.name == "热敏纸卷" else ROUTES[Product.Kind(product.kind)]


def step(name: str) -> StepInput:
    rate, setup, parameters = SPEEDS[name]
    return StepInput(name, Decimal(rate), Decimal(setup), parameters)
