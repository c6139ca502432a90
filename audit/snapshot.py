"""The tables of a fresh database in one piece: `config/schema.sql`, written by `./dev schema`.

A test holds it equal to what the migrations make, which takes them half a minute: three hundred models are rendered
at each of their steps.
"""

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder


def is_fresh(connection: BaseDatabaseWrapper) -> bool:
    """Nothing was ever migrated here."""
    return not MigrationRecorder(connection).applied_migrations()


def load(connection: BaseDatabaseWrapper) -> None:
    """All of it or nothing. What a newer migration adds is left to `migrate`."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # Functions name tables that come after them.
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(settings.SCHEMA_SNAPSHOT.read_text(encoding="utf-8"))
