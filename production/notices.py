"""What these departments tell beyond the events that the order itself knows."""

from orders.notices import TELLS, Tell


def register() -> None:
    # The copy to technical that the 生产指令单 carries (R18).
    TELLS["handed_over"] = Tell("订单 {order} 的生产指令单已下达", ("production", "technical"))
    TELLS["finished"] = Tell("订单 {order} 已完工报检", ("quality", "clerk"))
