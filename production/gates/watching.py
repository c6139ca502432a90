"""What is owed beside the chain while an order is made: its anomalies, its daily look, its delays (R20, R21, R25)."""

from django.db.models import Exists, F, OuterRef, Q, Subquery

from flow.gates import Duty, Owing
from orders import written
from orders.models import Signed
from orders.models.order import RELEASED
from production import daily
from production.gates.making import SHORT
from production.gates.shared import CS, IN_FORCE, PRODUCTION, TECHNICAL, TODAY, to_make
from production.gates.words import DATED, STATED
from production.models import Anomaly, DelayTold, SupervisionCheck, SupervisionDay

OPEN = Anomaly.objects.filter(order=OuterRef("pk"), agreed_at__isnull=True, closed_at__isnull=True)

# A working day has begun since the order was released, and nobody has looked at the order that day or later. Days
# missed before it are not made up: one look at how things are now answers for all of them.
TODAYS = SupervisionDay.objects.order_by("-day")
LOOKED_AT = SupervisionCheck.objects.filter(order=OuterRef("pk"), day__gte=Subquery(TODAYS.values("day")[:1]))
RELEASED_BEFORE = Q(released_at__lt=Subquery(TODAYS.values("opened_at")[:1]))

# Production's own written date of a line in force lies behind what is promised, and the customer was not told of one
# as late: a date that moves again is told again, one that comes nearer is not.
LATER = written.word(
    Signed.DATE,
    line__order=OuterRef("pk"),
    line__terms__revision__status=IN_FORCE,
    line__terms__quantity__gt=F("line__terms__from_stock"),
    digest=F("line__terms__date_digest"),
    finish_on__gt=OuterRef("promised_on"),
)
UNTOLD = LATER.exclude(
    Exists(DelayTold.objects.filter(order=OuterRef("order"), foreseen_on__gte=OuterRef("finish_on")))
)
# Gone by with something left to make, whatever production signed; until the customer knows of a day still to come.
GONE_BY = Q(promised_on__lt=TODAY) & Q(SHORT)
TOLD_OF_LATER = Exists(DelayTold.objects.filter(order=OuterRef("pk"), foreseen_on__gte=TODAY))

# Of terms in force that are still being made, a statement that was withdrawn or given anew takes the dates on it along.
MAKING = Q(order__state="PRODUCTION")
UNMADE = to_make().filter(line__made__lt=F("quantity") - F("from_stock"))
STATEMENT_GONE = MAKING & Q(Exists(UNMADE.exclude(STATED)))
DATE_GONE = MAKING & Q(Exists(UNMADE.filter(STATED).exclude(DATED)))


DUTIES = (
    Duty(
        "statement_anew",
        "revision",
        "在产订单重新说明原材料",
        STATEMENT_GONE,
        (TECHNICAL,),
        "production:material",
        frozenset({IN_FORCE}),
    ),
    Duty(
        "date_anew",
        "revision",
        "在产订单按新说明重签交期",
        DATE_GONE,
        (PRODUCTION,),
        "production:dates",
        frozenset({IN_FORCE}),
    ),
    Duty(
        "anomaly_forward",
        "order",
        "转报异常",
        Q(Exists(OPEN.filter(forwarded_at__isnull=True))),
        (CS,),
        "production:anomalies",
        frozenset(RELEASED),
    ),
    Duty(
        "anomaly_plan",
        "order",
        "商定异常处理方案",
        Q(Exists(OPEN)),
        (Owing("cs_supervisor"), Owing("marketing_director")),
        "production:anomalies",
        frozenset(RELEASED),
    ),
    Duty(
        "supervision_check",
        "order",
        "监督工作提示当日检查",
        RELEASED_BEFORE & ~Exists(LOOKED_AT),
        (CS,),
        "production:supervision",
        frozenset({"PRODUCTION"}),
    ),
    Duty(
        "daily_report",
        "order",
        "签当日生产日报",
        daily.OWED,
        (PRODUCTION,),
        "production:order_day",
        frozenset(RELEASED),
    ),
    Duty(
        "delay_told",
        "order",
        "告知客户延期及原因",
        Q(Exists(UNTOLD)) | (GONE_BY & ~Q(TOLD_OF_LATER)),
        (CS,),
        "production:delay",
        frozenset({"PRODUCTION", "QUALITY"}),
    ),
)
