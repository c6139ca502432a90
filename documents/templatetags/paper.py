"""How values look on paper. They come from the frozen snapshot, so numbers and dates arrive as text."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import segno
from django import template
from django.utils import timezone

from documents.money import in_words as words_of

register = template.Library()

EMPTY = ""


def number_of(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def money(value: Any) -> str:
    """3,600.00"""
    number = number_of(value)
    return EMPTY if number is None else f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


@register.filter
def price(value: Any) -> str:
    """A unit price: up to four places, at least two. 1.2350 → 1.235, 12 → 12.00"""
    number = number_of(value)
    if number is None:
        return EMPTY
    whole, _, places = f"{number.quantize(Decimal('0.0001'), ROUND_HALF_UP):,}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


@register.filter
def quantity(value: Any) -> str:
    """12,000 or 0.5: no zeros behind the point."""
    number = number_of(value)
    if number is None:
        return EMPTY
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def percent(value: Any) -> str:
    """13 → 13%"""
    text = quantity(value)
    return f"{text}%" if text else EMPTY


@register.filter
def is_some(value: Any) -> bool:
    """Whether there is an amount: "0.00" is none."""
    return bool(number_of(value))


@register.filter
def cn_date(value: Any) -> str:
    """2026年11月23日, without leading zeros."""
    day = moment_of(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else EMPTY


@register.filter
def iso_date(value: Any) -> str:
    """2026-11-23, for table cells."""
    day = moment_of(value)
    return f"{day:%Y-%m-%d}" if day else EMPTY


@register.filter
def cn_time(value: Any) -> str:
    """2026-11-23 14:05 in the house's zone."""
    moment = moment_of(value)
    return f"{moment:%Y-%m-%d %H:%M}" if moment else EMPTY


def moment_of(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a day has no zone)
    else:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@register.filter
def in_words(value: Any) -> str:
    """人民币叁仟陆佰元整"""
    number = number_of(value)
    return EMPTY if number is None else words_of(number)


@register.filter
def lines_of(value: Any) -> list[str]:
    """The lines of a text block, empty ones left out."""
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


@register.filter
def sheets_of(lines: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """Lines split into sheets of `size`, each with what was carried over to it and what it carries on (承前页, 过次页).

    Every sheet knows the totals of the sheets before it and of itself added to them.
    """
    sheets: list[dict[str, Any]] = []
    carried = add_up([])
    for start in range(0, max(len(lines), 1), size):
        part = lines[start : start + size]
        after = {name: carried[name] + total for name, total in add_up(part).items()}
        sheets.append(
            {
                "lines": part,
                "blank": range(size - len(part)),
                "before": carried if start else None,
                "after": after,
                "last": start + size >= len(lines),
            }
        )
        carried = after
    return sheets


@register.filter
def totals_of(lines: list[dict[str, Any]]) -> dict[str, Decimal]:
    return add_up(lines)


def add_up(lines: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {
        name: sum((number_of(line.get(name)) or Decimal(0) for line in lines), Decimal(0))
        for name in ("quantity", "pieces", "amount")
    }


@register.filter
def qr_code(text: Any) -> str:
    """`text` as a QR code to scan, in a `data:` address."""
    return segno.make(str(text), error="m", micro=False).svg_data_uri(border=0, dark="#111", omitsize=True)
