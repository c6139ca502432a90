"""The one row of rule parameters, with the defaults of the house."""

from typing import Any

from django.db import migrations


def add(apps: Any, schema_editor: Any) -> None:
    apps.get_model("orders", "HouseRules").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_state_machine")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
