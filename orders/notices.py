"""Who is told what (domain.md): one table of events, sent as in-app notices through the outbox.

The one who did it is never told of it. Texts carry no prices.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.keys import digest_of
from documents import notices
from documents.outbox import Post, post_many
from orders.frame import OrderAct
from orders.models import Order

NEWS = timedelta(days=1)
SALESPERSON = "salesperson"
CLERK = "clerk"


@dataclass(frozen=True)
class Tell:
    """`to` names the order's salesperson or clerk, or a role; `owing` are those of them whose step it is now.

    `at_once`: 异常, 先发 and 价格疑 are never left to a digest.
    """

    label: str
    text: str
    to: tuple[str, ...]
    owing: tuple[str, ...] = ()
    at_once: bool = False


DESK = (SALESPERSON, CLERK)
TELLS = {
    "submitted": Tell(
        "提交审批",
        "订单 {order} 已提交审批",
        (CLERK, "technical", "production"),
        owing=(CLERK, "technical", "production"),
    ),
    "sent_back": Tell("退回修改", "订单 {order} 被退回：{reason}", DESK, owing=(SALESPERSON,)),
    "approved": Tell("批准", "订单 {order} 已批准，请发出订单确认书", DESK, owing=(CLERK,)),
    "cannot_make": Tell("不能生产", "订单 {order} 有产品不能生产：{words}", DESK, owing=(SALESPERSON,)),
    "price_doubt": Tell(
        "价格或规格有疑",
        "订单 {order} 价格或规格有疑",
        (SALESPERSON, "cs_supervisor", "marketing_director"),
        owing=("cs_supervisor", "marketing_director"),
        at_once=True,
    ),
    "confirmation_sent": Tell("确认书已发出", "订单 {order} 的确认书已发给客户", (SALESPERSON,)),
    "returned": Tell("收到回传件", "订单 {order} 的确认书已回传，待核验", DESK, owing=(CLERK,)),
    "return_refused": Tell("回传件不合格", "订单 {order} 的回传件不合格：{words}", DESK, owing=(CLERK,)),
    "return_verified": Tell("回传件已核验", "订单 {order} 的确认书已核验", (SALESPERSON,)),
    "pushed": Tell("预交日顺延", "订单 {order} 未收到签章回传，预交日顺延至 {words}", (*DESK, "production")),
    "released": Tell(
        "下达生产", "订单 {order} 已下达生产", ("production", "technical", CLERK), owing=("production", CLERK)
    ),
    "handed_over": Tell(
        "生产指令单签发", "订单 {order} 的生产指令单已签发", ("production", "technical"), owing=("production",)
    ),
    "money_in": Tell("收到款项", "订单 {order} 收到款项", DESK),
    "money_reversed": Tell("收款冲销", "订单 {order} 的收款 {words} 已冲销", DESK),
    "balance_due": Tell("余款催收", "订单 {order} 的余款催收通知书已发出，请跟进", (SALESPERSON,)),
    "anomaly": Tell(
        "生产异常",
        "订单 {order} 生产异常：{words}",
        (*DESK, "cs_supervisor", "marketing_director"),
        owing=("cs_supervisor", "marketing_director"),
        at_once=True,
    ),
    "anomaly_forwarded": Tell(
        "客服转报异常",
        "订单 {order} 客服转报异常：{words}",
        (SALESPERSON, "cs_supervisor", "marketing_director"),
        owing=("cs_supervisor", "marketing_director"),
        at_once=True,
    ),
    "anomaly_plan_asked": Tell(
        "异常方案待同意",
        "订单 {order} 的异常方案待您同意：{words}",
        ("cs_supervisor", "marketing_director"),
        owing=("cs_supervisor", "marketing_director"),
        at_once=True,
    ),
    "anomaly_answered": Tell(
        "客户答复异常方案", "订单 {order} 客户对异常方案的答复：{words}", (*DESK, "cs_supervisor", "marketing_director")
    ),
    "delay_told": Tell("已告知客户延期", "订单 {order} 已告知客户延期：{words}", (*DESK, "production")),
    "anomaly_planned": Tell("异常处理方案", "订单 {order} 的异常已有处理方案", (*DESK, "production")),
    "stocked": Tell("成品入库", "订单 {order} 有成品入库", DESK),
    "cleared": Tell("款项已落实", "订单 {order} 款项已落实", (CLERK,), owing=(CLERK,)),
    "clearance_refused": Tell("款项未落实", "订单 {order} 款项未落实：{words}", DESK),
    "clearance_withdrawn": Tell("款项落实撤回", "订单 {order} 的款项落实已撤回：{words}", (CLERK, "warehouse")),
    "noticed": Tell("发货通知单", "订单 {order} 已开发货通知单", ("warehouse",), owing=("warehouse",)),
    "emergency": Tell(
        "紧急先发",
        "订单 {order} 紧急先发：{words}",
        ("warehouse", "finance", CLERK),
        owing=("warehouse",),
        at_once=True,
    ),
    "dispatched": Tell("发货", "订单 {order} 已发货", DESK),
    "arrived": Tell("到货", "订单 {order} 已到货：{words}", DESK),
    "trouble": Tell("运输异常", "订单 {order} 运输异常：{words}", DESK),
    "carriage_corrected": Tell("承运更正", "订单 {order} 的承运已更正：{words}", DESK, owing=(CLERK,)),
    "arrival_later": Tell("到货推迟", "订单 {order} 到货推迟：{words}", DESK, owing=(CLERK,), at_once=True),
    "trouble_told": Tell("已告知客户运输异常", "订单 {order} 的运输异常已告知客户：{words}", (SALESPERSON,)),
    "receipt_trouble": Tell("回单有短少或破损", "订单 {order} 的到货回单注明：{words}", DESK, owing=(CLERK,)),
    "receipt_answered": Tell("回单问题已答复", "订单 {order} 的回单问题已答复：{words}", DESK),
    "closed_short": Tell("短结", "订单 {order} 客户书面短结：{words}", (SALESPERSON, "finance", "production")),
    "excess_accepted": Tell("超量接收", "订单 {order} 客户书面接收超量：{words}", (SALESPERSON, "finance")),
    "quantity_taken_back": Tell(
        "撤回短结或超量接收", "订单 {order} 撤回{words}", (SALESPERSON, "finance", "production")
    ),
    "held": Tell("暂停", "订单 {order} 已暂停：{reason}", (*DESK, "production")),
    "resumed": Tell("恢复", "订单 {order} 已恢复", (*DESK, "production")),
    "cancelled": Tell("取消", "订单 {order} 已取消：{reason}", (*DESK, "production", "warehouse", "finance")),
    "completed": Tell("完成", "订单 {order} 已完成", (SALESPERSON,)),
    "reopened": Tell("重开", "订单 {order} 已重开：{reason}", DESK),
    "amended": Tell("改单", "订单 {order} 有改单：{reason}", (*DESK, "supervisor")),
}
# What stands for a person of the order in the table above is, for one's own settings, a matter of one's role.
ROLE_OF = {SALESPERSON: "sales", CLERK: "customer_service"}


def register(tells: Mapping[str, Tell] = TELLS) -> None:
    """Have each kind stand in people's own settings; a department adds its own."""
    for code, said in tells.items():
        TELLS.setdefault(code, said)
        notices.register(notices.Kind(code, said.label, roles_in(said.to), roles_in(said.owing), said.at_once))


def roles_in(to: Iterable[str]) -> frozenset[str]:
    return frozenset(ROLE_OF.get(each, each) for each in to)


def tell(act: OrderAct, order: Order, event: str, words: str = "", *, everyone: bool = False) -> None:
    """Note an in-app notice for each person concerned, in this transaction.

    What is recorded more than a day late (a job or an import that gives `at`) is no news to anybody. `everyone`: the
    one who acted too, who did not do this.
    """
    if act.at < timezone.now() - NEWS:
        return
    said = TELLS[event]
    # One action may say two things of one kind, such as two anomalies.
    key = f"{event}:{order.number}:{order.version}:{act.at.timestamp():.6f}:{digest_of(words)[:12]}"
    text = said.text.format(order=order.number, reason=act.reason, words=words)
    tell_people(order, event, key, text, None if everyone else act.by)


def tell_people(order: Order, event: str, key: str, text: str, by: User | None) -> None:
    """A notice for each person concerned, as they want it; its key keeps it single however often it is delivered."""
    told = notices.hows(event, recipients(order, TELLS[event].to, by))
    url = order.get_absolute_url()
    post_many(
        Post("notice", each, notices.payload(person, each, text, url, event, how), about=order.number)
        for person, how in told.items()
        if how != notices.How.OFF
        for each in [f"{key}:{person}:app"]
    )


def recipients(order: Order, to: tuple[str, ...], by: User | None) -> QuerySet[User]:
    """The people meant by `to`, without the one who did it."""
    persons = {order.salesperson_id} if SALESPERSON in to else set()
    if CLERK in to and order.clerk_id:
        persons.add(order.clerk_id)
    roles = set(to) - {SALESPERSON, CLERK}
    if CLERK in to and not order.clerk_id:
        roles.add("customer_service")
    wanted = Q(pk__in=persons) | Q(groups__name__in=roles - {"supervisor"})
    if "supervisor" in roles:
        wanted |= Q(team=order.salesperson_id)
    found = User.objects.filter(wanted, is_active=True).order_by("pk").distinct()
    return found.exclude(pk=by.pk) if by else found
