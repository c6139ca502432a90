"""The kinds of paper. Each department registers its own when it starts; nothing here knows a department."""

from dataclasses import dataclass

from documents.audience import Audience

# Keys that carry money; papers of a plain kind may not hold one at any depth.
PRICE_KEYS = frozenset({"price", "amount", "net", "tax", "tax_rate", "total", "totals", "received", "balance", "terms"})


# (name, for whom, tint of its band) of the sheets of one paper: 第一联存根白, 第二联客户红, 第三联财务黄.
THREE_COPIES = (("第一联", "存根", "white"), ("第二联", "客户", "red"), ("第三联", "财务", "yellow"))


@dataclass(frozen=True)
class Kind:
    """What a paper is. `template_version` rises when its template changes what an old paper would show.

    `continuous` is the template of its 241 × 140 mm form, where it is printed on such paper too.
    """

    code: str
    prefix: str
    title: str
    template: str
    audience: Audience
    seal: str = ""
    foot: tuple[str, ...] = ("制单", "审核", "经手", "客户签收")
    copies: tuple[tuple[str, str, str], ...] = ()
    continuous: str = ""
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


def titles(*, prices: bool) -> dict[str, str]:
    """Code → what lists call each kind; without those that show prices for those who may not see any."""
    plain = {kind.title for kind in _kinds.values() if kind.audience == Audience.PLAIN}
    return {
        kind.code: f"{kind.title}（含价）" if kind.audience == Audience.PRICES and kind.title in plain else kind.title
        for kind in _kinds.values()
        if prices or kind.audience == Audience.PLAIN
    }


def price_keys_in(data: object) -> set[str]:
    """The keys in `data`, at any depth, that carry money."""
    if isinstance(data, dict):
        return set(PRICE_KEYS & data.keys()).union(*(price_keys_in(value) for value in data.values()))
    if isinstance(data, list | tuple):
        return set().union(*(price_keys_in(value) for value in data))
    return set()
