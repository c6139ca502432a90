"""What quality tells beyond the events that the order itself knows."""

from orders.notices import CLERK, SALESPERSON, Tell

TELLS = {
    "inspection_failed": Tell(
        "检验不合格",
        "订单 {order} 检验不合格：{words}",
        ("production", CLERK, SALESPERSON),
        owing=("production",),
    ),
    "concession_asked": Tell(
        "让步接收待批准",
        "订单 {order} 有让步接收待批准：{words}",
        ("cs_supervisor", "marketing_director"),
        owing=("cs_supervisor", "marketing_director"),
    ),
    "conceded": Tell(
        "让步接收已批准",
        "订单 {order} 的批次 {words} 已批准让步接收，待会签",
        ("quality", CLERK),
        owing=(CLERK,),
    ),
    "inspection_refused": Tell(
        "检验退回", "订单 {order} 的批次 {words} 被退回，请重新检验：{reason}", ("quality",), owing=("quality",)
    ),
    "reworked": Tell("返工完成", "订单 {order} 的批次 {words} 返工完成，待检", ("quality", CLERK), owing=("quality",)),
}
