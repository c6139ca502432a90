"""A department that stands on the order: what it brings to the order's pages, file, events and list besides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flow import departments
from flow.departments import each, named
from orders import filing, filters, judging, notices, panels
from orders.filing import Check
from orders.filters import Filter
from orders.following import Follower, follow
from orders.judging import Reader
from orders.notices import Tell
from orders.panels import Offer, Panel
from stock import promises
from stock.promises import Differing as Promised


@dataclass(frozen=True, kw_only=True)
class Department(departments.Department):
    """`tells` are events of an order, by code, and who hears of them; `facts` what an approval is judged by; `hooks`
    (event, follower) what is done in the order's own transaction; `promises` ledgers that stock is compared with."""

    tells: Mapping[str, Tell] = field(default_factory=dict)
    panels: Sequence[Panel] = ()
    offers: Sequence[Offer] = ()
    facts: Sequence[Reader] = ()
    filters: Sequence[Filter] = ()
    filings: Sequence[Check] = ()
    hooks: Sequence[tuple[str, Follower]] = ()
    promises: Mapping[str, Callable[[], Promised]] = field(default_factory=dict)

    def open(self) -> None:
        super().open()
        notices.register(self.tells)
        each(panels.register, self.panels)
        panels.offer(*self.offers)
        each(judging.register, self.facts)
        each(filters.register, self.filters)
        filing.register(*self.filings)
        for event, follower in self.hooks:
            follow(event, follower)
        named(promises.compare, self.promises)
