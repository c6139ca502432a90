"""Labels of a batch's rolls, cartons and pallets, printed as a paper of their own."""

from decimal import Decimal
from typing import Any

from audit.errors import Refused
from documents.models import Document
from orders.frame import OrderAct, order_action
from orders.models.order import RELEASED
from production.gates.shared import plain
from production.models import Batch, BatchStatus
from quality.measures import measures_of
from quality.papers import LABEL_OF, LABELS, SIZES, freeze_labels, terms_of
from quality.pieces import PIECE, PIECES
from stock.models import Pallet

MOST_LABELS = 200


@order_action("print_labels", states=RELEASED, quiet=True)
def print_labels(
    act: OrderAct,
    batch: Batch,
    *,
    what: str,
    size: str,
    count: int | None = None,
    each: Decimal | None = None,
    first: int | None = None,
) -> Document:
    """A label per pallet received, or `count` labels of `each` for rolls and cartons. Raises Refused for more than
    the batch holds, for a scrapped batch, and for pallets of a batch that is not in stock yet."""
    if batch.status == BatchStatus.SCRAPPED:
        raise Refused(f"批次 {batch.number} 已报废，不能打印标签。")
    if what not in LABEL_OF or size not in SIZES:
        raise Refused("请选择标签种类和尺寸。", field="what")
    rows = of_pallets(batch) if what == "pallet" else of_pieces(batch, what, count, each, first)
    terms = terms_of(batch)
    for row in rows:
        row["measures"] = measures_of(terms.product, row["quantity"], terms.unit)
    paper = freeze_labels(act, batch, what=what, size=size, rows=rows)
    act.record(act.order, batch=batch.number, what=what, count=len(rows))
    return paper


def of_pallets(batch: Batch) -> list[dict[str, Any]]:
    pallets = Pallet.objects.filter(lot__number=batch.number, on_hand__gt=0).order_by("pk")[: MOST_LABELS + 1]
    printed = printed_numbers(batch, "pallet")
    rows = [
        {"number": pallet.number, "quantity": pallet.on_hand, "again": pallet.number in printed} for pallet in pallets
    ]
    if not rows:
        raise Refused("此批没有在库的托盘，请入库后再打印托盘标。", field="what")
    if len(rows) > MOST_LABELS:
        raise Refused(f"一次最多打印 {MOST_LABELS} 张。")
    return rows


def of_pieces(
    batch: Batch, what: str, count: int | None, each: Decimal | None, first: int | None
) -> list[dict[str, Any]]:
    """Numbered on from the last that was printed, so that no two rolls bear one number; or, from `first`, those that
    were printed already, marked 补打."""
    if not count or not 1 <= count <= MOST_LABELS:
        raise Refused(f"请填写张数，1 到 {MOST_LABELS}。", field="count")
    if not each or each <= 0:
        raise Refused("请填写每件数量，应大于 0。", field="each")
    left = batch.quantity - batch.scrapped
    if count * each > left:
        raise Refused(f"合计多于此批的数量 {plain(left)}，请核对。", field="each")
    last = max((place_of(number) for number in printed_numbers(batch, what)), default=0)
    if first is not None and not 1 <= first <= last + 1 - count:
        raise Refused(f"此批的{LABEL_OF[what]}打印到第 {last} 号，补打的须在此之内。", field="first")
    begin = first or last + 1
    return [
        {"number": f"{batch.number}-{PIECES[what]}{place:03d}", "quantity": each, "again": first is not None}
        for place in range(begin, begin + count)
    ]


def printed_numbers(batch: Batch, what: str) -> set[str]:
    """Every number that a label of that kind was printed with."""
    papers = Document.objects.filter(
        kind=LABELS.code, subject_kind="batch", subject_id=batch.pk, data__what=LABEL_OF[what]
    )
    return {label["number"] for data in papers.values_list("data", flat=True) for label in data["labels"]}


def place_of(number: str) -> int:
    found = PIECE.fullmatch(number)
    return int(found["place"]) if found else 0
