"""The customer's own page of an order, told by the department that keeps it: `orders` names no page above it."""

from collections.abc import Callable
from dataclasses import dataclass

from orders.frame import OrderAct
from orders.models import Revision

LEAD = "\n\n也可在手机上打开您的订单页面，查看、确认并跟踪此订单（请勿转发他人）：\n"


@dataclass(frozen=True)
class Page:
    """`make` gives the address of a revision's page, and makes it where there is none; `find` the one there is."""

    make: Callable[[OrderAct, Revision], str]
    find: Callable[[Revision], str]


_page: list[Page] = []


def register(page: Page) -> None:
    _page[:] = [page]


def line_for(act: OrderAct, revision: Revision) -> str:
    """A paragraph of a letter that leads the customer to their page; nothing where no department keeps one."""
    return LEAD + _page[0].make(act, revision) if _page else ""


def line_of(revision: Revision | None) -> str:
    """The same for a letter that no action sends: nothing where no page stands."""
    found = _page[0].find(revision) if _page and revision else ""
    return LEAD + found if found else ""
