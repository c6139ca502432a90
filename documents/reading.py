"""The rows of a spreadsheet that somebody brought, read where it can do no harm (B12, B13).

`documents.tables` judges the outside of the file and has `python -m documents.reading` read its inside: a process of
its own, bounded in memory and time, that imports no Django and knows no secret.
"""

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_ENTRIES = 1_000
MOST_UNPACKED = 60 * MEGABYTE
# A sheet of figures packs to a tenth, a very even one to a fiftieth; what is small does no harm at any ratio.
RATIO, SMALL = 100, 5 * MEGABYTE
MOST_ROWS, LAST_ROW = 10_000, 1_048_576
MOST_COLUMNS = 200
LONGEST_CELL, LONGEST_LINE = 5_000, 200_000
MOST_TEXT = 10_000_000
SECONDS, MEGABYTES = 10, 256

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
# Put behind the last line; no text that comes so far has it. Read as part of a cell, a quote was left open before it.
END = "\x00"
# A formula whose value was never kept: a program wrote it, and no Excel has opened it since.
UNCOUNTED = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*</c>")
RESAVE = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
BROKEN = f"表格不完整或已损坏，无法读取。{RESAVE}"

Line = tuple[int, list[Any]]


class Unreadable(Exception):
    """The file as a whole cannot be taken; the message says why and what to do, in Chinese."""


class TooLarge(Unreadable):
    """It would unpack to more than is sane."""


# --- from outside, in the process that was given the file -----------------------------------------------------------


def judge(name: str, content: bytes) -> str:
    """`xlsx` or `csv`, by what the file is called and is. Unpacks nothing. Raises Unreadable."""
    if len(content) > LARGEST:
        raise TooLarge(f"表格超过 {LARGEST // MEGABYTE} MB，请拆成几个文件。")
    if content.startswith(OLE):
        raise Unreadable(words_of_ole(content))
    kind = name.rpartition(".")[2].lower()
    if kind not in ("xlsx", "csv"):
        raise Unreadable("请上传 .xlsx 或 .csv 表格。")
    zipped = content.startswith(b"PK\x03\x04")
    if kind == "csv" and zipped:
        raise Unreadable("文件其实是 Excel 工作簿，请把扩展名改为 .xlsx 后再上传。")
    if kind == "xlsx" and not zipped:
        raise Unreadable(f"文件不是有效的 .xlsx 表格，可能只改了扩展名。{RESAVE}")
    if kind == "xlsx" and not entries(content) >= NEEDED:
        raise Unreadable(f"文件中没有 Excel 工作簿。{RESAVE}")
    return kind


def words_of_ole(content: bytes) -> str:
    """Excel keeps a book with a password, and every book of before 2007, in the same older container."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "表格有密码保护，无法读取。请在 Excel 或 WPS 中取消打开密码，另存后再上传。"
    return f"这是旧版 Excel 的 .xls 格式，无法读取。{RESAVE}"


def entries(content: bytes, most: int = MOST_UNPACKED, number: int = MOST_ENTRIES) -> set[str]:
    """The names in a zip that would unpack to at most `most` bytes. Raises TooLarge or Unreadable; unpacks nothing."""
    # Each entry of the directory begins with this mark: counted before a million of them are made into objects.
    if content.count(b"PK\x01\x02") > number:
        raise TooLarge("表格解压后过大，请拆分后再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except Exception as error:
        raise Unreadable(BROKEN) from error
    if any(member.flag_bits & 0x1 for member in members):
        raise Unreadable("表格有密码保护，无法读取。请取消密码后再上传。")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise Unreadable(BROKEN)
    unpacked = sum(member.file_size for member in members)
    if unpacked > most or unpacked > max(SMALL * most // MOST_UNPACKED, RATIO * len(content)):
        raise TooLarge("表格解压后过大，请拆分后再上传。")
    return {member.filename for member in members}


def text_of(content: bytes) -> str | None:
    """Text in any encoding that Excel and WPS save; None where it is none of them."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def delimiter_of(text: str) -> str:
    """Comma, or what Excel's «Unicode text» and other countries' settings have in its place."""
    return max(",\t;", key=text[:4_000].count)


# --- from inside, in a process of its own ---------------------------------------------------------------------------


def rows_of_csv(content: bytes) -> Iterator[list[Any]]:
    text = text_of(content)
    if text is None:
        raise Unreadable("文件编码无法识别，请另存为 UTF-8 的 CSV，或 .xlsx。")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise Unreadable("文件含有空字符或控制字符，不是 CSV 文本，请另存为 UTF-8 的 CSV，或 .xlsx。")
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines_of(f"{text}\n{END}\n"), delimiter=delimiter_of(text)), 1):
            if row == [END]:
                return
            if any(END in cell for cell in row):
                raise Unreadable(f"从第 {number} 行起缺少右引号，请检查后再上传。")
            yield row
    except csv.Error as error:
        raise Unreadable(f"第 {number + 1} 行有内容超过 {LONGEST_CELL} 字，或缺少右引号，请检查后再上传。") from error


def lines_of(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"第 {number} 行过长，不是正常的表格，请检查后再上传。")
        yield line


def rows_of_xlsx(content: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook  # here, not above: only who reads a book pays for it

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets: list[Any] = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Unreadable(f"文件中没有可读取的工作表。{RESAVE}")
    with sheets[0]._get_source() as source:
        if UNCOUNTED.search(source.read()):
            raise Unreadable(f"表格中有还没有计算结果的公式，读出来会是空的。{RESAVE}")
    # What the sheet says of its own size is not so: WPS writes A1, others the whole grid.
    sheets[0].reset_dimensions()
    yield from map(list, sheets[0].iter_rows(values_only=True))


def bounded(rows: Iterable[list[Any]]) -> Iterator[Line]:
    """The rows that hold something with their numbers, cut behind the last cell. Raises Unreadable."""
    count = size = 0
    for number, row in enumerate(rows, 1):
        while row and (row[-1] is None or (isinstance(row[-1], str) and not row[-1].strip())):
            row.pop()
        if row:
            count, size = count + 1, size + judged(number, row)
            yield number, row
        if count > MOST_ROWS + 1 or number > LAST_ROW:
            raise TooLarge(f"一次最多导入 {MOST_ROWS} 行，请拆成几个文件。")
        if size > MOST_TEXT:
            raise TooLarge("表格内容过多，请拆成几个文件。")


def judged(number: int, row: list[Any]) -> int:
    """Its size in characters, a cell counting ten. Raises Unreadable for a row too wide, a cell too long."""
    if len(row) > MOST_COLUMNS:
        raise Unreadable(f"第 {number} 行有 {len(row)} 列，最多 {MOST_COLUMNS} 列，请删去多余的列再上传。")
    longest = max((len(cell) for cell in row if isinstance(cell, str)), default=0)
    if longest > LONGEST_CELL:
        raise Unreadable(f"第 {number} 行有内容超过 {LONGEST_CELL} 字，请检查后再上传。")
    return sum(len(cell) + 10 if isinstance(cell, str) else 10 for cell in row)


def plain(cell: Any) -> Any:
    """As JSON has it: a day as {"at": …}, what is no number (1e400) as its word."""
    if isinstance(cell, float) and not -1e308 < cell < 1e308:
        return str(cell)
    if isinstance(cell, date):
        return {"at": cell.isoformat()}
    return cell if isinstance(cell, str | int | float | None) else str(cell)


def answer(kind: str, content: bytes) -> bytes:
    """`=` and the rows, or `!` and why not."""
    rows = rows_of_xlsx(content) if kind == "xlsx" else rows_of_csv(content)
    try:
        found = [[number, [plain(cell) for cell in row]] for number, row in bounded(rows)]
        return b"=" + json.dumps(found, ensure_ascii=False).encode()
    except Unreadable as refusal:
        return b"!" + str(refusal).encode()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (a broken book fails in a hundred ways; each means: broken)
        return b"!" + BROKEN.encode()


if __name__ == "__main__":
    from documents.bounded import limit

    limit(SECONDS, MEGABYTES)
    sys.stdout.buffer.write(answer(sys.argv[1], sys.stdin.buffer.read()))
