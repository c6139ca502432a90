"""What the application's database role may do: everything on its tables, but only read and add on history (B25); and
how the database plans what it and the owner ask."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from psycopg2 import sql

from audit.models import AppendOnly


def append_only_tables() -> list[str]:
    return sorted(kept_models())


def kept_models() -> dict[str, type[models.Model]]:
    """By their table."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if is_kept(model)}


def is_kept(model: type[models.Model]) -> bool:
    return issubclass(model, AppendOnly) or hasattr(model, "instance_type")


def may_change(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a kept model that may still be written."""
    return getattr(model, "may_change", ())


def sessions(using: str = "default", **kwargs: Any) -> None:
    """After each migrate: what `settings.SESSIONS` says becomes the habit of the application's role and of whoever
    migrates, in this database, and of the present connection. Anybody may change the habits of a role that is his."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        me, database = cursor.fetchone()
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
        for role in {me, settings.DATABASE_APP_ROLE} if cursor.fetchone() else {me}:
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            for name, value in settings.SESSIONS.items():
                told = [sql.Identifier(each) for each in (role, database, name)]
                said = sql.Literal(str(value))
                cursor.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(*told, said))
        cursor.execute("RESET ROLE")
        for name, value in settings.SESSIONS.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, str(value)])


def apply(using: str = "default", **kwargs: Any) -> None:
    """Grant after each migrate, run as the owner. Does nothing where the role does not exist (one-role databases)."""
    role = sql.Identifier(settings.DATABASE_APP_ROLE)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
        if not cursor.fetchone():
            return
        existing = set(connections[using].introspection.table_names(cursor))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role)
        )
        cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        for table, model in kept_models().items():
            if table not in existing:
                continue
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(name, role))
            if columns := may_change(model):
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                cursor.execute(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(listed, name, role))
