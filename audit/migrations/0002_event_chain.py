"""The trigger that numbers and hashes each Event, and the function that guards a state column."""

from django.db import migrations

HASH = """
CREATE FUNCTION oms_event_hash(e audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(concat_ws(E'\\x1f',
        encode(e.previous, 'hex'), e.subject_kind, e.subject_id, e.seq, e.action, e.from_state, e.to_state,
        coalesce(e.by_id, 0), extract(epoch FROM e.at), e.reason, e.data::text), 'UTF8'))
$$;
"""

CHAIN = """
CREATE FUNCTION oms_chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT seq, hash INTO NEW.seq, NEW.previous FROM audit_event
        WHERE subject_kind = NEW.subject_kind AND subject_id = NEW.subject_id ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(NEW.seq, 0) + 1;
    NEW.previous := coalesce(NEW.previous, ''::bytea);
    NEW.hash := oms_event_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER oms_chain_event BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION oms_chain_event();
"""

# Used by CREATE TRIGGER … EXECUTE FUNCTION oms_guard_state('column', 'A>B', 'B>C', …) in each app with a machine.
GUARD = """
CREATE FUNCTION oms_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_state text := to_jsonb(OLD) ->> TG_ARGV[0];
    new_state text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF old_state IS NOT DISTINCT FROM new_state THEN
        RETURN NEW;
    END IF;
    IF coalesce(current_setting('oms.action', true), '') = '' THEN
        RAISE EXCEPTION '% may change only inside an action', TG_ARGV[0] USING ERRCODE = 'check_violation';
    END IF;
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        IF TG_ARGV[i] = old_state || '>' || new_state THEN
            RETURN NEW;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'no transition % > %', old_state, new_state USING ERRCODE = 'check_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(HASH, "DROP FUNCTION oms_event_hash(audit_event)"),
        migrations.RunSQL(CHAIN, "DROP TRIGGER oms_chain_event ON audit_event; DROP FUNCTION oms_chain_event()"),
        migrations.RunSQL(GUARD, "DROP FUNCTION oms_guard_state()"),
    ]
