"""What time it is: for a query, and for what is reckoned before one."""

from django.db.models import DateTimeField, Func
from django.db.models.functions import TruncDate

from audit.history import now

__all__ = ["TODAY", "Moment", "now"]


class Moment(Func):
    """`act.at` inside an action, so that gates and body judge by one clock, also where a job or an import records
    what happened earlier; the time of the statement everywhere else."""

    template = "COALESCE(NULLIF(current_setting('oms.at', true), '')::timestamptz, STATEMENT_TIMESTAMP())"
    output_field = DateTimeField()


# The business's day then.
TODAY = TruncDate(Moment())
