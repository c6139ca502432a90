"""What a form's lines say otherwise than the record as it stands: for the page of a conflict (B3)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.forms import Form

LEFT_OUT, NOT_THERE = "（已删除）", "（没有此行）"
# What an empty box of these stands for.
BLANKS = {"from_stock": Decimal(0), "tolerance_minus": Decimal(0), "tolerance_plus": Decimal(0), "needs_sample": False}

Difference = tuple[str, str, str]


def of_lines(forms: list[Form], now: list[dict[str, Any]]) -> Iterator[Difference]:
    """(label, typed, now), line by line: a line is known by its identity, not by its place."""
    there = {row["line_id"]: row for row in now}
    for number, form in enumerate(forms, 1):
        typed, place = form.cleaned_data, f"第 {number} 行"
        if not typed.get("product"):
            continue
        row = there.pop(typed.get("line_id"), None)
        if typed.get("DELETE"):
            yield from [(place, LEFT_OUT, row["product"])] if row else []
        elif row is None:
            yield place, typed["product"], NOT_THERE
        else:
            yield from of_line(place, form, row)
    yield from (("订单行", NOT_THERE, row["product"]) for row in there.values())


def of_line(place: str, form: Form, row: dict[str, Any]) -> Iterator[Difference]:
    for name, now in row.items():
        if name == "line_id":
            continue
        field, typed = form.fields[name], form.cleaned_data.get(name)
        if name in BLANKS and typed is None:
            typed = BLANKS[name]
        # Compared as the field reads them, so that 100.000 is 100.
        if typed != field.to_python(now) and (name != "product" or not same_product(typed, now)):
            yield f"{place} {field.label}", plain(typed), plain(now)


def same_product(typed: Any, now: Any) -> bool:
    return str(typed).upper().split()[:1] == str(now).upper().split()[:1]


def plain(value: Any) -> str:
    if value in (None, ""):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return number(value) if isinstance(value, Decimal) else str(value)


def number(value: Decimal | None) -> str:
    """As one would type it: 100, 2.5, nothing for none."""
    return "" if value is None else format(value.normalize(), "f")
