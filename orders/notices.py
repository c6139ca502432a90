"""Who is told what (domain.md): one table of events, sent as in-app notices through the outbox.

The one who did it is never told of it. Texts carry no prices.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from documents.outbox import Post, post_many
from orders.frame import OrderAct
from orders.models import Order

NEWS = timedelta(days=1)
SALESPERSON = "salesperson"
CLERK = "clerk"


@dataclass(frozen=True)
class Tell:
    """`to` names the order's salesperson or clerk, or a role."""

    text: str
    to: tuple[str, ...]


TELLS = {
    "submitted": Tell("订单 {order} 已提交审批", ("clerk", "technical", "production")),
    "sent_back": Tell("订单 {order} 被退回：{reason}", (SALESPERSON, CLERK)),
    "approved": Tell("订单 {order} 已批准，请发出订单确认书", (SALESPERSON, CLERK)),
    "cannot_make": Tell("订单 {order} 有产品不能生产：{words}", (SALESPERSON, CLERK)),
    "price_doubt": Tell("订单 {order} 价格或规格有疑", (SALESPERSON, "cs_supervisor", "marketing_director")),
    "confirmation_sent": Tell("订单 {order} 的确认书已发给客户", (SALESPERSON,)),
    "return_refused": Tell("订单 {order} 的回传件不合格：{words}", (SALESPERSON, CLERK)),
    "return_verified": Tell("订单 {order} 的确认书已核验", (SALESPERSON,)),
    "pushed": Tell("订单 {order} 预交日顺延至 {words}", (SALESPERSON, CLERK, "production")),
    "released": Tell("订单 {order} 已下达生产", ("production", "technical", CLERK)),
    "handed_over": Tell("订单 {order} 的生产指令单已签发", ("production", "technical")),
    "money_in": Tell("订单 {order} 收到款项", (SALESPERSON, CLERK)),
    "money_reversed": Tell("订单 {order} 的收款 {words} 已冲销", (SALESPERSON, CLERK)),
    "balance_due": Tell("订单 {order} 的余款催收通知书已发出，请跟进", (SALESPERSON,)),
    "anomaly": Tell("订单 {order} 生产异常：{words}", (SALESPERSON, CLERK, "cs_supervisor", "marketing_director")),
    "anomaly_planned": Tell("订单 {order} 的异常已有处理方案", (SALESPERSON, CLERK, "production")),
    "stocked": Tell("订单 {order} 有成品入库", (SALESPERSON, CLERK)),
    "cleared": Tell("订单 {order} 款项已落实", (CLERK,)),
    "clearance_refused": Tell("订单 {order} 款项未落实：{words}", (SALESPERSON, CLERK)),
    "clearance_withdrawn": Tell("订单 {order} 的款项落实已撤回：{words}", (CLERK, "warehouse")),
    "noticed": Tell("订单 {order} 已开发货通知单", ("warehouse",)),
    "emergency": Tell("订单 {order} 紧急先发：{words}", ("warehouse", "finance", CLERK)),
    "dispatched": Tell("订单 {order} 已发货", (SALESPERSON, CLERK)),
    "arrived": Tell("订单 {order} 已到货：{words}", (SALESPERSON, CLERK)),
    "trouble": Tell("订单 {order} 运输异常：{words}", (SALESPERSON, CLERK)),
    "held": Tell("订单 {order} 已暂停：{reason}", (SALESPERSON, CLERK, "production")),
    "resumed": Tell("订单 {order} 已恢复", (SALESPERSON, CLERK, "production")),
    "cancelled": Tell("订单 {order} 已取消：{reason}", (SALESPERSON, CLERK, "production", "warehouse", "finance")),
    "completed": Tell("订单 {order} 已完成", (SALESPERSON,)),
    "reopened": Tell("订单 {order} 已重开：{reason}", (SALESPERSON, CLERK)),
    "amended": Tell("订单 {order} 有改单：{reason}", (SALESPERSON, CLERK, "supervisor")),
}


def tell(act: OrderAct, order: Order, event: str, words: str = "") -> None:
    """Note an in-app notice for each person concerned, in this transaction.

    What is recorded more than a day late (a job or an import that gives `at`) is no news to anybody.
    """
    if act.at < timezone.now() - NEWS:
        return
    said = TELLS[event]
    text = said.text.format(order=order.number, reason=act.reason, words=words)
    key = f"{event}:{order.number}:{order.version}:{act.at.timestamp():.6f}"
    post_many(notice(f"{key}:{person}:app", person, text, order) for person in recipients(order, said.to, act.by))


def notice(key: str, person: int, text: str, order: Order) -> Post:
    """An in-app notice of that person; its key keeps it single however often it is delivered."""
    return Post("notice", key, {"key": key, "recipient": person, "text": text, "url": order.get_absolute_url()})


def recipients(order: Order, to: tuple[str, ...], by: Any) -> list[int]:
    persons = {order.salesperson_id} if SALESPERSON in to else set()
    if CLERK in to and order.clerk_id:
        persons.add(order.clerk_id)
    roles = set(to) - {SALESPERSON, CLERK}
    if CLERK in to and not order.clerk_id:
        roles.add("customer_service")
    wanted = Q(pk__in=persons) | Q(groups__name__in=roles - {"supervisor"})
    if "supervisor" in roles:
        wanted |= Q(team=order.salesperson_id)
    found = User.objects.filter(wanted, is_active=True).order_by("pk").values_list("pk", flat=True).distinct()
    return [pk for pk in found if by is None or pk != by.pk]
