"""Whoever posts to the outbox wakes the relay at commit, by whichever way the row comes in."""

from django.db import migrations

MAKE = """
CREATE FUNCTION documents_outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('oms_outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER documents_outbox_notify AFTER INSERT ON documents_outboxrow
    FOR EACH STATEMENT EXECUTE FUNCTION documents_outbox_notify();
"""
DROP = """
DROP TRIGGER documents_outbox_notify ON documents_outboxrow;
DROP FUNCTION documents_outbox_notify();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_squashed_0005_sending_and_notice_settings")]
    operations = [migrations.RunSQL(MAKE, DROP)]
