"""Each file and paper says for whom it is, and is found by an address that cannot be counted to.

What was kept before gets both: a random address, and the audience that its kind of file is stored with today.
Where that cannot be known it is for those who see prices.
"""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

PAPERS = """
UPDATE documents_document SET audience = 'plain' WHERE kind IN (
    'dispatch_notice', 'delivery_note', 'dispatch_advice', 'arrival_receipt', 'arrival_receipt_filed',
    'production_order', 'inspection_report', 'product_labels', 'daily_report'
);
"""

# What the departments' rows say a file is. Where their tables are not there yet, no file is either.
FILES = """
DO $$
DECLARE found RECORD;
BEGIN
    FOR found IN SELECT * FROM (VALUES
        ('orders_signoff', 'SELECT paper_id FROM orders_signoff WHERE kind IN (''technical'', ''sample'')'),
        ('production_samplestep', 'SELECT paper_id FROM production_samplestep'),
        ('production_inspection', 'SELECT paper_id FROM production_inspection'),
        ('production_inspection_photos', 'SELECT attachment_id FROM production_inspection_photos'),
        ('production_anomaly_photos', 'SELECT attachment_id FROM production_anomaly_photos'),
        ('shipping_receipt', 'SELECT r.paper_id FROM shipping_receipt r WHERE NOT EXISTS (
            SELECT FROM documents_document d WHERE d.kind = ''delivery_note_priced''
                AND d.subject_kind = ''shipment'' AND d.subject_id = r.shipment_id)')
    ) AS those(name, files)
    LOOP
        IF to_regclass(found.name) IS NOT NULL THEN
            EXECUTE 'UPDATE documents_attachment SET audience = ''plain'' WHERE id IN (' || found.files || ')';
        END IF;
    END LOOP;
END $$;
"""

# A notice leads where it led.
NOTICES = """
UPDATE documents_notice n SET url = '/documents/' || d.public_id || '/'
    FROM documents_document d WHERE n.url = '/documents/' || d.id || '/';
"""

AUDIENCES = [("prices", "可见价格的岗位"), ("plain", "各部门")]


def audience() -> models.CharField:
    return models.CharField("可见范围", max_length=10, choices=AUDIENCES, default="prices")


def known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(audience__in=["prices", "plain"]), name=name)


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_outbox_crossed")]

    operations = [
        migrations.AddField("document", "audience", audience()),
        migrations.AddField("attachment", "audience", audience()),
        # The database gives each row that is there an address of its own; the program gives the new ones theirs.
        migrations.AddField("attachment", "public_id", models.UUIDField(db_default=RandomUUID(), unique=True)),
        migrations.AddField("bundle", "public_id", models.UUIDField(db_default=RandomUUID(), unique=True)),
        migrations.AlterField("attachment", "public_id", models.UUIDField(default=uuid.uuid4, unique=True)),
        migrations.AlterField("bundle", "public_id", models.UUIDField(default=uuid.uuid4, unique=True)),
        migrations.RunSQL([PAPERS, FILES, NOTICES], migrations.RunSQL.noop),
        migrations.AddConstraint("document", known("document_audience_known")),
        migrations.AddConstraint("attachment", known("attachment_audience_known")),
    ]
