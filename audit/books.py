"""The books: figures that stand on a row because others add up to them, and rows of which a last version is kept.

Each department says here, at start-up, what of its own it can reckon again; `manage.py verify_books` and the night ask
all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection, models
from psycopg2 import sql

Differing = Callable[[], Iterable[str]]
_books: dict[str, Differing] = {}


def compare(name: str, differing: Differing) -> None:
    """`differing` gives a sentence for each row that is not what it should be; `name` is what was compared."""
    _books[name] = differing


def faults() -> Iterator[str]:
    """Every row that differs, in words."""
    for name, differing in {"最后一次历史": versions, **_books}.items():
        yield from (f"{name}：{words}" for words in differing())


def figure(value: Any) -> str:
    """«1,200.00», «3»; nothing is «无»."""
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}" if value == value.to_integral() else f"{value:,}"
    return "无" if value is None else str(value)


@dataclass(frozen=True)
class Kept:
    """A model with a history, whose newest version each of its rows must equal."""

    past: Any

    @cached_property
    def live(self) -> type[models.Model]:
        return self.past.instance_type

    @cached_property
    def fields(self) -> dict[str, Any]:
        fields = (field for field in self.past.tracked_fields if not field.generated)
        return {field.column: field for field in fields if field.column not in self.past.derived}

    @cached_property
    def parts(self) -> dict[str, sql.Composable]:
        def listed(alias: str) -> sql.Composable:
            return sql.SQL(", ").join(sql.Identifier(alias, column) for column in self.fields)

        one = "CASE WHEN live.{0} IS DISTINCT FROM past.{0} THEN {1} END"
        differing = (sql.SQL(one).format(sql.Identifier(column), sql.Literal(column)) for column in self.fields)
        return {
            "live": sql.Identifier(self.live._meta.db_table),
            "past": sql.Identifier(self.past._meta.db_table),
            "key": sql.Identifier(str(self.live._meta.pk.column)),
            "lives": listed("live"),
            "pasts": listed("past"),
            "differing": sql.SQL(", ").join(differing),
        }

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(**self.parts))
            return cursor.fetchall()

    def words(self, pk: Any, columns: Sequence[str | None]) -> str:
        what = "、".join(str(self.fields[column].verbose_name) for column in columns if column)
        return f"{self.live._meta.verbose_name} {self.live._base_manager.get(pk=pk)}（id {pk}）的{what}"


CHANGED = """
    SELECT live.{key}, past.history_id IS NULL, ARRAY[{differing}]
    FROM {live} live
    LEFT JOIN LATERAL (
        SELECT * FROM {past} h WHERE h.{key} = live.{key} ORDER BY h.history_id DESC LIMIT 1
    ) past ON true
    WHERE ROW({lives}) IS DISTINCT FROM ROW({pasts})
    ORDER BY live.{key}
"""
GONE = """
    SELECT DISTINCT past.{key} FROM {past} past
    WHERE NOT EXISTS (SELECT FROM {live} live WHERE live.{key} = past.{key})
      AND NOT EXISTS (SELECT FROM {past} h WHERE h.{key} = past.{key} AND h.history_type = '-')
    ORDER BY 1
"""


def versions() -> Iterator[str]:
    """Rows that were changed, put in or deleted without a history, or whose last version was taken away."""
    for past in apps.get_models():
        if not hasattr(past, "instance_type"):
            continue
        kept = Kept(past)
        name = kept.live._meta.verbose_name
        for pk, is_new, columns in kept.rows(CHANGED):
            if not is_new:
                yield f"{kept.words(pk, columns)}与最后一次历史不同"
            elif not kept.past.given:
                yield f"{name} id {pk} 没有历史"
        yield from (f"{name} id {pk} 不见了，历史中没有删除" for (pk,) in kept.rows(GONE))
