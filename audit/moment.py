"""What time it is: for a query, and for what is reckoned before one."""

from datetime import datetime

from django.db.models import DateTimeField, Func
from django.utils import timezone

from audit.history import running


def now() -> datetime:
    """The moment of the running action, which may be recorded later than it was; else the clock."""
    act = running.get()
    return act.at if act else timezone.now()


class Moment(Func):
    """`act.at` inside an action, so that gates and body judge by one clock, also where a job or an import records
    what happened earlier; the time of the statement everywhere else."""

    template = "COALESCE(NULLIF(current_setting('oms.at', true), '')::timestamptz, STATEMENT_TIMESTAMP())"
    output_field = DateTimeField()
