"""Expected arrivals handed in as a spreadsheet, as purchasing has them: all rows or none (R9)."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from audit.errors import Refused
from audit.frame import Act, action
from catalog.models import Material
from documents import cells, tables
from documents.numbering import business_day
from documents.tables import Column, Row
from stock.materials.actions import expect_arrival, put_off_arrival
from stock.models import ExpectedArrival

COLUMNS = (
    Column("code", "材料编号", cells.text(30), "M001", required=True),
    Column("quantity", "数量", cells.number, "500", required=True),
    Column("due_on", "预计到料", cells.day, "2026-12-20", required=True),
    Column("reference", "采购单号", cells.text(60), "PO-2026-001", required=True),
)
MOST_NAMED = 10


@action("import_arrivals", system=True)
def import_arrivals(act: Act, subject: None, *, file: UploadedFile) -> dict[str, int]:
    """Each row is expected; one that is known by its purchase number and material is put off to the file's day, or
    left where nothing differs, so that the same file twice doubles nothing. One that came, or was cancelled, is over
    whatever the file says.

    Raises Refused with the rows that cannot be taken; nothing is written then.
    """
    try:
        rows = tables.rows_of(tables.lines_of(file), COLUMNS)
    except tables.Unreadable as error:
        raise Refused(str(error), field="file") from error
    # Locked, so that the same list handed in twice at once is there once.
    materials = Material.objects.select_for_update(no_key=True).order_by("pk")
    named = materials.filter(is_active=True, code__in=[row.get("code", "") for row in rows])
    by_code = {material.code: material for material in named}
    known = registered([material.pk for material in by_code.values()])
    judge(act, rows, by_code, known)
    said: dict[str, int] = defaultdict(int)
    for row in rows:
        said[take(act, row, by_code[row.get("code")], known)] += 1
    return dict(said)


def registered(material_ids: list[int]) -> dict[tuple[int, str], ExpectedArrival]:
    """Arrivals of every state by material and purchase number, locked by id; an open one before those that are over."""
    there = ExpectedArrival.objects.filter(material__in=material_ids).exclude(reference="")
    locked = sorted(there.select_for_update(no_key=True).order_by("pk"), key=is_open)
    return {(arrival.material_id, arrival.reference): arrival for arrival in locked}


def is_open(arrival: ExpectedArrival) -> bool:
    return arrival.state == ExpectedArrival.State.OPEN


def judge(
    act: Act, rows: list[Row], by_code: dict[str, Material], known: dict[tuple[int, str], ExpectedArrival]
) -> None:
    seen: set[tuple[int, str]] = set()
    for row in rows:
        material = by_code.get(row.get("code"))
        if "code" in row.values and material is None:
            row.errors.append(f"没有编号为 {row.get('code')} 的在用原材料")
        if row.get("quantity", Decimal(1)) <= 0:
            row.errors.append("数量应大于 0")
        key = (material.pk if material else 0, row.get("reference") or "")
        there = known.get(key)
        over = there is not None and not is_open(there)
        unchanged = there is not None and (over or there.due_on == row.get("due_on"))
        if not unchanged and row.get("due_on", business_day(act.at)) < business_day(act.at):
            row.errors.append("预计到料早于今天")
        if material is None or not row.get("reference"):
            continue
        if key in seen:
            row.errors.append("同一采购单号的同一材料写了两行，请合并")
        seen.add(key)
        if there and not over and there.quantity != row.get("quantity"):
            row.errors.append(f"此采购单已登记 {there.quantity.normalize():f}，数量有变请先取消原登记")
    wrong = [f"第 {row.number} 行：{'，'.join(row.errors)}。" for row in rows if row.errors]
    if wrong:
        more = [f"另有 {len(wrong) - MOST_NAMED} 行有误。"] if len(wrong) > MOST_NAMED else []
        raise Refused("".join([*wrong[:MOST_NAMED], *more]), field="file")


def take(act: Act, row: Row, material: Material, known: dict[tuple[int, str], ExpectedArrival]) -> str:
    given: dict[str, Any] = {"by": act.by, "at": act.at}
    there = known.get((material.pk, row.get("reference")))
    if there is None:
        facts = {name: row.get(name) for name in ("quantity", "due_on", "reference")}
        expect_arrival(None, material=material, **facts, **given)
        return "new"
    if not is_open(there) or there.due_on == row.get("due_on"):
        return "known"
    put_off_arrival(there, due_on=row.get("due_on"), reason=f"导入采购到料表：{row.get('reference')}", **given)
    return "moved"
