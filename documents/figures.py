"""How amounts, quantities and dates are written on every page, list and notice."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

NOTHING = "—"


def decimal(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def yuan(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,f}"


def money(value: Any) -> str:
    """`¥1,234.56`: two places, rounded half up."""
    amount = decimal(value)
    return NOTHING if amount is None else yuan(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def price(value: Any) -> str:
    """A unit price: two to four places, as entered."""
    amount = decimal(value)
    if amount is None:
        return NOTHING
    fine = amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    coarse = fine.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return yuan(coarse) if coarse == fine else yuan(fine.normalize())


def qty(value: Any, unit: str = "") -> str:
    """`1,200 卷`: no idle zeros behind the point."""
    amount = decimal(value)
    if amount is None:
        return NOTHING
    whole = amount == amount.to_integral_value()
    text = f"{amount.to_integral_value() if whole else amount.normalize():,f}"
    return f"{text} {unit}" if unit else text


def percent(value: Any) -> str:
    amount = decimal(value)
    return NOTHING if amount is None else f"{qty(amount)}%"


def cn_date(value: date | datetime | None) -> str:
    if not value:
        return NOTHING
    day = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{day:%Y-%m-%d}"


def cn_weekday(value: date | datetime | None) -> str:
    """`2026-11-23 周一`."""
    if not value:
        return NOTHING
    day = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{day:%Y-%m-%d} 周{'一二三四五六日'[day.weekday()]}"


def cn_datetime(value: datetime | None) -> str:
    if not value:
        return NOTHING
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{moment:%Y-%m-%d %H:%M}"
