"""Amounts rounded and in words (大写), by the conventions for bills (支付结算办法附一)."""

from decimal import ROUND_HALF_UP, Decimal

import cn2an

CENT = Decimal("0.01")
LIMIT = Decimal("10000000000000000")  # cn2an reads at most 16 digits before the point


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def trimmed(value: Decimal) -> str:
    """A Decimal without trailing zeros: 5.00 → 5."""
    return format(value.normalize(), "f") if value else "0"


def in_words(amount: Decimal) -> str:
    """人民币 first; 整 closes at 元 and 角, never after 分; a run of zeros is one 零."""
    amount = amount.quantize(CENT, ROUND_HALF_UP)
    if abs(amount) >= LIMIT:
        raise ValueError(f"amount out of range: {amount}")
    words = cn2an.an2cn(abs(amount), "rmb")
    sign = "负" if amount < 0 else ""
    return f"人民币{sign}{words}" + ("整" if words.endswith("角") else "")
