"""What holds goods back, and what shipping owes once they are on their way. See rules.md, the chain and the duties."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from accounts.calendar import is_working_day
from audit import moment
from audit.moment import Moment
from documents.numbering import business_day
from flow.gates import Duty, Gate, Guard, Owing
from orders import written
from orders.models import (
    ConfirmationReturn,
    HouseRules,
    Line,
    Order,
    RevisionLine,
    Shipment,
    ShipmentLine,
    ShipmentState,
    Signed,
    State,
)
from orders.models.order import RELEASED
from orders.models.revision import DeliveryWay
from orders.queries import every_line, rows_of
from shipping.models import Drafter, Receipt, Trouble
from shipping.road import ON_THE_WAY, RECEIVED, UNDER_WAY

CS = Owing("customer_service")
NOT_DROPPED = frozenset(set(ShipmentState) - {ShipmentState.CANCELLED})
# What the customer fetches is signed for at the gate: nothing is said or asked on the road.
BROUGHT = ~Q(way=DeliveryWay.PICKUP)
NONE = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=3))

# --- of a Revision: the stock part. What was lost on the way may be reserved once more. ---------------------------

DROPPED_LINE = Line.objects.filter(order=OuterRef("order"), reserved__gt=0).exclude(
    Exists(RevisionLine.objects.filter(line=OuterRef("pk"), revision=OuterRef(OuterRef("pk"))))
)
UNRESERVED = (
    Exists(written.lines(line__reserved__lt=F("from_stock")))
    | Exists(written.lines(line__reserved__gt=F("from_stock") + F("line__lost")))
    | (Q(order__released_at=None) & Exists(DROPPED_LINE))
)

# --- of a Shipment: may it leave? ---------------------------------------------------------------------------------

NOT_RELEASED = ShipmentLine.objects.filter(shipment=OuterRef("pk")).exclude(line__order__state__in=RELEASED)
ON_THIS = Subquery(
    ShipmentLine.objects.filter(shipment=OuterRef(OuterRef("pk")), line=OuterRef("pk"))
    .order_by()
    .values("line")
    .annotate(sent=Sum("quantity"))
    .values("sent")
)
LEFT_BEHIND = Line.objects.filter(
    order__lines__shipment_lines__shipment=OuterRef("pk"), order__revision__split_allowed=False
).filter(~Q(order__state=State.SHIPPING) | Q(good__gt=F("out") + Coalesce(ON_THIS, NONE)))

# More than was agreed: the tolerance and what the customer took on in writing included. Multiplied out, so that nothing
# is divided and nothing rounded.
WITH_THIS = F("line__out") + Coalesce(
    Subquery(
        ShipmentLine.objects.filter(shipment=OuterRef(OuterRef("pk")), line=OuterRef("line"))
        .order_by()
        .values("line")
        .annotate(sent=Sum("quantity"))
        .values("sent")
    ),
    NONE,
)
BEYOND = RevisionLine.objects.filter(
    GreaterThan(
        (WITH_THIS - F("line__excess")) * Value(100),
        (F("quantity") - F("line__closed_short")) * (Value(100) + F("tolerance_plus")),
    ),
    line__shipment_lines__shipment=OuterRef("pk"),
    revision=F("line__order__revision"),
)

# Any of these is the word that money is settled; which of them is enough is finance's gate.
SETTLED = (Signed.CLEARANCE, Signed.TERMS_CHECK, Signed.SPECIAL_MD, Signed.SPECIAL_FIN)


def settled(**later: Any) -> QuerySet[Any]:
    """Live words on the money of an outer Shipment that saw what it now carries."""
    return written.SignOff.objects.live().filter(kind__in=SETTLED, verdict="ok", **later)


SETTLED_SINCE = settled(shipment=OuterRef("shipment"), digest=OuterRef("digest"), pk__gt=OuterRef("pk"))


def own_draft(shipment: str, by: Any) -> Q:
    """Where the house wants another person for the check: an outer row's shipment was last drafted or changed by
    this one."""
    own = Drafter.objects.filter(shipment=OuterRef(shipment), by=by)
    return Q(Exists(HouseRules.objects.filter(second_checker=True))) & Q(Exists(own))


CHECK = (
    written.word(Signed.SHIPMENT_CHECK, shipment=OuterRef("pk"), digest=OuterRef("digest"))
    .exclude(Exists(SETTLED_SINCE))
    .exclude(own_draft("shipment", OuterRef("by")))
)
WORD_ON_MONEY = Exists(settled(shipment=OuterRef("pk"), digest=OuterRef("digest")))

UNPICKED = ShipmentLine.objects.filter(shipment=OuterRef("pk"), pick=None)
EMERGENCY = written.on_shipment(Signed.EMERGENCY)
WAIVED = written.word(
    Signed.RETURN_WAIVED, order=OuterRef("pk"), revision=None, digest=OuterRef("revision__print_digest")
)


def unreturned(**orders: Any) -> QuerySet[Order]:
    """Orders released before their signed return that still wait for it, and nobody has said why."""
    returned = ConfirmationReturn.objects.filter(revision=OuterRef("revision"), verdict="accepted")
    early = Order.objects.filter(revision__starts_early=True, **orders)
    return early.exclude(Exists(returned)).exclude(Exists(WAIVED))


# --- of an Order: is it all there? --------------------------------------------------------------------------------

TO_SHIP = Exists(Line.objects.filter(order=OuterRef("pk"), good__gt=F("out")))
TO_ARRIVE = Exists(Line.objects.filter(order=OuterRef("pk"), out__gt=F("arrived")))
OF_ORDER = Shipment.objects.filter(lines__line__order=OuterRef("pk"))
UNSIGNED = Exists(OF_ORDER.filter(RECEIVED, receipt_at=None))
UNNOTICED = Exists(
    OF_ORDER.filter(dispatched_at__isnull=False, emergency_at__isnull=False, noticed_at=None).exclude(
        state=ShipmentState.CANCELLED
    )
)
# What left before advices were checked has nothing to compare a check with.
ADVICE_UNCHECKED = ~Q(advice_digest="") & ~Q(
    Exists(written.word(Signed.ADVICE_CHECK, shipment=OuterRef("pk"), digest=OuterRef("advice_digest")))
)
UNTOLD = Trouble.objects.filter(shipment=OuterRef("pk"), customer_told_at=None, told=None)
UNANSWERED = Receipt.objects.filter(shipment=OuterRef("pk"), answer=None).exclude(condition=Receipt.Condition.WHOLE)
SHIPPED = Exists(Line.objects.filter(order=OuterRef("pk"), shipped__gt=0))


def plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def why_not_reserved(revision: Any) -> str:
    short = [
        f"第 {row.position} 行应预留 {plain(row.from_stock)} {row.unit}，已预留 {plain(row.line.reserved)}"
        for row in rows_of(revision.order, revision.pk)
        if not row.from_stock <= row.line.reserved <= row.from_stock + row.line.lost
    ]
    return f"{'；'.join(short) or '已删除的行仍占用库存'}。请仓库按现货数量预留。"


def why_not_ship(shipment: Any) -> str:
    orders = Order.objects.filter(lines__shipment_lines__shipment=shipment).distinct().order_by("pk")
    waiting = [order for order in orders if order.state not in RELEASED]
    if waiting:
        said = "、".join(f"{order.number}（{order.get_state_display()}）" for order in waiting)
        return f"{said}不在可发货的阶段，请下达后再发，或把它从本单删去。"
    whole = "、".join(orders.filter(revision__split_allowed=False).values_list("number", flat=True))
    return f"{whole} 不允许分批发货，而本单会留下一部分未发。请等全部完工入库后一次发清，或改单允许分批。"


def why_not_within(shipment: Any) -> str:
    """«SO… 第 1 行至多可发 105，连同本单共发 150»."""
    rows = RevisionLine.objects.filter(line__shipment_lines__shipment=shipment, revision=F("line__order__revision"))
    here = dict(shipment.lines.order_by().values_list("line").annotate(Sum("quantity")))
    said = [
        f"{row.line.order.number} 第 {row.position} 行至多可发 {plain(row.most)} {row.unit}，连同本单共发 {plain(sent)}"
        for row in rows.select_related("line__order").order_by("line__order_id", "position").distinct()
        if (sent := row.line.out + here[row.line_id]) > row.most
    ]
    return f"{'；'.join(said)}。请减少本单数量，由客户书面超量接收，或将多出的转库存。"


def why_not_returned(shipment: Any) -> str:
    numbers = unreturned(lines__shipment_lines__shipment=shipment).order_by("pk").distinct()
    listed = "、".join(numbers.values_list("number", flat=True))
    return f"{listed} 先下达后补传，客户签章的确认书至今未回。请催回，或由客服主管写明原因后再发。"


def why_not_shipped(order: Any) -> str:
    left = [
        f"{line.place}尚有 {plain(line.good - line.out)} 未发" for line in every_line(order) if line.good > line.out
    ]
    return f"{'；'.join(left)}。请安排发货，或按客户书面意见短结。"


def why_not_delivered(order: Any) -> str:
    left = [
        f"{line.place}尚有 {plain(line.out - line.arrived)} 在途"
        for line in every_line(order)
        if line.out > line.arrived
    ]
    return f"{'；'.join(left)}。请登记到货、拒收退回或丢失。"


GATES = (
    Gate(
        "stock_reserved",
        "revision",
        "现货已预留",
        "现货部分尚未预留，请仓库按现货数量预留。",
        Q(UNRESERVED),
        (Owing("warehouse"),),
        "shipping:reserve",
        why_not_reserved,
    ),
    Gate(
        "may_ship",
        "shipment",
        "可以发货",
        "有订单未下达，或不允许分批而会留下一部分，请调整本单。",
        Q(Exists(NOT_RELEASED)) | Q(Exists(LEFT_BEHIND)),
        (CS,),
        "shipping:edit",
        why_not_ship,
    ),
    Gate(
        "within_order",
        "shipment",
        "不超过订单数量",
        "发出的数量超出订货数量与允差，请减少本单数量，由客户书面超量接收，或将多出的转库存。",
        Q(Exists(BEYOND)),
        (CS,),
        "shipping:edit",
        why_not_within,
    ),
    Gate(
        "shipment_checked",
        "shipment",
        "发货复核",
        "地址、收货人、联系方式和各项数字尚未在款项落实之后再次核对，请客服复核签字。",
        ~Q(Exists(CHECK)),
        # Before money is settled there is nothing to check yet; the to-do appears with finance's word.
        (Owing("customer_service", Q(WORD_ON_MONEY)),),
        "shipping:check",
    ),
    Gate(
        "notice_issued",
        "shipment",
        "发货通知单",
        "尚无发货通知单，请客服开出后再发；紧急时由客服主管下令先发，单据次日补齐。",
        ~Q(state=ShipmentState.NOTICED) & ~Q(EMERGENCY),
        (CS,),
        "shipping:notice",
    ),
    Gate(
        "picked",
        "shipment",
        "逐托扫码",
        "还有托盘没有扫码拣货，请用手机或扫码枪逐托扫入。",
        Q(Exists(HouseRules.objects.filter(scan_to_dispatch=True))) & Q(Exists(UNPICKED)),
        (Owing("warehouse", Q(state=ShipmentState.NOTICED) | Q(emergency_at__isnull=False)),),
        "shipping:pick",
    ),
    Gate(
        "return_filed",
        "shipment",
        "确认书已回传",
        "先下达的订单尚未收到客户签章的确认书，请催回，或由客服主管写明原因后再发。",
        Q(Exists(unreturned(lines__shipment_lines__shipment=OuterRef("pk")))),
        (Owing("cs_supervisor"),),
        "shipping:waive",
        why_not_returned,
    ),
    Gate(
        "all_shipped",
        "order",
        "全部发出",
        "还有合格品未发出，请安排发货。",
        Q(TO_SHIP),
        (CS,),
        "shipping:of_order",
        why_not_shipped,
    ),
    Gate(
        "delivered",
        "order",
        "全部到货",
        "还有货在途，请登记到货、拒收退回或丢失。",
        Q(TO_ARRIVE),
        (CS,),
        "shipping:of_order",
        why_not_delivered,
    ),
    Gate(
        "receipt_filed",
        "order",
        "到货回单已归档",
        "客户签收的到货回单，或紧急先发应补的发货通知单，尚未归档，请补齐。",
        Q(UNSIGNED) | Q(UNNOTICED),
        (CS,),
        "shipping:of_order",
    ),
    Gate(
        "nothing_shipped",
        "order",
        "尚未发货",
        "已发货的订单不能取消，请对余量短结后完成。",
        Q(SHIPPED),
        (),
        "shipping:of_order",
    ),
)


def at_clock(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


DUTIES = (
    Duty(
        "terms_repeated",
        "shipment",
        "复述发货条款",
        Q(terms_repeated_at=None) & BROUGHT & Q(UNDER_WAY),
        (Owing("warehouse"),),
        "shipping:detail",
        ON_THE_WAY,
    ),
    Duty(
        "advice_sent_and_called",
        "shipment",
        "核对、发出告知书并电话确认",
        (ADVICE_UNCHECKED | Q(advised_at=None) | Q(advice_heard_at=None)) & BROUGHT & Q(UNDER_WAY),
        (CS,),
        "shipping:detail",
        ON_THE_WAY,
    ),
    Duty(
        "pickup_signed",
        "shipment",
        "自提签收",
        Q(way=DeliveryWay.PICKUP) & Q(UNDER_WAY),
        (Owing("warehouse"),),
        "shipping:pickup",
        frozenset({ShipmentState.DISPATCHED}),
    ),
    # Its answer changes with time alone: shipping.tasks.look_at_the_clock has it read again.
    Duty(
        "arrival_check",
        "shipment",
        "按监督检查时间查到货",
        Q(check_at__lte=Moment()) & BROUGHT & Q(UNDER_WAY),
        (CS,),
        "shipping:arrival",
        ON_THE_WAY,
    ),
    Duty(
        "trouble_told",
        "shipment",
        "把运输异常告知客户",
        Q(Exists(UNTOLD)),
        (CS,),
        "shipping:tell",
        ON_THE_WAY,
    ),
    Duty(
        "paper_owed",
        "shipment",
        "紧急先发补开发货通知单",
        Q(emergency_at__isnull=False, noticed_at=None),
        (CS,),
        "shipping:notice",
        NOT_DROPPED,
    ),
    Duty(
        "receipt_answered",
        "shipment",
        "答复回单上的短少或破损",
        Q(Exists(UNANSWERED)),
        (CS,),
        "shipping:answer",
        frozenset({ShipmentState.SIGNED}),
    ),
)


def working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def paper_overdue(user: Any) -> Q:
    """Shipments that `user` may not order out: the paper of an earlier emergency of theirs is overdue."""
    # Due the next working day: overdue is what was ordered before the last working day that has passed.
    since = at_clock(working_day_before(business_day(moment.now())), time())
    earlier = Shipment.objects.filter(emergency_by=user.pk, emergency_at__lt=since, noticed_at=None)
    return Q(Exists(earlier.exclude(state=ShipmentState.CANCELLED).exclude(pk=OuterRef("pk"))))


GUARDS = (
    Guard(
        "second_checker",
        "check_shipment",
        lambda user: own_draft("pk", user.pk),
        "发货复核须由拟单、改单人以外的另一位客服办理。",
        opens="shipment_checked",
    ),
    Guard(
        "paper_overdue",
        "order_emergency",
        paper_overdue,
        "您上一次紧急先发的发货通知单逾期未补，请先补齐再下令。",
    ),
)
