"""What finance tells beyond the events that the order itself knows."""

from django.db.models import Q

from accounts.models import User
from customers.models import Customer
from documents.notices import Kind, hows
from orders.notices import DESK, Tell

COLLECTING = Kind("collecting", "催收与付款承诺", frozenset({"sales", "customer_service", "finance"}))

JUDGES = frozenset({"cs_supervisor", "marketing_director"})
GRADES = Kind("grades", "客户等级建议", JUDGES, owing=JUDGES)


def told_of(customer: Customer, by: User | None) -> dict[int, str]:
    """The customer's salesperson and clerk, and finance; not the one who did it."""
    people = Q(pk__in=[pk for pk in (customer.salesperson_id, customer.clerk_id) if pk]) | Q(groups__name="finance")
    found = User.objects.filter(people, is_active=True).order_by("pk").distinct()
    return hows(COLLECTING.code, found.exclude(pk=by.pk) if by else found)


TELLS = {
    "invoice_asked": Tell("申请开票", "订单 {order} 申请开票：{words}", ("finance",), owing=("finance",)),
    "invoiced": Tell("已开票", "订单 {order} 已开票：{words}", DESK),
    "invoice_refused": Tell("开票申请退回", "订单 {order} 的开票申请已退回：{words}", DESK),
    "invoice_red": Tell("发票红冲", "订单 {order} 的发票 {words} 已红冲", DESK),
}
