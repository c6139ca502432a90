"""The entries of the navigation: one table of label, page and the roles that see it."""

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.permissions import roles_of
from accounts.roles import ROLES

WORKING = frozenset(ROLES) - {"admin"}
OFFICE = frozenset(
    {"sales", "supervisor", "customer_service", "cs_supervisor", "marketing_director", "finance", "legal"}
)


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    roles: frozenset[str] = WORKING


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it now."""

    label: str
    url: str
    icon: str
    is_here: bool
    count: int | None


Group = tuple[Link, ...]

NAVIGATION: tuple[tuple[Entry, ...], ...] = (
    (
        Entry("首页", "home", "home", frozenset(ROLES)),
        Entry("消息", "notices", "bell", frozenset(ROLES)),
        Entry("备忘录", "customers:memos", "memo", OFFICE),
        Entry("报价", "customers:quotes", "approve", OFFICE),
        Entry("订单", "orders:list", "order"),
        Entry("审批", "orders:approvals", "approve", frozenset({"supervisor", "marketing_director", "cs_supervisor"})),
    ),
    (
        Entry("生产", "production:index", "production", WORKING - {"finance", "legal"}),
        Entry("排产", "production:load", "calendar", frozenset({"production", "technical"})),
        Entry("日报", "production:days", "memo", frozenset({"production", "technical"})),
        Entry("监督", "production:supervision_list", "check", frozenset({"customer_service", "cs_supervisor"})),
        Entry("打样", "production:samples", "product", frozenset({"technical", "sales", "customer_service"})),
        Entry("异常", "production:anomaly_list", "warn", WORKING - {"finance", "legal"}),
        Entry("质检", "quality:index", "quality", frozenset({"quality", "customer_service", "cs_supervisor"})),
        Entry("财务", "finance:index", "finance", OFFICE),
        Entry("发货", "shipping:index", "shipping", WORKING - {"technical", "legal"}),
        Entry("库存", "stock:index", "stock"),
    ),
    (
        Entry("单据", "archive", "memo"),
        Entry("归档", "orders:files", "check", OFFICE),
        Entry("客户", "customers:list", "customer", OFFICE),
        Entry("合同", "customers:contracts", "memo", OFFICE),
        Entry("产品", "catalog:list", "product"),
        Entry("导入", "orders:import", "import", frozenset({"customer_service", "sales"})),
    ),
    (
        Entry("发件箱", "outbox", "send", frozenset({"admin"})),
        Entry("管理", "admin:index", "settings", frozenset({"admin"})),
        Entry("设计规范", "styleguide", "info", frozenset({"admin"})),
    ),
)


@cache
def url_or_none(name: str) -> str | None:
    """None for a page that this house does not have, so that an entry never leads nowhere."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


@cache
def seen_by(held: frozenset[str]) -> tuple[tuple[tuple[Entry, str], ...], ...]:
    """The table as people of these roles see it, with the addresses."""
    groups = (
        tuple((entry, url) for entry in group if held & entry.roles and (url := url_or_none(entry.url_name)))
        for group in NAVIGATION
    )
    return tuple(group for group in groups if group)


def entries_for(user: User | AnonymousUser, path: str, counts: dict[str, int]) -> tuple[Group, ...]:
    """What `user` sees, group by group; the entry with the longest address that `path` begins with is the present."""
    seen = seen_by(frozenset(roles_of(user)))
    here = longest_match(path, [url for group in seen for _, url in group])
    return tuple(
        tuple(Link(entry.label, url, entry.icon, url == here, counts.get(entry.url_name)) for entry, url in group)
        for group in seen
    )


def longest_match(path: str, urls: list[str]) -> str | None:
    """`/` is only itself; `/orders/` is also every page below it."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default=None)
