"""Parts of pages that look the same wherever the same values stand in them: drawn once for each way they can look."""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, ChoiceField
from django.template.loader import get_template

register = template.Library()
_choices: dict[tuple[Any, ...], str] = {}
MANY = 2000  # looks of filters kept; months and machines among their words make new ones for ever


@register.simple_tag
def drawn(name: str, row: dict[str, Any] | None = None, **values: Any) -> str:
    """A template that shows nothing but `row` and `values`: no request, no clock.

    The values are the whole key, so nobody gets a part that shows anything but what they were given.
    """
    given = row or {}
    return drawn_once(name, tuple(given), tuple(values), *given.values(), *values.values())


@lru_cache(maxsize=4000, typed=True)
def drawn_once(name: str, columns: tuple[str, ...], names: tuple[str, ...], *values: Any) -> str:
    row, more = values[: len(columns)], values[len(columns) :]
    shown = {"row": dict(zip(columns, row, strict=True)), **dict(zip(names, more, strict=True))}
    return get_template(name).render(shown)


@register.filter
def badge(label: Any, tone: str = "") -> str:
    """`{{ row.paid|badge }}`: the component `badge` where there are many."""
    return drawn_once("components/badge.html", (), ("label", "tone"), str(label), tone)


@register.simple_tag
def filter_field(field: BoundField) -> str:
    """A field of a filter bar; a choice among fixed words is drawn once for each of them."""
    value, choice = field.value() or "", field.field
    if type(choice) is not ChoiceField or field.errors:
        return field.as_field_group()
    words: list[Any] = list(choice.choices)  # type: ignore[arg-type]
    if value not in dict(words):
        return field.as_field_group()
    looks = (field.auto_id, field.html_name, field.label, choice.help_text, choice.required, value, *words)
    if looks not in _choices:
        if len(_choices) >= MANY:
            _choices.clear()
        _choices[looks] = field.as_field_group()
    return _choices[looks]
