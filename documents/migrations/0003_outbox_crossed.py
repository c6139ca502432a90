from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_outbox_notify")]

    operations = [
        migrations.AddField("outboxrow", "crossed_at", models.DateTimeField("交付对方", null=True)),
    ]
