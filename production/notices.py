"""What these departments tell beyond the events that the order itself knows."""

from orders import notices
from orders.notices import CLERK, SALESPERSON, Tell


def register() -> None:
    notices.register(
        {
            "finished": Tell("完工报检", "订单 {order} 已完工报检", ("quality", CLERK), owing=("quality",)),
            "material_late": Tell(
                "原材料迟到",
                "订单 {order} 所据的到料有变，原材料说明已作废，请重新签署：{words}",
                ("technical", "production", CLERK),
                owing=("technical", "production"),
            ),
            "card_changed": Tell(
                "工艺卡换版",
                "订单 {order} 的技术确认已作废，请重新签署：{words}",
                ("technical", CLERK),
                owing=("technical",),
            ),
            "material_here": Tell("原材料到料", "订单 {order} 所缺的原材料已到：{words}", ("technical", "production")),
            "date_changed": Tell("完成日更改", "订单 {order} 的书面完成日已更改：{words}", (SALESPERSON, CLERK)),
        }
    )
