"""Terms that the gates of the department have in common."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from audit.moment import Moment
from flow.gates import Owing
from orders import written
from orders.models import RevisionLine

TODAY = TruncDate(Moment())
CS = Owing("customer_service")
QUALITY = Owing("quality")
PRODUCTION = Owing("production")
TECHNICAL = Owing("technical")

TO_MAKE = Q(quantity__gt=F("from_stock"))
IN_FORCE = "in_force"


def to_make() -> QuerySet[RevisionLine]:
    """Of an outer Revision: the lines of which something is to be made."""
    return written.lines().filter(TO_MAKE)


def rows(numbers: Iterable[int]) -> str:
    return "第 " + "、".join(map(str, sorted(numbers))) + " 行"


def plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
