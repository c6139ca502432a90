"""Who drafted or last changed what is still a draft: later, nobody asks any more."""

from django.db import migrations


def name_drafters(apps, schema_editor):
    Shipment = apps.get_model("orders", "Shipment")
    Drafter = apps.get_model("shipping", "Drafter")
    Event = apps.get_model("audit", "Event")
    for shipment in Shipment.objects.filter(state="draft").iterator():
        said = Event.objects.filter(
            subject_kind="shipment", subject_id=shipment.pk, action__in=["draft_shipment", "edit_shipment"]
        )
        last = said.order_by("-seq").first()
        Drafter.objects.create(
            shipment=shipment,
            by_id=last.by_id if last else shipment.created_by_id,
            at=last.at if last else shipment.created_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0005_drafters"),
        ("audit", "0002_event_chain"),
    ]

    operations = [migrations.RunPython(name_drafters, migrations.RunPython.noop)]
