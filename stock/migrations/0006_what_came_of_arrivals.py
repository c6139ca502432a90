from django.db import migrations

# Until now an arrival was over with the one lot that it came as, however much that was.
CAME = """
    UPDATE stock_expectedarrival a
    SET received = coalesce(
        (SELECT sum(m.quantity) FROM stock_materialmove m WHERE m.lot_id = a.lot_id AND m.kind IN ('received', 'opened')),
        a.quantity)
    WHERE a.state = 'arrived'
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0005_arrival_in_parts")]

    operations = [migrations.RunSQL(CAME, migrations.RunSQL.noop)]
