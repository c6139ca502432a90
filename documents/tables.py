"""From a spreadsheet to rows by a table of columns: the one way in for every .xlsx and .csv (docs/documents.md)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from documents import bounded, cells, reading
from documents.reading import Line, Unreadable

__all__ = ["Column", "Line", "Row", "Unreadable", "headed", "lines", "lines_of", "read", "rows_of"]

# A start, its own ten seconds of work, and what a busy machine adds to them.
PATIENCE = 30


@dataclass(frozen=True)
class Column:
    """`head` as it stands in the first row; `read` turns a cell into a value or raises ValueError in Chinese."""

    name: str
    head: str
    read: Callable[[Any], Any]
    example: str = ""
    hint: str = ""
    required: bool = False


@dataclass
class Row:
    """One data row: its number in the file, its values, and what is wrong with it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


def lines(name: str, content: bytes) -> list[Line]:
    """Each row that holds something, with its number; read in a process of its own. Raises Unreadable (B12, B13)."""
    kind = reading.judge(name, content)
    try:
        found = bounded.run_module("documents.reading", kind, content=content, seconds=PATIENCE)
    except bounded.Failed as refusal:
        raise Unreadable(str(refusal)) from refusal
    except bounded.Busy as error:
        raise Unreadable("正有其他人在导入表格，请稍后再试。") from error
    except bounded.TooMuch as error:
        raise Unreadable("表格内容过多或已损坏，读取超出上限，请拆成几个文件或另存为 .xlsx 后再试。") from error
    rows = [(number, row) for number, row in json.loads(found, object_hook=day_in)]
    if not rows:
        raise Unreadable("文件是空的，没有可读取的内容。")
    return rows


def day_in(found: dict[str, str]) -> datetime:
    return datetime.fromisoformat(found["at"])


def lines_of(uploaded: UploadedFile) -> list[Line]:
    """The same of a file just handed in, read once however often it is asked for."""
    if not hasattr(uploaded, "lines"):
        content = uploaded.read(reading.LARGEST + 1)
        uploaded.seek(0)
        uploaded.lines = lines(uploaded.name or "", content)  # type: ignore[attr-defined]
    return uploaded.lines  # type: ignore[attr-defined,no-any-return]


def read(name: str, content: bytes, columns: Sequence[Column]) -> list[Row]:
    """The rows of the file. Raises Unreadable for a file of another kind, missing heads, or too many rows."""
    return rows_of(lines(name, content), columns)


def rows_of(found: Sequence[Line], columns: Sequence[Column]) -> list[Row]:
    where, below = headed(found, columns)
    return [judged(number, line, where, columns) for number, line in below]


def headed(found: Sequence[Line], columns: Sequence[Column]) -> tuple[dict[str, int], Sequence[Line]]:
    """Where each column stands, and the rows under the heads. Raises Unreadable."""
    where = positions(found[0][1], columns)
    if len(found) == 1:
        raise Unreadable("文件中没有数据行。")
    return where, found[1:]


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


def judged(number: int, line: list[Any], where: dict[str, int], columns: Sequence[Column]) -> Row:
    """The row with each cell read."""
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
