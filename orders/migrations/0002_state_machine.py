"""A state changes only inside an action and only along these arrows; tests hold them against the machines.

The guard is called only for a row whose state moves: most updates of these wide rows leave it as it is.
"""

from django.db import migrations

ARROWS = {
    ("orders_order", "state"): [
        "DRAFT>PENDING",
        "PENDING>DRAFT",
        "PENDING>APPROVED",
        "APPROVED>PRODUCTION",
        "PRODUCTION>QUALITY",
        "QUALITY>SHIPPING",
        "QUALITY>PRODUCTION",
        "SHIPPING>PRODUCTION",
        "SHIPPING>COMPLETED",
        "COMPLETED>SHIPPING",
        "DRAFT>CANCELLED",
        "PENDING>CANCELLED",
        "APPROVED>CANCELLED",
        "PRODUCTION>CANCELLED",
        "QUALITY>CANCELLED",
        "SHIPPING>CANCELLED",
    ],
    ("orders_revision", "status"): [
        "draft>proposed",
        "proposed>draft",
        "proposed>approved",
        "approved>in_force",
        "draft>superseded",
        "proposed>superseded",
        "approved>superseded",
        "in_force>superseded",
    ],
    ("orders_shipment", "state"): [
        "draft>noticed",
        "noticed>draft",
        "draft>dispatched",
        "noticed>dispatched",
        "dispatched>arrived",
        "arrived>signed",
        "draft>cancelled",
        "noticed>cancelled",
    ],
}


def trigger(table: str, column: str, arrows: list[str]) -> migrations.RunSQL:
    arguments = ", ".join(f"'{value}'" for value in [column, *arrows])
    return migrations.RunSQL(
        f"CREATE TRIGGER oms_guard_state BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION oms_guard_state({arguments})",
        f"DROP TRIGGER oms_guard_state ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_squashed_0013_archived_at"), ("audit", "0002_event_chain")]

    operations = [trigger(table, column, arrows) for (table, column), arrows in ARROWS.items()]
