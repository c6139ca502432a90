"""How the database is emptied after a test with real transactions.

Django truncates two hundred tables and has every permission and grant made anew: ten times the work of deleting the
few hundred rows of a test. What a fresh database holds stays, and stands there again where a test changed it.
"""

from django.db import connection, transaction

# Deleted rows take room until then, for nothing vacuums here.
MOST = 64 * 2**20

TABLES = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
"""

_standing: dict[str, list[str]] = {}


def note() -> None:
    """Remember what a fresh database holds: its rows, by table."""
    _standing.update({table: rows for table in sizes() if (rows := rows_of(table))})


def empty() -> None:
    """Leave what `note` found, and nothing else."""
    size_of = sizes()
    others = [quoted(table) for table, size in size_of.items() if size and table not in _standing]
    with transaction.atomic(), connection.cursor() as cursor:
        if sum(size_of.values()) > MOST:
            cursor.execute(f"TRUNCATE {', '.join(others)} CASCADE")
        elif others:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in others))  # noqa: S608 (names of tables)
        for table in (table for table, rows in _standing.items() if rows_of(table) != rows):
            cursor.execute(f"DELETE FROM {quoted(table)}")  # noqa: S608
            again = f"INSERT INTO {quoted(table)} SELECT (row::{quoted(table)}).* FROM unnest(%s) AS row"  # noqa: S608
            cursor.execute(again, [_standing[table]])


def fresh(table: str) -> list[str]:
    """The rows that a fresh database holds there."""
    return _standing.get(table, [])


def sizes() -> dict[str, int]:
    """Bytes, by table."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return dict(cursor.fetchall())


def rows_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT each::text FROM {quoted(table)} AS each ORDER BY 1")  # noqa: S608
        return [row for (row,) in cursor.fetchall()]


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
