"""The three grades with the policy that a new house starts from; admins change it afterwards."""

from decimal import Decimal
from typing import Any

from django.db import migrations

START = {
    "A": {
        "starts_early": True,
        "deposit_by_contract_only": True,
        "deposit_percent": Decimal(0),
        "share_before_shipping": Decimal(100),
        "share_on_contract": Decimal(0),
        "special_release_allowed": True,
    },
    "B": {"deposit_percent": Decimal(30)},
    "C": {"deposit_percent": Decimal(50)},
}


def add(apps: Any, schema_editor: Any) -> None:
    policy = apps.get_model("customers", "GradePolicy")
    for grade, values in START.items():
        policy.objects.get_or_create(grade=grade, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
