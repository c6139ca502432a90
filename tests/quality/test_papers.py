"""The 产品检验报告 and the labels of a batch, and quantities told in rolls, kg and m²."""

from decimal import Decimal

import pytest

from audit.errors import Forbidden, Refused
from catalog.models import Product
from documents.models import Document
from quality.actions import inspection
from quality.actions.labels import print_labels
from quality.measures import measures_of
from tests.production.works import TICKS, Works

pytestmark = pytest.mark.django_db


def test_the_report_is_made_when_customer_service_signs_beside() -> None:
    works = Works()
    _, batch = works.finished()
    works.inspect(batch)
    assert not Document.objects.filter(kind="inspection_report").exists()
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    report = Document.objects.get(kind="inspection_report")
    assert (report.number, report.subject_kind, report.version) == (f"JY-{batch.number}", "batch", 1)
    assert (report.data["verdict"], report.data["measured"]) == ("合格", "宽 80.0 mm")
    assert [row[2:] for row in report.data["joint"]] == [[True, True]] * 4
    assert report.data["inspector"] == works.who["quality"].name
    assert report.data["customer_service"] == works.who["customer_service"].name


def test_a_withdrawn_inspection_withdraws_its_report_and_the_next_has_a_version_of_its_own() -> None:
    works = Works()
    _, batch = works.finished()
    works.judge(batch)
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="量具未校准")
    first = Document.objects.get(kind="inspection_report")
    assert "量具未校准" in first.withdrawal.reason
    batch.refresh_from_db()
    works.judge(batch)
    assert Document.objects.filter(kind="inspection_report").count() == 2


def test_labels_of_pallets_are_one_for_each_that_was_received() -> None:
    works = Works()
    _, batch = works.finished()
    works.judge(batch)
    with pytest.raises(Refused, match="入库后再打印"):
        print_labels(batch, by=works.who["quality"], what="pallet", size="100x70")
    works.stock(batch)
    paper = print_labels(batch, by=works.who["warehouse"], what="pallet", size="100x70")
    assert [(row["number"], Decimal(row["quantity"])) for row in paper.data["labels"]] == [(f"{batch.number}-01", 100)]
    assert (paper.data["code"], paper.data["batch"]) == (works.product.code, batch.number)


@pytest.mark.parametrize(
    ("count", "each", "words"), [(0, "1", "张数"), (201, "1", "张数"), (3, "0", "每件"), (101, "1", "多于此批")]
)
def test_no_more_labels_than_there_are_goods(count: int, each: str, words: str) -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Refused, match=words):
        print_labels(batch, by=works.who["quality"], what="roll", size="80x50", count=count, each=Decimal(each))


def test_no_two_rolls_bear_one_number_and_a_reprint_says_so() -> None:
    works = Works()
    _, batch = works.finished()
    by = works.who["quality"]
    roll = {"what": "roll", "size": "80x50", "each": Decimal(1)}
    first = print_labels(batch, by=by, count=2, **roll)
    more = print_labels(batch, by=by, count=2, **roll)
    again = print_labels(batch, by=by, count=1, first=2, **roll)
    carton = print_labels(batch, by=by, count=1, **{**roll, "what": "carton"})
    numbers = [
        [(row["number"], row["again"]) for row in paper.data["labels"]] for paper in (first, more, again, carton)
    ]
    here = batch.number
    assert numbers == [
        [(f"{here}-J001", False), (f"{here}-J002", False)],
        [(f"{here}-J003", False), (f"{here}-J004", False)],
        [(f"{here}-J002", True)],
        [(f"{here}-X001", False)],
    ]
    with pytest.raises(Refused, match="打印到第 4 号"):
        print_labels(batch, by=by, count=2, first=4, **roll)


def test_a_pallets_label_printed_once_more_is_marked() -> None:
    works = Works()
    _, batch = works.finished()
    works.stock(works.judge(batch))
    papers = [print_labels(batch, by=works.who["quality"], what="pallet", size="100x70") for _ in range(2)]
    assert [paper.data["labels"][0]["again"] for paper in papers] == [False, True]


def test_a_scrapped_batch_gets_no_labels_and_one_scrapped_in_part_none_for_what_is_gone() -> None:
    works = Works()
    order, batch = works.finished()
    works.judge(batch, "scrap")
    roll = {"what": "roll", "size": "80x50", "each": Decimal(1)}
    with pytest.raises(Refused, match="已报废"):
        print_labels(batch, by=works.who["quality"], count=1, **roll)
    again = works.report(order)
    assert again is not None
    works.judge(again, scrap=Decimal(10))
    with pytest.raises(Refused, match="多于此批的数量 90"):
        print_labels(again, by=works.who["quality"], count=91, **roll)


def test_who_does_not_handle_goods_prints_no_labels() -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Forbidden):
        print_labels(batch, by=works.who["sales"], what="roll", size="80x50", count=1, each=Decimal(1))


@pytest.mark.parametrize(
    ("unit", "quantity", "wanted"),
    [
        ("卷", "100", [("400.0", "m²"), ("22.0", "kg")]),
        ("平方米", "400", [("100.0", "卷"), ("22.0", "kg")]),
        ("kg", "22", [("100.0", "卷"), ("400.0", "m²")]),
        ("令", "5", []),
    ],
)
def test_quantities_are_told_in_rolls_square_metres_and_kilograms(
    unit: str, quantity: str, wanted: list[tuple[str, str]]
) -> None:
    """A roll of 80 mm × 50 m at 55 g/m² has 4 m² and weighs 0.22 kg."""
    product = Product(width_mm=Decimal(80), length_m=Decimal(50), grammage=Decimal(55))
    assert measures_of(product, Decimal(quantity), unit) == [(Decimal(value), name) for value, name in wanted]


def test_a_product_without_measures_is_told_in_its_own_unit_only() -> None:
    assert measures_of(Product(), Decimal(5), "卷") == []
