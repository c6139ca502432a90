"""Django's own, with two short ways: a fresh database begins with the snapshot of the tables, and where there is
nothing to apply no state of the models is made, only what follows each migrate (permissions, grants)."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from audit import snapshot

# With one of these somebody wants something else than the newest tables.
OTHERWISE = ("app_label", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from-nothing", action="store_true", help="空库也逐个执行迁移，不用 config/schema.sql")

    def handle(self, *args: Any, **options: Any) -> None:
        if any(options[name] for name in OTHERWISE):
            super().handle(*args, **options)
            return
        connection = connections[options["database"]]
        if not options["from_nothing"] and snapshot.is_fresh(connection):
            snapshot.load(connection)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            super().handle(*args, **options)
        else:
            emit_post_migrate_signal(options["verbosity"], options["interactive"], connection.alias, plan=[])
