"""Rows by their ids, from a statement that is compiled once: on a page of fifty rows the ORM takes longer to build the
SQL than the database to answer it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Compiled:
    """`make` gives an unfiltered `.values_list(…)` in no order. Read are plain columns: none that needs a converter."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], names: Sequence[str]) -> None:
        self.make = make
        self.names = names

    @cached_property
    def statement(self) -> tuple[str, tuple[Any, ...]]:
        query = self.make()
        sql, params = query.query.sql_with_params()
        key = f"{connection.ops.quote_name(query.model._meta.db_table)}.{connection.ops.quote_name('id')}"
        return f"{sql} WHERE {key} = ANY(%s)", params

    def read(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        sql, params = self.statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, list(ids)])
            return [dict(zip(self.names, row, strict=True)) for row in cursor.fetchall()]

    def in_order(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """The rows as `ids` has them; `id` is one of the names. What is no longer there is left out."""
        found = {row["id"]: row for row in self.read(ids)} if ids else {}
        return [found[pk] for pk in ids if pk in found]
