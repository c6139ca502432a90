"""Reading one cell: from Excel's own types or from typed text. Each reader raises ValueError with what is wrong."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices

# What Excel shows where a formula failed; a CSV has the same words.
ERRORS = frozenset(
    [
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
    ]
)


def empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def text(longest: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        found = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
        if len(found) > longest:
            raise ValueError(f"最多 {longest} 个字")
        if found in ERRORS:
            raise ValueError(f"单元格是错误值 {found}，请改正表格")
        if any(ord(char) < 32 and char not in "\n\t" for char in found):
            raise ValueError("含有控制字符")
        return found

    return read


def number(value: Any) -> Decimal:
    """Excel's binary numbers are read by their shortest decimal form."""
    try:
        found = Decimal(str(value).strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError(f"「{str(value)[:20]}」不是数字") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 10:
        raise ValueError(f"「{str(value)[:20]}」超出范围")
    return found


def day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"):
        try:
            return datetime.strptime(str(value).strip(), pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"「{str(value)[:20]}」不是日期，请写成 2026-12-20")


def yes(value: Any) -> bool:
    found = str(value).strip()
    if found in ("是", "Y", "y", "1", "TRUE", "True", "√"):
        return True
    if found in ("否", "N", "n", "0", "FALSE", "False", "×"):
        return False
    raise ValueError("请填 是 或 否")


def choice(choices: type[TextChoices]) -> Callable[[Any], str]:
    labels = {str(label): value for value, label in choices.choices}

    def read(value: Any) -> str:
        found = labels.get(str(value).strip())
        if found is None:
            raise ValueError(f"请填 {' / '.join(labels)}")
        return found

    return read
