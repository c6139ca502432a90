"""What finance tells beyond the events that the order itself knows."""

from orders import notices
from orders.notices import DESK, Tell


def register() -> None:
    notices.register(
        {
            "invoice_asked": Tell("申请开票", "订单 {order} 申请开票：{words}", ("finance",), owing=("finance",)),
            "invoiced": Tell("已开票", "订单 {order} 已开票：{words}", DESK),
            "invoice_refused": Tell("开票申请退回", "订单 {order} 的开票申请已退回：{words}", DESK),
            "invoice_red": Tell("发票红冲", "订单 {order} 的发票 {words} 已红冲", DESK),
        }
    )
