"""What other departments do in the same transaction when an order's terms come into force, it is resumed, or it ends.

`orders` imports none of them: they say so at start-up, as with gates (design, idea 1). A follower runs under the
order's lock and may lock stock balances after it.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.frame import OrderAct
    from orders.models import Order

Follower = Callable[["OrderAct", "Order"], None]
_followers: dict[str, list[Follower]] = defaultdict(list)

IN_FORCE = "in_force"  # released, or an amendment took the place of the terms before
CANCELLING = "cancelling"  # cancelled in this transaction; what lies in stock for the order is not freed yet
RESUMED = "resumed"  # what waited while it was held
ENDED = "ended"  # completed or cancelled


def follow(event: str, follower: Follower) -> None:
    if follower not in _followers[event]:
        _followers[event].append(follower)


def followed(act: "OrderAct", order: "Order", event: str) -> None:
    for follower in _followers[event]:
        follower(act, order)
