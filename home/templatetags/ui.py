"""What the templates of every department share: amounts, dates, tones, slots and the navigation."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import roles_of
from accounts.roles import ROLES
from accounts.web import may_open
from documents import access
from documents.figures import NOTHING, cn_date, cn_datetime, cn_weekday, decimal, money, percent, price, qty
from flow.gates import Unmet
from home.demo import progress
from home.navigation import Group, entries_for, url_or_none

register = template.Library()

CHAIN = (
    ("DRAFT", "草稿"),
    ("PENDING", "待审批"),
    ("APPROVED", "已审批"),
    ("PRODUCTION", "生产"),
    ("QUALITY", "质检"),
    ("SHIPPING", "发货"),
    ("COMPLETED", "已完成"),
)

# The tone of a status said in words, so that 待回传 looks the same on every page.
TONES = {
    "warn": "待审批 待回传 待补传 待核验 待处理 待签样 待复检 未付 多付 暂停 已顺延 临期 可能已发送 待检",
    "info": "待发送 发送中 已审批 生产 质检 发货 已付定金 部分发货 已发 提交中 已批准 特批 生产中 已通知 进行中",
    "ok": "已完成 已发送 已登记 已回传 已付清 已到货 已放行 生效 合格 已签 已核验 已落实 已签收 已解决 启用",
    "danger": "失败，可重试 已退回 逾期 不合格 已拒绝 异常 超额 不能生产 失败 先发",
}
TONE_OF = {word: tone for tone, words in TONES.items() for word in words.split()}


for way in (money, price, qty, percent, cn_date, cn_weekday, cn_datetime):
    register.filter(way)


@register.filter
def is_negative(value: Any) -> bool:
    return (decimal(value) or Decimal(0)) < 0


def distance(seconds: int) -> str:
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return ""


@register.filter
def relative(value: datetime | None) -> str:
    """`3 小时前`, `2 天后`, `刚刚`."""
    if not value:
        return NOTHING
    seconds = int((timezone.now() - value).total_seconds())
    away = distance(abs(seconds))
    if not away:
        return "刚刚"
    return f"{away}前" if seconds > 0 else f"{away}后"


@register.filter
def elapsed(value: datetime | None) -> str:
    """How long since then: `3 小时`."""
    return (distance(int((timezone.now() - value).total_seconds())) or "1 分钟内") if value else ""


@register.filter
def due_words(value: datetime | None) -> str:
    """`已逾期 3 小时` or `2 天后到期`."""
    if not value:
        return ""
    seconds = int((value - timezone.now()).total_seconds())
    away = distance(abs(seconds)) or "1 分钟内"
    return f"已逾期 {away}" if seconds < 0 else f"{away}后到期"


@register.filter
def due_tone(value: datetime | None) -> str:
    if not value:
        return "neutral"
    seconds = (value - timezone.now()).total_seconds()
    return "danger" if seconds < 0 else "warn" if seconds < 4 * 3600 else "neutral"


@register.simple_tag
def when(value: datetime | None) -> str:
    """The relative time, with the exact one in its title and for machines."""
    if not value:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), cn_datetime(value), relative(value)
    )


# -- looks ------------------------------------------------------------------------------------------------------


@register.filter
def tone(label: Any) -> str:
    """The tone of a status given in words; `neutral` for one that has none."""
    return TONE_OF.get(str(label), "neutral")


@register.simple_tag
def chain_steps(state: Any, stopped_at: str | None = "") -> list[dict[str, Any]]:
    """The seven steps with what is behind, present and ahead; a cancelled order stopped at `stopped_at`."""
    code = str(state).upper()
    stopped = code == "CANCELLED"
    codes = [step for step, _ in CHAIN]
    present = str(stopped_at or "").upper() if stopped else code
    at = codes.index(present) if present in codes else -1
    current = "stopped" if stopped else "current"
    steps = []
    for number, (_, label) in enumerate(CHAIN):
        status = "done" if number < at else current if number == at else "ahead"
        steps.append({"label": label, "number": number + 1, "status": status, "is_now": number == at})
    return steps


@register.simple_tag(takes_context=True)
def unmet_gates(context: Any, gates: Iterable[Any] | None = None, unmet: Iterable[Any] | None = None) -> list[Any]:
    """What is shut, as the reader may read it."""
    request = getattr(context, "request", None)
    shut = [*(unmet or ()), *(gate for gate in gates or () if not gate.is_open)]
    return [gate.said_to(request.user) if request and isinstance(gate, Unmet) else gate for gate in shut]


@register.simple_tag(takes_context=True)
def open_to_me(context: Any, url: str) -> bool:
    """Whether the reader may open the page at `url`; the components never lead to a page that refuses."""
    request = getattr(context, "request", None)
    return bool(url) and (request is None or may_open(request.user, url))


@register.simple_tag
def met_gates(gates: Iterable[Any] | None = None, met: Iterable[Any] | None = None) -> list[Any]:
    return [*(met or ()), *(gate for gate in gates or () if gate.is_open)]


@register.filter
def columns(heads: str) -> list[dict[str, Any]]:
    """`"单号|金额:num|"` → the heads of a table; an empty one is read aloud as 操作."""
    return [
        {"label": name, "is_number": kind == "num"}
        for name, _, kind in (head.strip().partition(":") for head in heads.split("|"))
    ]


# -- slots ------------------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: SafeString, name: str, **values: Any) -> SafeString:
    """A component with a body: `{% component "section" title="明细" %}…{% endcomponent %}`; its context is closed."""
    compiled = get_template(f"components/{name}.html").template  # type: ignore[attr-defined]
    return compiled.render(context.new({**values, "content": content}))


@register.simple_block_tag
def capture(content: SafeString) -> SafeString | str:
    """Used as `{% capture as name %}…{% endcapture %}`, so that a block can stand in two places; blank is false."""
    return content if content.strip() else ""


# -- forms ------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def csrf_field(context: Context) -> str:
    """As `{% csrf_token %}`, but it also works inside a closed context."""
    request = getattr(context, "request", None)
    if request is None:
        return ""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.simple_tag
def form_key() -> str:
    """A fresh idempotency key: the same form sent twice is done once (B-rules of repeated sending)."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid.uuid4())


@register.simple_tag
def hidden_fields(values: dict[str, Any] | None = None) -> str:
    pairs = [(name, value) for name, value in (values or {}).items() if value is not None]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


# -- kept files --------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def file_link(context: Context, file: Any, label: str = "") -> str:
    """A link to a kept file or paper; for whom it is not, nothing: its name may tell as much as it does (B7)."""
    if not shown_to_reader(context, [file]):
        return ""
    return format_html('<a href="{}">{}</a>', file.get_absolute_url(), label or file)


@register.simple_tag(takes_context=True)
def file_photos(context: Context, files: Iterable[Any]) -> str:
    """Pictures as such, other files by their names; of those that are for the reader."""
    return get_template("components/photos.html").render({"photos": shown_to_reader(context, files)})


def shown_to_reader(context: Context, files: Iterable[Any]) -> list[Any]:
    request = getattr(context, "request", None)
    return [file for file in files if file and request is not None and access.is_for(request.user, file)]


# -- frame ------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def nav(context: Context, label: str) -> str:
    """The entries of this person's roles, the present one marked; `nav_counts` gives {url name: number}."""
    request = getattr(context, "request", None)
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return SafeString("")
    return drawn_nav(entries_for(user, request.path, context.get("nav_counts") or {}), label)


# The frame stands on every page, so its parts are drawn once for each way they can look.
@lru_cache(maxsize=2000)
def drawn_nav(groups: tuple[Group, ...], label: str) -> str:
    return get_template("components/nav.html").render({"groups": groups, "label": label})


@register.simple_tag
@cache
def assets() -> str:
    """Style sheets and modules, the same on every page."""
    return get_template("components/assets.html").render()


@register.simple_tag
@cache
def icon(name: str) -> str:
    return format_html(
        '<svg class="icon" aria-hidden="true" width="16" height="16"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def url_if_any(name: str) -> str:
    """The address of a page that may not be part of this house; empty when it is not."""
    return url_or_none(name) or ""


@register.filter
def role_names(user: Any) -> str:
    """`客服员、客服主管`."""
    held = roles_of(user)
    return "、".join(name for code, name in ROLES.items() if code in held) or "未分配角色"


# -- the demo company -------------------------------------------------------------------------------------------


@register.inclusion_tag("components/demo_band.html")
def demo_band() -> dict[str, Any]:
    """Nothing where none is being loaded; asked of a file, not of the database."""
    return {"percent": progress.percent()}
