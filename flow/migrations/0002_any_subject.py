"""A kind of subject has a longer name, and some belong to no customer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_owed"), ("orders", "0004_owed_moved")]
    operations = [
        migrations.AlterField("owed", "subject_kind", models.CharField(max_length=30)),
        migrations.AlterField(
            "owed",
            "customer",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
    ]
