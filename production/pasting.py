"""Reading a sheet that was copied from a spreadsheet: cells between tabs, rows between line ends. No model is asked."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

COLUMNS = {
    "order": ("订单号", "订单", "单号", "订单编号", "工单号", "工单"),
    "line": ("行", "行号", "序", "序号", "订单行"),
    "code": ("产品编号", "产品", "编号", "品号", "料号"),
    "good": ("合格", "合格数", "合格数量", "良品", "良品数", "产量"),
    "scrap": ("废品", "废品数", "废品数量", "不良", "不良数", "报废"),
    "hours": ("工时", "小时", "工时(小时)", "工时(h)"),
    "remark": ("备注", "说明"),
    "unit": ("单位",),
}
NAMES = {name: code for code, names in COLUMNS.items() for name in names}
# As the columns stand where nobody wrote a head.
USUAL = ("order", "line", "good", "scrap", "hours", "remark")
NUMBERS = {"good": ("合格", 3), "scrap": ("废品", 3), "hours": ("工时", 2)}
NOTHING = {"", "-", "--", "—", "/", "无"}
MOST_ROWS = 200
LONGEST = 500
# Thousands in threes: 1,20 is a slip of the finger, and nobody knows for what.
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass
class Row:
    """One row as it was read; `at` counts the rows of the sheet as it was pasted, from 1."""

    at: int
    order: str = ""
    line: int | None = None
    code: str = ""
    good: Decimal = Decimal(0)
    scrap: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)
    remark: str = ""
    unit: str = ""


@dataclass
class Pasted:
    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read(text: str) -> Pasted:
    """The rows of a pasted sheet, and what is wrong with each bad cell."""
    found = Pasted()
    columns: tuple[str, ...] | None = None
    for at, cells in lines_of(text):
        head = head_of(cells) if columns is None else None
        if head:
            columns = head
            if missing := [COLUMNS[code][0] for code in ("order", "good") if code not in head]:
                found.errors.append(f"第 {at} 行：表头缺少「{'」「'.join(missing)}」列。")
                return found
            continue
        columns = columns or USUAL
        if len(found.rows) == MOST_ROWS:
            found.errors.append(f"一次最多 {MOST_ROWS} 行，请分开粘贴。")
            return found
        found.rows.append(row_of(at, dict(zip(columns, cells, strict=False)), found.errors))
        if extra := [cell for cell in cells[len(columns) :] if cell]:
            found.errors.append(f"第 {at} 行：多出一列「{extra[0][:20]}」。")
    if not found.rows and not found.errors:
        found.errors.append("没有读到数据，请连同订单号一起从表格复制。")
    return found


def lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Full-width signs become plain ones; empty rows are passed over, and counted."""
    for at, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        cells = [unicodedata.normalize("NFKC", cell).strip().strip('"') for cell in line.split("\t")]
        if any(cells):
            yield at, cells


def head_of(cells: list[str]) -> tuple[str, ...] | None:
    """The columns that a row of names stands for; a column of no known name is passed over. None for a row of data."""
    named = tuple(NAMES.get(cell.replace(" ", ""), f"?{index}") for index, cell in enumerate(cells))
    known = [name for name in named if not name.startswith("?")]
    return named if len(known) >= 2 or (known and len(cells) == 1) else None


def row_of(at: int, cells: dict[str, str], errors: list[str]) -> Row:
    row = Row(at, remark=cells.get("remark", ""), unit=cells.get("unit", ""))
    row.code = cells.get("code", "").upper()
    row.order = cells.get("order", "").upper().replace(" ", "")
    if not row.order:
        errors.append(f"第 {at} 行：缺订单号。")
    if line := cells.get("line", ""):
        if line.isdecimal() and 0 < int(line[:6]) < 1000:
            row.line = int(line)
        else:
            errors.append(f"第 {at} 行：行号「{line[:20]}」不是 1、2、3 这样的数字。")
    for name, (label, places) in NUMBERS.items():
        try:
            setattr(row, name, number(cells.get(name, ""), places))
        except ValueError as error:
            errors.append(f"第 {at} 行：{label}{error}")
    if len(row.remark) > LONGEST:
        errors.append(f"第 {at} 行：备注最多 {LONGEST} 个字。")
    return row


def number(cell: str, places: int) -> Decimal:
    """Raises ValueError with what is wrong. Nothing, a dash or 无 is 0."""
    plain = cell.replace("，", ",").replace(" ", "")
    if plain in NOTHING:
        return Decimal(0)
    if "," in plain and not GROUPED.fullmatch(plain.lstrip("+-")):
        raise ValueError(f"「{cell[:20]}」的千分位不对。")
    try:
        found = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"「{cell[:20]}」不是数字。") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 10:
        raise ValueError(f"「{cell[:20]}」超出范围。")
    if found < 0:
        raise ValueError(f"「{cell[:20]}」不能为负；更正请撤回原行再报。")
    if found != found.quantize(Decimal(1).scaleb(-places)):
        raise ValueError(f"「{cell[:20]}」最多 {places} 位小数。")
    return found
