"""The guard is called only for a row whose state moves: most updates of these wide rows leave it as it is."""

import importlib

from django.db import migrations

chain = importlib.import_module("orders.migrations.0002_state_machine")


def narrowed(table: str, column: str, arrows: list[str]) -> migrations.RunSQL:
    arguments = ", ".join(f"'{value}'" for value in [column, *arrows])
    drop = f"DROP TRIGGER oms_guard_state ON {table}; "
    return migrations.RunSQL(
        f"{drop} CREATE TRIGGER oms_guard_state BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION oms_guard_state({arguments})",
        drop + chain.trigger(table, column, arrows).sql,
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_import_run")]

    operations = [narrowed(table, column, arrows) for (table, column), arrows in chain.ARROWS.items()]
