"""`./dev schema`: writes down the tables that the migrations make, for a fresh database to begin with.

From what is written down already and the migrations that are newer; `--from-nothing` where an older one was changed.
"""

import os
import re
import subprocess
import sys

from runner.embedded import BASE, throwaway
from runner.postgres import DATABASE, OWNER, SUPERUSER, Postgres
from runner.testing import environment

SNAPSHOT = BASE / "config" / "schema.sql"
AGAIN = "again"
# Written anew after every migrate, by what the program says of itself.
FOLLOWING = "django_migrations django_content_type auth_permission auth_group auth_group_permissions".split()
HEAD = "-- Written by ./dev schema from the migrations; do not edit.\n"
# When the migrations ran is said anew where the snapshot is loaded.
ONCE = "1999-01-01 00:00:00+00"
UNDATED = f"""
DO $$ DECLARE dated record; BEGIN
    FOR dated IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'history_date'
    LOOP EXECUTE format('UPDATE %I SET %I = %L', dated.table_name, dated.column_name, '{ONCE}'); END LOOP;
END $$
"""  # noqa: S608 (no input)
APPLIED = """
SELECT format(E'INSERT INTO public.django_migrations (app, name, applied) VALUES\n%s;',
    string_agg(format(E'\t(%L, %L, now())', app, name), E',\n' ORDER BY app, name)) FROM django_migrations
"""
# Of the dump's own session and tool, and of whose machine it was.
PASSING = re.compile(r"^(--|SET |SELECT pg_catalog\.set_config\(|\\(un)?restrict ).*\n", re.MULTILINE)


def schema(words: list[str]) -> int:
    SNAPSHOT.write_text(as_migrated(*words), encoding="utf-8")
    return 0


def as_migrated(*words: str) -> str:
    """What the migrations make of an empty database, as SQL; the same migrations give the same text."""
    with throwaway("schema") as embedded:
        server = embedded.postgres
        assert server is not None  # noqa: S101
        argv = [sys.executable, *"manage.py migrate --skip-checks --verbosity 0".split(), *words]
        told = {**environment(embedded), "DATABASE_URL": server.url(OWNER)}
        subprocess.run(argv, cwd=BASE, env=told, check=True)  # noqa: S603
        server.tell(OWNER, DATABASE, UNDATED)
        return HEAD + settled(server) + server.ask(APPLIED) + "\n"


def settled(server: Postgres) -> str:
    """As it is worded of a database that was made of it: PostgreSQL words a condition anew once, then no more."""
    server.tell(OWNER, "postgres", f"CREATE DATABASE {AGAIN}")
    server.tell(OWNER, AGAIN, "SET check_function_bodies = off", plain(dumped(server, DATABASE)))
    return plain(dumped(server, AGAIN)).replace(f"'{ONCE}'", "now()")


def dumped(server: Postgres, database: str) -> str:
    words = "--no-owner --no-privileges --rows-per-insert=1000".split()
    words += [f"--exclude-table-data=public.{table}{end}" for table in FOLLOWING for end in ("", "_id_seq")]
    words += ["-h", str(server.socket), "-U", SUPERUSER, database]
    argv = [str(server.binary("pg_dump")), *words]
    return subprocess.run(argv, check=True, capture_output=True, text=True, env={**os.environ, "PGTZ": "UTC"}).stdout  # noqa: S603


def plain(dump: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", PASSING.sub("", dump))
