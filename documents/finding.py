"""What a paper is found by in the archive: its own number, its orders', and its customer, as the snapshot has them."""

import re
from typing import Any

from accounts.search import tokens

NUMBER = re.compile(r"[A-Za-z]+(-\d+)+")


def found_by(number: str, data: dict[str, Any]) -> dict[str, str]:
    """The columns of `Document` that the archive reads."""
    customer = data.get("customer") or {"name": data.get("customer_name", "")}
    orders = data.get("orders") or [data.get("order", "")]
    notes = [data.get("notice", ""), data.get("delivery_note", "")]
    numbers = [joined(text) for text in (number, *orders, *notes) if text]
    names = [customer.get(name, "") for name in ("name", "code", "order_number")]
    return {
        "customer": customer.get("name", "")[:120],
        "orders": "、".join(orders)[:200],
        "search": tokens(number, *map(str, (*orders, *names)), *numbers),
    }


def joined(number: str) -> str:
    """A number as one token, so that `SO-20261118-0007` finds itself and not what shares its pieces."""
    return number.replace("-", "")


def asked_for(words: str) -> str:
    """What a person typed, with the numbers in it as they were kept."""
    return NUMBER.sub(lambda found: joined(found[0]), words)
