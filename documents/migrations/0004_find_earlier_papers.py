"""Papers frozen before the archive get what it finds them by, from their snapshots."""

from django.db import migrations

from documents.finding import found_by

BLOCK = 1_000


def fill(apps, schema_editor):
    Document = apps.get_model("documents", "Document")
    rows = Document.objects.filter(search="").only("number", "data").order_by("pk")
    last = 0
    while block := list(rows.filter(pk__gt=last)[:BLOCK]):
        for row in block:
            for name, value in found_by(row.number, row.data).items():
                setattr(row, name, value)
        Document.objects.bulk_update(block, ["customer", "orders", "search"])
        last = block[-1].pk


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_archive_and_bundles")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
