from decimal import Decimal

from django.db import migrations, models


def received() -> models.DecimalField:
    return models.DecimalField(
        decimal_places=3, default=Decimal(0), editable=False, max_digits=14, verbose_name="已到数量"
    )


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_material_reserved")]

    operations = [
        migrations.RemoveConstraint(model_name="expectedarrival", name="arrived_with_its_lot"),
        migrations.AddField(model_name="expectedarrival", name="received", field=received()),
        migrations.AddField(model_name="historicalexpectedarrival", name="received", field=received()),
    ]
