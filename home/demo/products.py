"""What it makes: reels, sheets and labels with codes, measures and prices as such a house has them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import prod
from random import Random
from typing import Any

from catalog.actions import Price, change_price_list, change_product
from catalog.models import PriceList, Product
from home.demo.people import People
from stock.actions import Opening, open_stock, release_lot
from stock.models import Lot

GRADE_FACTOR = {"A": Decimal("0.94"), "B": Decimal("1.00"), "C": Decimal("1.06")}
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Made:
    """A product with what a roll, ream or box of it costs grade B, how many one orders, and pieces on a pallet."""

    product: Product
    price: Decimal
    least: int
    most: int
    pallet: int


# name, code, (width, length, grammage) of each, core, and what a roll of the first one costs; the others by area
REELS = (
    (
        "热敏纸卷",
        "RM",
        ((80, 50, 55), (57, 40, 55), (80, 80, 65), (57, 30, 48), (110, 60, 65), (76, 70, 55)),
        12,
        "2.8",
    ),
    ("双胶纸卷筒", "SJ", ((787, 6000, 60), (880, 6000, 70), (787, 5000, 80), (1092, 6000, 70)), 76, "1560"),
    ("格拉辛底纸", "GLX", ((1080, 8000, 60), (1250, 8000, 62), (1530, 6000, 80)), 76, "2260"),
    ("不干胶铜版纸", "TB", ((1070, 1000, 80), (535, 1000, 80), (1070, 2000, 75), (300, 1000, 80)), 76, "1380"),
    ("不干胶合成纸", "HC", ((1070, 1000, 100), (535, 1000, 100), (250, 500, 80)), 76, "1750"),
    ("牛皮纸卷筒", "NP", ((1200, 3000, 80), (960, 3000, 100), (787, 3000, 120)), 76, "1290"),
    ("淋膜纸卷", "LM", ((850, 2500, 170), (690, 2500, 210), (1000, 2000, 250)), 76, "1980"),
)
SHEETS = (
    ("双胶纸", "SJP", (("787×1092", 70, 188), ("889×1194", 80, 246), ("787×1092", 100, 262), ("889×1194", 120, 352))),
    ("铜版纸", "TBP", (("889×1194", 105, 318), ("889×1194", 128, 376), ("787×1092", 157, 402), ("889×1194", 200, 566))),
    ("白卡纸", "BKP", (("787×1092", 250, 612), ("889×1194", 300, 846), ("889×1194", 350, 972))),
    ("特种纹理纸", "TZP", (("787×1092", 120, 1180), ("787×1092", 160, 1460))),
)
LABELS = (
    (
        "热敏不干胶标签",
        "LRM",
        (("100×150", 500, 26), ("100×100", 500, 19), ("60×40", 1000, 15), ("40×30", 1500, 14), ("76×130", 400, 23)),
    ),
    ("铜版纸标签", "LTB", (("80×50", 1000, 28), ("100×70", 1000, 42), ("50×30", 2000, 24), ("30×20", 5000, 31))),
    ("亚银标签", "LYY", (("60×30", 2000, 88), ("45×15", 3000, 76), ("90×60", 1000, 104))),
    ("透明 PET 标签", "LPT", (("40×40", 2000, 96), ("70×35", 1500, 90))),
    ("合成纸标签", "LHC", (("100×80", 1000, 86), ("120×90", 800, 92), ("75×50", 1500, 78))),
    ("吊牌卡纸", "LDP", (("90×54", 1000, 66), ("110×60", 1000, 82))),
    ("冷链耐冻标签", "LLD", (("100×60", 1000, 64), ("60×40", 1500, 58))),
)


class Shelf:
    """Products as the technical department enters them, one after the other."""

    def __init__(self, people: People, at: datetime) -> None:
        self.by, self.at = people["technical"], at
        self.made: list[Made] = []

    def add(self, base: Decimal, least: int, most: int, pallet: int, **facts: Any) -> None:
        product = change_product(None, by=self.by, at=self.at, **facts)
        self.made.append(Made(product, base, least, most, pallet))


def add_products(people: People, at: datetime) -> list[Made]:
    """Sixty products."""
    shelf = Shelf(people, at)
    add_reels(shelf)
    add_sheets(shelf)
    add_labels(shelf)
    return shelf.made


def add_reels(shelf: Shelf) -> None:
    for name, code, sizes, core, base in REELS:
        for width, length, grammage in sizes:
            small = width < 200
            share = Decimal(width * length * grammage) / prod(sizes[0])
            shelf.add(
                (Decimal(base) * share).quantize(CENT),
                200 if small else 4,
                3000 if small else 60,
                1000 if small else 12,
                code=f"{code}-{width}-{length}-{grammage}",
                name=name,
                kind="reel",
                width_mm=Decimal(width),
                length_m=Decimal(length),
                grammage=Decimal(grammage),
                core_mm=Decimal(core),
                unit="卷",
                spec=f"{width} mm × {length} m，{grammage} g/m²，管芯 {core} mm",
                standard="GB/T 28210" if small else "GB/T 30130",
            )


def add_sheets(shelf: Shelf) -> None:
    for name, code, sizes in SHEETS:
        for size, grammage, base in sizes:
            shelf.add(
                Decimal(base),
                10,
                240,
                40,
                code=f"{code}-{size.replace('×', 'x')}-{grammage}",
                name=name,
                kind="sheet",
                grammage=Decimal(grammage),
                unit="令",
                spec=f"{size} mm，{grammage} g/m²，500 张/令",
                standard="QB/T 1012" if code == "SJP" else "GB/T 10335",
            )


def add_labels(shelf: Shelf) -> None:
    for name, code, sizes in LABELS:
        for size, count, base in sizes:
            shelf.add(
                Decimal(base),
                60,
                1500,
                600,
                code=f"{code}-{size.replace('×', 'x')}",
                name=name,
                kind="label",
                label_size=f"{size} mm，{count} 张/卷",
                core_mm=Decimal(40),
                unit="卷",
                spec=f"{size} mm，{count} 张/卷，管芯 40 mm",
                standard="Q/YQ 003",
            )


def add_prices(people: People, made: list[Made], today: date, at: datetime) -> list[PriceList]:
    """Last year's list, this year's by grade with quantity breaks, and a better one for A on labels."""
    director, new_year = people["marketing_director"], date(today.year, 1, 1)
    if today - new_year < timedelta(days=150):
        new_year = date(today.year - 1, 7, 1)
    old = [Price(each.product, (each.price * Decimal("0.97")).quantize(CENT)) for each in made]
    now = [price for each in made for price in graded(each)]
    labels = [
        Price(each.product, (each.price * Decimal("0.88")).quantize(CENT), min_quantity=Decimal(each.most))
        for each in made
        if each.product.kind == "label"
    ]
    entered: dict[str, Any] = {"by": director, "at": at, "reason": "年度调价"}
    return [
        change_price_list(
            None,
            name=f"{new_year.year - 1} 年度价格执行方案",
            valid_from=new_year - timedelta(days=365),
            valid_to=new_year - timedelta(days=1),
            prices=old,
            **entered,
        ),
        change_price_list(None, name=f"{new_year.year} 年度价格执行方案", valid_from=new_year, prices=now, **entered),
        change_price_list(
            None,
            name="A 级客户标签大单方案",
            valid_from=new_year + timedelta(days=30),
            valid_to=today + timedelta(days=220),
            grade="A",
            prices=labels,
            **entered,
        ),
    ]


def graded(each: Made) -> list[Price]:
    """A price for each grade, and 3 % less from a good half of the largest order on."""
    break_at = Decimal(each.most // 20 * 12)
    found = []
    for grade, factor in GRADE_FACTOR.items():
        price = (each.price * factor).quantize(CENT)
        found.append(Price(each.product, price, grade=grade))
        found.append(Price(each.product, (price * Decimal("0.97")).quantize(CENT), grade=grade, min_quantity=break_at))
    return found


STOCKED_EVERY = 3


def fill_store(people: People, made: list[Made], rng: Random, today: date, at: datetime) -> dict[int, Decimal]:
    """Opening balances of every third product; most lots released by quality. Product id → what may be promised."""
    free: dict[int, Decimal] = {}
    for number, each in enumerate(made[::STOCKED_EVERY], 1):
        free[each.product.pk] = Decimal(0)
        for part in range(1, 4):
            born = today - timedelta(days=rng.randint(150, 240))
            count = rng.randint(5, 8)
            lot: Lot = open_stock(
                None,
                by=people["warehouse"],
                at=at,
                product=each.product,
                lot_number=f"QC{born:%y%m%d}-{number:02d}{part}",
                made_on=born,
                pallets=[Opening(Decimal(each.pallet), each.pallet) for _ in range(count)],
                shelf_until=born + timedelta(days=730) if each.product.kind == "label" else None,
            )
            if part < 3 or rng.random() < 0.5:
                release_lot(lot, by=people["quality"], at=at)
                free[each.product.pk] += each.pallet * count
    return free
