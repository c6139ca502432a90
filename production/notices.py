"""What these departments tell beyond the events that the order itself knows."""

from orders import notices
from orders.notices import CLERK, Tell


def register() -> None:
    notices.register({"finished": Tell("完工报检", "订单 {order} 已完工报检", ("quality", CLERK), owing=("quality",))})
