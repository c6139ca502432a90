from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("stock", "0006_what_came_of_arrivals")]

    operations = [
        migrations.AddConstraint(
            model_name="expectedarrival",
            constraint=models.CheckConstraint(
                condition=Q(received__gt=0, lot__isnull=False) | Q(received=0, lot=None) & ~Q(state="arrived"),
                name="came_with_its_lot",
            ),
        ),
    ]
