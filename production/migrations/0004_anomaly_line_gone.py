from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("production", "0003_lines_of_anomalies")]

    operations = [
        migrations.RemoveField(
            model_name='anomaly',
            name='line',
        ),
        migrations.RemoveField(
            model_name='historicalanomaly',
            name='line',
        ),
    ]
