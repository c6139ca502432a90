"""The customer's own page of an order, told by the department that keeps it: `orders` names no page above it."""

from collections.abc import Callable

from orders.frame import OrderAct
from orders.models import Revision

Address = Callable[[OrderAct, Revision], str]
_address: list[Address] = []


def register(address: Address) -> None:
    _address[:] = [address]


def line_for(act: OrderAct, revision: Revision) -> str:
    """A paragraph of a letter that leads the customer to their page; nothing where no department keeps one."""
    if not _address:
        return ""
    return f"\n\n也可在手机上打开您的订单页面，查看、确认并跟踪此订单（请勿转发他人）：\n{_address[0](act, revision)}"
