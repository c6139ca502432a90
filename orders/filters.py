"""Filters that departments hang on the list of orders: each of a filter's words is a condition on an order."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True)
class Filter:
    """`prices`: shown to those who see prices only."""

    name: str
    label: str
    words: Mapping[str, Q]
    prices: bool = False


_filters: dict[str, Filter] = {}


def register(each: Filter) -> None:
    _filters[each.name] = each


def registered() -> list[Filter]:
    return list(_filters.values())
