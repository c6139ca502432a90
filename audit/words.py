"""Characters that nobody types and nothing prints: they stop a database, a spreadsheet or a PDF long after."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# All of C0 but tab and the ends of a line, halves of a surrogate pair, and what XML has no place for.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unprintable(text: str) -> int | None:
    """Where the first of them stands, counted from 0."""
    found = UNPRINTABLE.search(text)
    return found and found.start()  # type: ignore[return-value]


def spoilt(given: Mapping[str, Any]) -> tuple[str, str, int] | None:
    """(name, text, place) of the first text in what an action is given that holds one."""
    for name, value in given.items():
        for text in texts_in(value):
            place = unprintable(text)
            if place is not None:
                return name, text, place
    return None


def texts_in(value: Any) -> Iterator[str]:
    """The texts of a value as forms and imports make them: by itself, in rows, or in rows of rows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from texts_in(each)
    elif hasattr(value, "__dataclass_fields__"):
        yield from texts_in([getattr(value, name) for name in value.__dataclass_fields__])
