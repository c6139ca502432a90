"""Who is told of what a customer said on the page."""

from orders.notices import CLERK, DESK, Tell

TELLS = {
    "customer_confirmed": Tell(
        "客户网上确认", "订单 {order} 的客户已在网上确认（{words}），请核验", DESK, owing=(CLERK,)
    ),
    "customer_asked": Tell("客户要求修改", "订单 {order} 的客户要求修改：{words}", DESK, owing=(CLERK,), at_once=True),
    "customer_trouble": Tell(
        "客户反映到货问题", "订单 {order} 的客户反映到货有问题：{words}", DESK, owing=(CLERK,), at_once=True
    ),
}
