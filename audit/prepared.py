"""Statements that Django compiles once in a process and the database plans once in a connection.

The gates and an order's page ask long questions of a few rows: putting them into words and planning them took far
longer than answering them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import CharField, Field, ForeignObject, Lookup, Model, QuerySet
from django.db.utils import DEFAULT_DB_ALIAS
from psycopg2.extensions import AsIs

# A place for an argument; what stands within quotes is none.
PLACE = re.compile(r"('(?:[^']|'')*')|\$(\d+)")

Row = TypeVar("Row", bound=Model)

# Stand for the arguments while a statement is compiled; no number or text of the house is like them.
STAND_INS: dict[type, Any] = {int: -2_147_402_000, list: -2_147_403_000, str: "\u241f"}


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]
    """`pk__any_of=ids`: as `pk__in`, but one place in the statement for a list of any length."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


class Prepared(Generic[Row]):
    """A queryset with open places: `Prepared(lambda pk: Order.objects.filter(pk=pk), int)(17)` gives its rows.

    `build` is called once, with a stand-in for each argument; it must not look at what they are.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], *kinds: type) -> None:
        self.build = build
        self.stand_ins = [stand_in(kind, place) for place, kind in enumerate(kinds)]

    def __call__(self, *given: Any) -> list[Row]:
        compiler, _, places = self.compiled
        if compiler is None:
            return []
        found = self.queryset._chain()
        found.query.get_compiler = lambda using, *_, **__: self.run_by(using, [given[place] for place in places])
        return list(found)

    def run_by(self, using: str, given: Sequence[Any]) -> Any:
        """A compiler that has nothing left to compile, for the present connection."""
        compiler, text, _ = self.compiled
        ready = copy(compiler)
        ready.connection = connections[using]
        said = call(text, given, using)
        ready.as_sql = lambda *_, **__: said
        return ready

    @cached_property
    def queryset(self) -> Any:
        return self.build(*self.stand_ins)

    @cached_property
    def compiled(self) -> tuple[Any, str, list[int]]:
        """The compiler, the statement, and which arguments it asks for: not all where `build` needs none of them."""
        compiler = self.queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None, "", []
        places = [place for place, value in enumerate(self.stand_ins) if value in params]
        numbers = {self.stand_ins[place]: AsIs(f"${number}") for number, place in enumerate(places, 1)}
        text = written_out(sql, [numbers.get(each, each) if isinstance(each, int | str) else each for each in params])
        if any(str(value) in text for value in self.stand_ins):
            raise TypeError("an argument does not reach the statement as it is given")
        return compiler, text, places


@cache
def rows_by_id(model: type[Row], lock: bool) -> Prepared[Row]:
    rows = model._default_manager.order_by()
    kind = str if isinstance(model._meta.pk, CharField) else int
    return Prepared(lambda pk: (rows.select_for_update(no_key=True) if lock else rows).filter(pk=pk), kind)


def fresh(model: type[Row], pk: Any, *, lock: bool = False) -> Row:
    """The row as it now is; `lock` holds it until the end of the transaction. Raises DoesNotExist."""
    found = rows_by_id(model, lock)(pk)
    if not found:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return found[0]


def stand_in(kind: type, place: int) -> Any:
    return STAND_INS[kind] + (str(place) if kind is str else place)


def written_out(sql: str, params: Sequence[Any]) -> str:
    """The statement with its constants in place."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        return str(cursor.mogrify(sql, params).decode())


def call(
    text: str, given: Sequence[Any], using: str = DEFAULT_DB_ALIAS
) -> tuple[str, Sequence[Any] | Mapping[str, Any]]:
    """What executes `text` as a prepared statement of the present connection, with its arguments; prepares it where it
    is not yet. Where each transaction may have another connection, nothing is prepared: the text itself is sent."""
    if settings.DATABASE_POOLED:
        return outright(text), {f"p{place}": value for place, value in enumerate(given, 1)}
    database = connections[using]
    name = f"ready_{sha256(text.encode()).hexdigest()[:16]}"
    with database.cursor() as cursor:
        link, known = database.__dict__.get("_prepared", (None, set()))
        if link is not database.connection:
            link, known = database.connection, set()
            database.__dict__["_prepared"] = (link, known)
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {text}")
            known.add(name)
    return f"EXECUTE {name}" + (f" ({', '.join(['%s'] * len(given))})" if given else ""), given


@cache
def outright(text: str) -> str:
    """The statement as psycopg takes it unprepared."""
    return PLACE.sub(lambda found: found[1] or f"%(p{found[2]})s", text.replace("%", "%%"))


def plan_anew(using: str = DEFAULT_DB_ALIAS) -> None:
    """For one long transaction that fills the tables: nobody outside sees them grow, so that plans made while they were
    empty would stay."""
    with connections[using].cursor() as cursor:
        cursor.execute("DISCARD PLANS")
