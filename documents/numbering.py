"""Numbers of orders and papers: `SO-20261123-0001`, without gap or double (B22, R4)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.transaction import TransactionManagementError

from documents.models import Counter

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

NEXT = f"""
    INSERT INTO {Counter._meta.db_table} AS counter (prefix, day, last) VALUES (%s, %s, 1)
    ON CONFLICT (prefix, day) DO UPDATE SET last = counter.last + 1
    RETURNING last
"""  # noqa: S608 (a table's name, no input)


def business_day(moment: datetime) -> date:
    """The day in Asia/Shanghai at that moment, whatever zone it is written in (B22)."""
    return moment.astimezone(BUSINESS_ZONE).date()


def next_number(prefix: str, day: date | datetime) -> str:
    """The next number of that prefix on that business day.

    The counter's row stays locked until the transaction ends, so that a rollback gives its number back and no gap
    is left; hence: call it as the last step before the insert.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("next_number belongs inside the transaction that uses the number")
    if isinstance(day, datetime):
        day = business_day(day)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [prefix, day])
        (last,) = cursor.fetchone()
    return f"{prefix}-{day:%Y%m%d}-{last:04d}"
