"""What is sealed: every table that only grows, by its one declaration (`AppendOnly`, or a history of simple-history),
and how one of its rows is put into 32 bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection, models
from psycopg2 import sql

from audit.grants import kept_models, may_change

# Below every id there can be.
LOWEST = -(2**63)

# A row's text must not depend on how a session likes its dates.
PLAIN = """
    SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
           set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true),
           set_config('extra_float_digits', '1', true)
"""

Rows = list[tuple[int, bytes]]


@dataclass(frozen=True)
class Table:
    """One sealed table; `columns` are those that never change."""

    name: str
    model: type[models.Model]

    @property
    def words(self) -> str:
        """What people call it: «款项台账（finance_moneyentry）»."""
        of = getattr(self.model, "instance_type", self.model)
        history = "历史" if hasattr(self.model, "instance_type") else ""
        return f"{of._meta.verbose_name}{history}（{self.name}）"

    @cached_property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @cached_property
    def columns(self) -> list[str]:
        skipped = may_change(self.model)
        fields = self.model._meta.concrete_fields
        return [str(each.column) for each in fields if not each.generated and each.column not in skipped]

    @cached_property
    def all_columns(self) -> set[str]:
        return {str(each.column) for each in self.model._meta.concrete_fields}

    def top(self) -> int:
        """The highest id there is now."""
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT coalesce(max({key}), %s) FROM {table}").format(**self.names), [LOWEST])
            return int(cursor.fetchone()[0])

    def digests(self, after: int, to: int, columns: Sequence[str], most: int | None = None) -> Rows:
        """(id, sha256 of these columns) of the rows with after < id ≤ to, by id. Call `read_plainly` before."""
        statement = sql.SQL(
            "SELECT {key}, sha256(convert_to(ROW({columns})::text, 'UTF8')) FROM {table} "
            "WHERE {key} > %s AND {key} <= %s ORDER BY {key} LIMIT %s"
        ).format(columns=sql.SQL(", ").join(map(sql.Identifier, columns)), **self.names)
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, to, most])
            return [(pk, bytes(digest)) for pk, digest in cursor.fetchall()]

    def pages(self, after: int, to: int, size: int) -> Iterator[Rows]:
        while page := self.digests(after, to, self.columns, size):
            yield page
            after = page[-1][0]

    def count(self, after: int) -> int:
        """How many rows have a higher id."""
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT count(*) FROM {table} WHERE {key} > %s").format(**self.names), [after])
            return int(cursor.fetchone()[0])

    @cached_property
    def names(self) -> dict[str, sql.Identifier]:
        return {"table": sql.Identifier(self.name), "key": sql.Identifier(self.key)}


def tables() -> dict[str, Table]:
    """Every table that is sealed, by its name."""
    kept = sorted(kept_models().items())
    return {name: Table(name, model) for name, model in kept if not getattr(model, "unsealed", "")}


def read_plainly() -> None:
    """Until the end of the transaction, so that a row reads the same whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)


# Whoever inserts holds this lock from before the id is drawn until the row can be seen or never will be.
WRITERS = """
    SELECT c.relname, l.virtualtransaction FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid() AND c.relname = ANY(%s)
"""


def writers(names: Sequence[str]) -> set[tuple[str, str]]:
    """(table, transaction) of everyone else who is writing to these tables at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [list(names)])
        return set(cursor.fetchall())
