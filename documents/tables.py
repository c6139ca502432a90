"""From a spreadsheet to rows by a table of columns: .xlsx by openpyxl's read-only mode, .csv in UTF-8 or GB18030."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from documents import cells
from documents.attachments import as_text

MOST_ROWS = 10_000


@dataclass(frozen=True)
class Column:
    """`head` as it stands in the first row; `read` turns a cell into a value or raises ValueError in Chinese."""

    name: str
    head: str
    read: Callable[[Any], Any]
    example: str = ""
    hint: str = ""
    required: bool = False


class Unreadable(Exception):
    """The file as a whole cannot be taken; the message says why, in Chinese."""


@dataclass
class Row:
    """One data row: its number in the file, its values, and what is wrong with it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


def read(name: str, content: bytes, columns: Sequence[Column]) -> list[Row]:
    """The rows of the file. Raises Unreadable for a file of another kind, missing heads, or too many rows."""
    lines = from_xlsx(content) if name.lower().endswith(".xlsx") else from_csv(content)
    try:
        heads = next(lines)
    except StopIteration:
        raise Unreadable("文件是空的。") from None
    where = positions(heads, columns)
    judged_lines = (judged(number, line, where, columns) for number, line in enumerate(lines, 2))
    rows = [row for row in judged_lines if row is not None]
    if not rows:
        raise Unreadable("文件中没有数据行。")
    return rows


def from_xlsx(content: bytes) -> Iterator[list[Any]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable("文件不是有效的 .xlsx 表格。") from error
    sheet = book.worksheets[0]
    for count, line in enumerate(sheet.iter_rows(values_only=True)):
        if count > MOST_ROWS:
            raise Unreadable(f"一次最多导入 {MOST_ROWS} 行，请拆成几个文件。")
        yield list(line)


def from_csv(content: bytes) -> Iterator[list[Any]]:
    text = as_text(content)
    if text is None:
        raise Unreadable("文件编码无法识别，请另存为 UTF-8 的 CSV，或 .xlsx。")
    for count, line in enumerate(csv.reader(io.StringIO(text, newline=""))):
        if count > MOST_ROWS:
            raise Unreadable(f"一次最多导入 {MOST_ROWS} 行，请拆成几个文件。")
        yield list(line)


def positions(heads: list[Any], columns: Sequence[Column]) -> dict[str, int]:
    """Column name → its place; heads may stand in any order, with or without the star."""
    known = {
        str(head).strip().rstrip("*＊").strip(): place for place, head in enumerate(heads) if not cells.empty(head)
    }
    missing = [column.head for column in columns if column.required and column.head not in known]
    if missing:
        raise Unreadable(f"缺少列：{'、'.join(missing)}。请使用下载的模板。")
    if strange := known.keys() - {column.head for column in columns}:
        raise Unreadable(f"不认识的列：{'、'.join(sorted(strange))}。请使用下载的模板。")
    return {column.name: known[column.head] for column in columns if column.head in known}


def judged(number: int, line: list[Any], where: dict[str, int], columns: Sequence[Column]) -> Row | None:
    """The row with each cell read; None for an empty line."""
    if all(cells.empty(value) for value in line):
        return None
    row = Row(number)
    for column in columns:
        place = where.get(column.name)
        value = line[place] if place is not None and place < len(line) else None
        if cells.empty(value):
            if column.required:
                row.errors.append(f"{column.head}：不能为空")
            continue
        try:
            row.values[column.name] = column.read(value)
        except ValueError as error:
            row.errors.append(f"{column.head}：{error}")
    return row
