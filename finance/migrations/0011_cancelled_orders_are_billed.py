"""What was kept of cancelled orders' money is what they are billed for; the loss above it was never asked for and is not
asked for now."""

from typing import Any

from django.db import migrations


def bill_what_was_kept(apps: Any, schema_editor: Any) -> None:
    settlements = apps.get_model("finance", "CancelSettlement").objects.filter(order__state="CANCELLED")
    for row in settlements.order_by("order_id", "-pk").distinct("order_id").select_related("order"):
        apps.get_model("orders", "Order").objects.filter(pk=row.order_id).update(billed=row.kept)


def bill_nothing(apps: Any, schema_editor: Any) -> None:
    apps.get_model("orders", "Order").objects.filter(state="CANCELLED").update(billed=0)


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0010_grade_reviews"),
        ("orders", "0012_advice_checked"),
    ]

    operations = [migrations.RunPython(bill_what_was_kept, bill_nothing)]
