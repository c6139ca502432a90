"""What departments show on an order's page: panels of their records, and offers — the things one may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.urls import reverse

from accounts.panels import Board, Panel
from accounts.permissions import may

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["Offer", "Panel", "drawn", "offer", "offers", "register", "shown"]


@dataclass(frozen=True)
class Offer:
    """A link to an action's page, shown to whoever may do `action` while the subject is in one of `states`.

    `when` narrows that by the subject itself: no 恢复 where nothing is held.
    """

    action: str
    label: str
    page: str
    states: frozenset[str]
    subject: str = "order"
    tone: str = "plain"
    when: Callable[[Any], bool] | None = None


_board = Board()
register, shown, drawn = _board.register, _board.shown, _board.drawn
_offers: dict[tuple[str, str, str], Offer] = {}


def offer(*offers: Offer) -> None:
    for each in offers:
        _offers[each.subject, each.action, each.page] = each


def offers(subject: Model, user: "User", state: str, number: str) -> list[tuple[Offer, str]]:
    """What `user` may try on this subject now, with its address; the action judges."""
    kind = subject._meta.model_name
    return [
        (each, reverse(each.page, args=[number]))
        for each in _offers.values()
        if each.subject == kind
        and state in each.states
        and may(user, each.action)
        and (each.when is None or each.when(subject))
    ]
