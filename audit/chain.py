"""Checking the Event chain: recompute every hash in the database and name the rows that don't fit (B25)."""

from django.db import connection

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
    """(event id, subject kind, subject id, seq) of every row that was changed, or whose neighbour was removed."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        return cursor.fetchall()
