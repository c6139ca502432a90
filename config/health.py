"""Two questions a watchdog asks: is the process alive, and may it be sent requests."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_migrated = False


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
    """The database is there and migrated. The queue is not asked: pages work without it (B18)."""
    try:
        problem = _problem()
    except DatabaseError:
        problem = "database"
    return HttpResponse(problem or "ok", status=503 if problem else 200, content_type="text/plain")


def _problem() -> str:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    # Migrations only ever go forward, so the answer is asked for until it is yes.
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if _migrated else "migrations"
