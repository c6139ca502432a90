"""Pages of a list by key, so that the last one costs no more than the first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from audit.words import unprintable

# A record, or a dict of the columns that a list shows.
Row = TypeVar("Row", Model, dict[str, Any])
SIZE = 50
LONGEST_KEY = 300


@dataclass(frozen=True)
class Page(Generic[Row]):
    """What the `pager` component needs beside the rows."""

    rows: list[Row]
    first_url: str = ""
    prev_url: str = ""
    next_url: str = ""
    last_url: str = ""


def page_of(
    found: QuerySet[Any], asked: QueryDict, keys: Sequence[str], *, descending: bool = False, size: int = SIZE
) -> Page[Any]:
    """The page that `asked` names (`after`, `before` or `last`), in the order of `keys`, the last of them unique.

    A key that nobody gave out is ignored (B16).
    """
    after, before = key_in(found, asked.get("after"), keys), key_in(found, asked.get("before"), keys)
    backwards = bool(before) or "last" in asked
    key = before or after
    if key:
        found = found.filter(beyond(dict(zip(keys, key, strict=True)), up=descending == backwards))
    found = found.order_by(*(f"-{name}" if descending != backwards else name for name in keys))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(before) or (more and not backwards)
    has_prev = bool(after) or (more and backwards)
    return Page(
        rows,
        first_url=url(asked) if has_prev else "",
        prev_url=url(asked, before=key_of(rows[0], keys)) if has_prev and rows else "",
        next_url=url(asked, after=key_of(rows[-1], keys)) if has_next and rows else "",
        last_url=url(asked, last="1") if has_next else "",
    )


def beyond(key: dict[str, Any], *, up: bool) -> Q:
    """Rows behind `key`: the first name greater, or equal and the next greater, and so on."""
    behind, equal = Q(), Q()
    # Implied by the rest, but a condition that an index can begin at.
    leading, first = next(iter(key.items()))
    begin = Q(**{f"{leading}__{'gte' if up else 'lte'}": first})
    for name, value in key.items():
        behind |= equal & Q(**{f"{name}__{'gt' if up else 'lt'}": value})
        equal &= Q(**{name: value})
    return begin & behind


def key_of(row: Any, keys: Sequence[str]) -> str:
    values = (row[name] if isinstance(row, dict) else getattr(row, name) for name in keys)
    return json.dumps([str(value) for value in values], ensure_ascii=False)


def key_in(found: QuerySet[Any], text: str | None, keys: Sequence[str]) -> list[Any]:
    """The values that `key_of` wrote: texts, each one that its column can hold."""
    try:
        values = json.loads(text or "[]")
        if not isinstance(values, list) or len(values) != len(keys) or not all(map(is_plain, values)):
            return []
        return [found.model._meta.get_field(name).to_python(value) for name, value in zip(keys, values, strict=True)]
    except (ValueError, ArithmeticError, ValidationError, FieldDoesNotExist, RecursionError):
        return []


def is_plain(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_KEY and unprintable(value) is None


def url(asked: QueryDict, **more: str) -> str:
    kept = [(name, value) for name, value in asked.items() if name not in {"after", "before", "last"} and value]
    return "?" + urlencode([*kept, *more.items()])
