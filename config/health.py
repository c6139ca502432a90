"""Two questions a watchdog asks: is the process alive, and may it be sent requests."""

import contextlib
import functools
import time

import psycopg2
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import waiting

SECONDS = 2.0


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers in time and is migrated. The queue is not asked: pages work without it (B18)."""
    try:
        problem = "" if newest_migrations() <= applied_migrations() else "migrations"
    except psycopg2.errors.UndefinedTable:
        problem = "migrations"
    except psycopg2.Error:
        problem = "database"
    return HttpResponse(problem or "ok", status=503 if problem else 200, content_type="text/plain")


@functools.cache
def newest_migrations() -> set[tuple[str, str]]:
    """The last one of each app, as the files have it."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def applied_migrations() -> set[tuple[str, str]]:
    """Asked on a connection of its own: the thread's may be one that hangs. Raises psycopg2.Error."""
    deadline = time.monotonic() + SECONDS
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params(), async_=True)) as wire:
        waiting.until(wire, deadline)
        cursor = wire.cursor()
        cursor.execute("SELECT app, name FROM django_migrations")
        waiting.until(wire, deadline)
        return set(cursor.fetchall())
