"""The three grades, each with its policy."""

from typing import Any

from django.db import migrations

from customers.grades import START


def add(apps: Any, schema_editor: Any) -> None:
    policy = apps.get_model("customers", "GradePolicy")
    for grade, values in START.items():
        policy.objects.get_or_create(grade=grade, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_squashed_0004_tiers_of_prices_and_ended_contracts")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
