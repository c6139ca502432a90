"""The Event chain as a whole: adding a link to each of many subjects, and checking every one of them (B25)."""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from audit import keys

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
SELECT id, subject_kind, subject_id, seq FROM (
    SELECT e.*,
           oms_event_hash(e) AS expected,
           lag(hash) OVER chain AS before,
           lag(seq) OVER chain AS seq_before
    FROM audit_event e
    WINDOW chain AS (PARTITION BY subject_kind, subject_id ORDER BY seq)
) chained
WHERE hash <> expected
   OR previous <> coalesce(before, ''::bytea)
   OR seq <> coalesce(seq_before, 0) + 1
ORDER BY id
"""


def broken_rows() -> list[tuple[int, str, int, int]]:
    """(event id, subject kind, subject id, seq) of every row that was changed, or whose neighbour was removed: every
    hash is computed again in the database."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        return cursor.fetchall()
