"""The Event chain as a whole: adding a link to each of many subjects, and checking every one of them (B25)."""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from audit import keys
from audit.sealed import LOWEST

ADD = """
    INSERT INTO audit_event
        (subject_kind, subject_id, seq, action, from_state, to_state, at, reason, data, previous, hash)
    SELECT %s, s.id, 0, %s, '', '', %s, %s, s.data::jsonb, '', ''
    FROM unnest(%s::bigint[], %s::text[]) AS s(id, data)
"""


def add(kind: str, action: str, said: dict[int, Any], at: datetime, reason: str) -> None:
    """One Event for each of these subjects, done by the program itself, in one statement."""
    if not said:
        return
    data = [json.dumps(keys.plain(each)) for each in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [kind, action, at, reason, list(said), data])


BROKEN = """
SELECT e.id, e.subject_kind, e.subject_id, e.seq
FROM audit_event e
LEFT JOIN audit_event before
    ON before.subject_kind = e.subject_kind AND before.subject_id = e.subject_id AND before.seq = e.seq - 1
WHERE e.id > %s
  AND (e.hash <> oms_event_hash(e)
       OR e.previous <> coalesce(before.hash, ''::bytea)
       OR (before.id IS NULL AND e.seq <> 1))
ORDER BY e.id
"""


def broken_rows(after: int = LOWEST) -> list[tuple[int, str, int, int]]:
    """(event id, subject kind, subject id, seq) of every row with a higher id that was changed, or whose predecessor
    was removed: every hash is computed again in the database."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, [after])
        return cursor.fetchall()
