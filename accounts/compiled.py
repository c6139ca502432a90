"""Rows by their ids, from a statement that is compiled once, and planned once in a connection: on a page of fifty rows
the ORM takes longer to build the SQL, and the database to plan it, than to answer it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from audit.prepared import call, written_out

# Of so many rows, planning the statement takes longer than answering it.
FEW = 64


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
        return f"{sql} WHERE {key} = ", params

    @cached_property
    def prepared(self) -> str:
        """For few rows: the ids hidden from the planner, so that it keeps one plan for any of them."""
        return written_out(*self.statement) + "ANY((SELECT $1::bigint[])::bigint[])"

    def read(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        sql, params = self.statement
        with connection.cursor() as cursor:
            if len(ids) <= FEW:
                cursor.execute(*call(self.prepared, [list(ids)]))
            else:
                cursor.execute(f"{sql}ANY(%s)", [*params, list(ids)])
            return [dict(zip(self.names, row, strict=True)) for row in cursor.fetchall()]

    def in_order(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """The rows as `ids` has them; `id` is one of the names. What is no longer there is left out."""
        found = {row["id"]: row for row in self.read(ids)} if ids else {}
        return [found[pk] for pk in ids if pk in found]
