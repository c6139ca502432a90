import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_customer_words_on_quantities"),
        ("production", "0015_report_of_work_order"),
    ]

    operations = [
        migrations.RenameModel("StatedShort", "StatedNeed"),
        migrations.AlterModelOptions(
            "statedneed",
            {"ordering": ["id"], "verbose_name": "说明所据原材料", "verbose_name_plural": "说明所据原材料"},
        ),
        migrations.RemoveConstraint("statedneed", "stated_short_once"),
        migrations.AlterField(
            "statedneed",
            "statement",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stated_needs", to="orders.signoff"
            ),
        ),
        migrations.AlterField("statedneed", "arrives_on", models.DateField(null=True, verbose_name="预计到齐")),
        migrations.AddConstraint(
            "statedneed", models.UniqueConstraint(fields=("statement", "material"), name="stated_need_once")
        ),
        migrations.CreateModel(
            name="StatedMaterial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("free", models.DecimalField(decimal_places=3, max_digits=14, null=True, verbose_name="可用")),
                ("short", models.DecimalField(decimal_places=3, max_digits=14, null=True, verbose_name="缺口")),
                ("arrives_on", models.DateField(null=True, verbose_name="预计到料")),
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stated_material",
                        to="orders.signoff",
                    ),
                ),
            ],
            options={
                "verbose_name": "原材料说明数据",
                "verbose_name_plural": "原材料说明数据",
                "ordering": ["id"],
            },
        ),
    ]
