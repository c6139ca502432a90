from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("production", "0002_anomalies_delays_supervision")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO production_anomaly_lines (anomaly_id, line_id) "
            "SELECT id, line_id FROM production_anomaly WHERE line_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
