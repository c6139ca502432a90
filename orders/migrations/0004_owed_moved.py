"""`Owed` is flow's now, with the same table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_house_rules"), ("flow", "0001_owed")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Owed")])]
