"""What the products are made of: base papers, face stock, cores and cartons, in store and on order."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from catalog.materials import Use, change_material, change_needs
from catalog.models import Material, Product
from home.demo.people import People
from home.demo.products import Made
from stock.materials.actions import expect_arrival, receive_material

# code, name, specification, unit, safety stock, lots in store, expected in days (None: nothing is on order)
MATERIALS = (
    ("YZ-RM55", "热敏原纸", "55 g，880 mm", "kg", 8000, (24_000, 12_200), 9),
    ("YZ-SJ70", "双胶原纸", "70 g，1092 mm", "kg", 60_000, (420_000, 180_000, 90_000), None),
    ("YZ-TB128", "铜版原纸", "128 g", "kg", 40_000, (260_000, 120_000), 12),
    ("MC-TB80", "铜版纸面材", "80 g 不干胶", "m²", 90_000, (1_100_000, 400_000), None),
    ("MC-PET50", "透明 PET 面材", "50 μm", "m²", 36_000, (22_000,), 6),
    ("DZ-GLX60", "格拉辛底纸", "60 g", "m²", 200_000, (3_400_000,), 15),
    ("JS-RR", "热熔胶", "桶装 20 kg", "kg", 2000, (26_000,), None),
    ("GX-76", "纸管芯", "76 mm", "个", 3000, (14_500,), None),
    ("BZ-XB", "五层瓦楞纸箱", "60×40×40", "个", 1500, (5_200,), 4),
)
# The base paper of what is neither glued nor backed, by weight.
BASE = dict.fromkeys(("双胶纸卷筒", "牛皮纸卷筒", "淋膜纸卷", "双胶纸", "特种纹理纸"), "YZ-SJ70") | {
    "热敏纸卷": "YZ-RM55",
    "铜版纸": "YZ-TB128",
    "白卡纸": "YZ-TB128",
}
GLUE = Decimal("0.02")  # kg a square metre
IN_A_CARTON = 20
FINEST = Decimal("0.0001")
# Days ago: the first lots are old enough for every order to have drawn on them.
RECEIVED = (160, 22, 13)
CLEAR = ("透明", "PET")


def fill_store(staff: People, made: list[Made], today: date, founded: datetime) -> None:
    known = {row[0]: add(staff, row, today, founded) for row in MATERIALS}
    for one in made:
        product = Product.objects.get(pk=one.product.pk)
        uses = [
            Use(known[code], each.quantize(FINEST), Decimal(waste))
            for code, each, waste in [*sheet(product), *around(product)]
        ]
        change_needs(product, by=staff["technical"], at=founded, uses=uses)


Part = tuple[str, Decimal, int]  # material, how much of it a unit takes, waste in percent


def sheet(product: Product) -> list[Part]:
    """What the paper of a unit is made of: a base paper, or face, glue and backing."""
    square = square_metres(product)
    if base := BASE.get(product.name):
        assert product.grammage is not None  # noqa: S101 (reels and sheets have one)
        return [(base, square * product.grammage / 1000, 3)]
    if product.name == "格拉辛底纸":
        return [("DZ-GLX60", square, 2)]
    face = "MC-PET50" if any(word in product.name for word in CLEAR) else "MC-TB80"
    waste = 8 if product.kind == Product.Kind.LABEL else 3
    return [(face, square, waste), ("DZ-GLX60", square, waste), ("JS-RR", square * GLUE, 2)]


def around(product: Product) -> list[Part]:
    if product.kind == Product.Kind.LABEL:
        return [("BZ-XB", 1 / Decimal(IN_A_CARTON), 0)]
    return [("GX-76", Decimal(1), 0)] if product.core_mm == 76 else []


def square_metres(product: Product) -> Decimal:
    """Of a unit: a reel, or as many sheets or labels as its specification says."""
    if product.width_mm and product.length_m:
        return product.width_mm * product.length_m / 1000
    size, count = re.match(r"(\d+×\d+) mm", product.spec), re.search(r"(\d+) 张", product.spec)
    assert size is not None and count is not None  # noqa: S101 (home.demo.products writes them so)
    across, along = size[1].split("×")
    return Decimal(across) * Decimal(along) * Decimal(count[1]) / 1_000_000


def add(staff: People, row: tuple, today: date, founded: datetime) -> Material:  # type: ignore[type-arg]
    code, name, spec, unit, safety, lots, coming = row
    facts = {"code": code, "name": name, "spec": spec, "unit": unit, "safety_stock": Decimal(safety)}
    material: Material = change_material(None, by=staff["technical"], at=founded, **facts)
    for number, quantity in enumerate(lots, 1):
        received = today - timedelta(days=RECEIVED[number - 1])
        receive_material(
            None,
            by=staff["warehouse"],
            at=datetime.combine(received, founded.timetz()),
            material=material,
            number=f"{code}-{received:%y%m}{number:02d}",
            quantity=Decimal(quantity),
            received_on=received,
            supplier=("浙江宏远纸业", "江阴申凯材料", "太仓联胜包装")[number % 3],
            shelf_until=today + timedelta(days=320) if unit == "kg" else None,
        )
    if coming:
        due, quantity = today + timedelta(days=coming), Decimal(lots[0])
        expect_arrival(
            None, by=staff["technical"], material=material, quantity=quantity, due_on=due, reference=f"CG-{code}"
        )
    return material
