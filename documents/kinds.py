"""The kinds of paper. Each department registers its own when it starts; nothing here knows a department."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models import Document

Visible = Callable[["User", "Document"], bool]

# Keys that carry money; papers of a plain kind may not hold one at any depth.
PRICE_KEYS = frozenset({"price", "amount", "net", "tax", "tax_rate", "total", "totals", "received", "balance", "terms"})


# (name, for whom, tint of its band) of the sheets of one paper: 第一联存根白, 第二联客户红, 第三联财务黄.
THREE_COPIES = (("第一联", "存根", "white"), ("第二联", "客户", "red"), ("第三联", "财务", "yellow"))


@dataclass(frozen=True)
class Kind:
    """What a paper is. `template_version` rises when its template changes what an old paper would show."""

    code: str
    prefix: str
    title: str
    template: str
    audience: Literal["prices", "plain"]
    visible: Visible | None = None
    seal: str = ""
    foot: tuple[str, ...] = ("制单", "审核", "经手", "客户签收")
    copies: tuple[tuple[str, str, str], ...] = ()
    template_version: int = 1


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Registering a code again with something else is a programming error."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"kind {kind.code} is registered already")
    return kind


def get(code: str) -> Kind:
    return _kinds[code]


def find(code: str) -> Kind | None:
    return _kinds.get(code)


def price_keys_in(data: object) -> set[str]:
    """The keys in `data`, at any depth, that carry money."""
    if isinstance(data, dict):
        return set(PRICE_KEYS & data.keys()).union(*(price_keys_in(value) for value in data.values()))
    if isinstance(data, list | tuple):
        return set().union(*(price_keys_in(value) for value in data))
    return set()
