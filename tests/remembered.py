"""States of the house that are built once in a process, and put back by INSERT where a test asks for the same again.

Most tests begin by carrying an order along the chain, dozens of actions that other tests carried out already. A call of
a `remembered` function leads from one state of the database to another; what it wrote is kept under the state it began
in, the function and what it was given. Called again from there it is not run: the same rows are put back, ids, hashes
and moments included, and what it returned is returned.

That holds only while nothing else has written. The database itself counts what a transaction writes, triggers' rows
too, so a test that changes anything in between (or the clock, by way of a patch) has what follows built as ever.
"""

import io
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from types import NoneType
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from tests import emptying

Function = TypeVar("Function", bound=Callable[..., Any])

# Seconds. A moment that was just now when it was written shall still pass for it.
OLD = 120
PLAIN = (NoneType, bool, int, str, bytes, Decimal, date)
NOW = timezone.now

# Who has signed in meanwhile is nothing to an action.
WRITTEN = """
    SELECT relname, n FROM (
        SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid) AS n
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'accounts_session'
    ) AS counted WHERE n > 0
"""
COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''
"""
# As the owner, so that history may be written. Rows go in as they first did, so that triggers make of them what they
# made then. (As a replica there would be none; but that throws away every plan of the connection.)
PUT_BACK = "SET LOCAL ROLE NONE; {} SELECT set_config('oms.action', '', true), set_config('oms.at', '', true); "


class Untold(Exception):
    """What was given cannot be compared with what is given another time."""


@dataclass
class State:
    """The rows of each table that differs from a fresh database, how to write them where the path comes from, what the
    call returned, and where calls lead from here."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    statement: str = ""
    result: bytes = b""
    since: float = field(default_factory=time.monotonic)
    after: dict[Any, "State"] = field(default_factory=dict)


class Path:
    """Where the present test's database stands: `at` a state, as long as it counts as many rows written as then."""

    at: State | None = None
    counts: dict[str, int] | None = None

    def __init__(self) -> None:
        self.fresh = State()

    def begin(self) -> None:
        self.at, self.counts = self.fresh, None

    def leave(self) -> None:
        self.at = None

    def stand(self) -> State | None:
        """The state that the database is in, if that is known."""
        if self.at is None or timezone.now is not NOW:
            return None
        counts = counted()
        if self.counts is None:
            self.counts = None if has_written() else counts
        return self.at if self.counts == counts else None

    def follow(self, build: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any]) -> Any:
        """What `build` returns, by running it or by putting its rows back."""
        if not (start := self.stand()):
            return build(*args, **given)
        try:
            key = (timezone.localdate(), build, told(args), told(given))
        except Untold:
            return build(*args, **given)
        objects = [each for each in (*args, *given.values()) if isinstance(each, Model) or is_of_tests(each)]
        known = start.after.get(key)
        if known and time.monotonic() - known.since < OLD:
            self.at, self.counts = known, put_back(known)
            return given_back(known.result, objects)
        before, as_given = self.counts or {}, [told(each) for each in objects]
        returned = build(*args, **given)
        changed = {n: vars(each) for n, each in enumerate(objects) if told(each) != as_given[n]}
        state = self.state_after(start, before)
        state.result = kept((returned, changed), objects)
        start.after[key] = self.at = state
        return returned

    def state_after(self, start: State, before: dict[str, int]) -> State:
        """How the database stands now, as seen from `start`, where it had counted `before`."""
        counts = counted()
        if self.at and counts == self.counts:
            rows = self.at.rows  # the last thing built was itself remembered
        else:
            changed = [table for table, number in counts.items() if number != before.get(table)]
            rows = {**start.rows, **{table: rows_of(table) for table in changed}}
        self.counts = counts
        steps = [step(table, start.rows.get(table), now) for table, now in rows.items() if now != start.rows.get(table)]
        return State(rows, "".join(steps))


path = Path()


def remembered(build: Function) -> Function:
    """For a function that writes, and depends on nothing but what it is given and the database."""

    @wraps(build)
    def either(*args: Any, **given: Any) -> Any:
        return path.follow(build, args, given)

    return either  # type: ignore[return-value]


class Keeper(pickle.Pickler):
    """Objects that the call was given are named by their place, so that they are the same ones another time."""

    places: dict[int, int]

    def persistent_id(self, each: Any) -> int | None:
        return self.places.get(id(each))


class Giver(pickle.Unpickler):
    objects: list[Any]

    def persistent_load(self, place: Any) -> Any:
        return self.objects[place]


def kept(result: Any, objects: list[Any]) -> bytes:
    keeper = Keeper(file := io.BytesIO())
    keeper.places = {id(each): place for place, each in enumerate(objects)}
    keeper.dump(result)
    return file.getvalue()


def given_back(result: bytes, objects: list[Any]) -> Any:
    """What the call returned; what it made of the objects that it was given is made of these."""
    giver = Giver(io.BytesIO(result))
    giver.objects = objects
    returned, changed = giver.load()
    for place, held in changed.items():
        vars(objects[place]).clear()
        vars(objects[place]).update(held)
    return returned


def told(value: Any) -> Any:
    """What tells `value` from another. Raises Untold for what is new each time, as a moment or a file."""
    if isinstance(value, Model):
        held = vars(value)
        return type(value), *(repr(held.get(each.attname)) for each in value._meta.concrete_fields)
    if isinstance(value, dict):
        return tuple((told(name), told(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(told(each) for each in value)
    if is_dataclass(value) or is_of_tests(value):
        return type(value), told(vars(value))
    if isinstance(value, PLAIN) and not isinstance(value, datetime):
        return repr(value)
    raise Untold


def is_of_tests(value: Any) -> bool:
    """A shop, a yard, a works …"""
    return type(value).__module__.startswith("tests.")


def counted() -> dict[str, int]:
    """How many rows this transaction has written, by table."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


def has_written() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return bool(cursor.fetchone()[0])


def put_back(state: State) -> dict[str, int]:
    with connection.cursor() as cursor:
        role = f"SET LOCAL ROLE {emptying.quoted(settings.DATABASE_APP_ROLE)};"
        cursor.execute(PUT_BACK.format(state.statement) + role + WRITTEN)
        return dict(cursor.fetchall())


@cache
def columns_of(table: str) -> str:
    """All but those that the database reckons by itself."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [emptying.quoted(table)])
        return str(cursor.fetchone()[0])


def rows_of(table: str) -> list[str]:
    """In the order of their first column, which is the key, and so as they were written: events are chained."""
    first = columns_of(table).partition(",")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT each::text FROM {emptying.quoted(table)} AS each ORDER BY {first}")  # noqa: S608
        return [row for (row,) in cursor.fetchall()]


def step(table: str, before: list[str] | None, now: list[str]) -> str:
    """SQL that makes the rows `before` those of `now`."""
    before = emptying.fresh(table) if before is None else before
    gone, new = sorted(set(before) - set(now)), [row for row in now if row not in set(before)]
    name, columns = emptying.quoted(table), columns_of(table)
    taken = f"DELETE FROM {name} AS each WHERE each::text = ANY(%s); " if gone else ""  # noqa: S608
    given = f"INSERT INTO {name} ({columns}) SELECT {columns} FROM unnest(%s::{name}[]); " if new else ""  # noqa: S608
    with connection.cursor() as cursor:
        return str(cursor.mogrify(taken + given, [rows for rows in (gone, new) if rows]).decode())
