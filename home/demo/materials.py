"""What the products are made of: base papers, face stock, cores and cartons, in store and on order."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from catalog.materials import Use, change_material, change_needs
from catalog.models import Material, Product
from home.demo.people import People
from home.demo.products import Made
from stock.material_actions import expect_arrival, receive_material

# code, name, specification, unit, safety stock, lots in store, expected in days (None: nothing is on order)
MATERIALS = (
    ("YZ-RM55", "热敏原纸", "55 g，880 mm", "kg", 8000, (21_500, 18_200), 9),
    ("YZ-SJ70", "双胶原纸", "70 g，1092 mm", "kg", 12_000, (34_000, 28_500, 19_000), None),
    ("YZ-TB128", "铜版原纸", "128 g", "kg", 9000, (23_600, 16_800), 12),
    ("MC-TB80", "铜版纸面材", "80 g 不干胶", "m²", 15_000, (46_000, 21_000), None),
    ("MC-PET50", "透明 PET 面材", "50 μm", "m²", 6000, (2_400,), 6),
    ("DZ-GLX60", "格拉辛底纸", "60 g", "m²", 20_000, (88_000,), 15),
    ("JS-RR", "热熔胶", "桶装 20 kg", "kg", 600, (1_850,), None),
    ("GX-76", "纸管芯", "76 mm", "个", 3000, (14_500,), None),
    ("BZ-XB", "五层瓦楞纸箱", "60×40×40", "个", 1500, (5_200,), 4),
)
USES: dict[str, tuple[tuple[str, str, str], ...]] = {
    Product.Kind.REEL: (("YZ-RM55", "0.42", "3"), ("GX-76", "1", "0")),
    Product.Kind.SHEET: (("YZ-TB128", "38", "2.5"), ("BZ-XB", "1", "0")),
    Product.Kind.LABEL: (("MC-TB80", "5.2", "8"), ("DZ-GLX60", "5.2", "8"), ("JS-RR", "0.08", "2")),
    Product.Kind.OTHER: (("YZ-SJ70", "12", "3"),),
}
# Days ago: the first lots are old enough for every order to have drawn on them.
RECEIVED = (160, 22, 13)
CLEAR = ("透明", "PET")


def fill_store(staff: People, made: list[Made], today: date, founded: datetime) -> None:
    known = {row[0]: add(staff, row, today, founded) for row in MATERIALS}
    for one in made:
        product = Product.objects.get(pk=one.product.pk)
        uses = [
            Use(known[face(product, code)], Decimal(each), Decimal(waste)) for code, each, waste in USES[product.kind]
        ]
        change_needs(product, by=staff["technical"], at=founded, uses=uses)


def face(product: Product, code: str) -> str:
    return "MC-PET50" if code == "MC-TB80" and any(word in product.name for word in CLEAR) else code


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
