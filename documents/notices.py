"""Telling people in the application: posted with what caused it, shown under their bell.

Departments register the kinds of notice there are; each person chooses how to be told of each (`NoticeSettings`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from documents import outbox
from documents.models import NoticeSettings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

How = NoticeSettings.How


@dataclass(frozen=True)
class Kind:
    """`roles` may get it; `owing` are those of them whose next step it names: they can't turn it off."""

    code: str
    label: str
    roles: frozenset[str]
    owing: frozenset[str] = frozenset()
    at_once: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.code] = kind


def find(code: str) -> Kind | None:
    return _kinds.get(code)


def kinds_of(roles: Iterable[str]) -> list[Kind]:
    """What people of these roles may be told of."""
    held = frozenset(roles)
    return [kind for kind in _kinds.values() if kind.roles & held]


def is_fixed(kind: Kind, roles: Iterable[str]) -> bool:
    """Whether people of these roles are always told at once: it is theirs to do, or can't wait."""
    return kind.at_once or not kind.owing.isdisjoint(roles)


def waits_for_work(code: str) -> bool:
    """Whether notices of that kind are kept until the house opens («立即» ones are not, nor those of no kind)."""
    kind = find(code)
    return settings.NOTICES_IN_WORKING_TIME and kind is not None and not kind.at_once


register(
    Kind("trouble", "发送、导入等后台处理失败或可能已发送", frozenset({"admin", "customer_service"}), at_once=True)
)


def hows(code: str, people: "QuerySet[User]") -> dict[int, str]:
    """How each of `people` is told of that kind: one query, a second where someone chose otherwise."""
    told = {pk: how or How.APP for pk, how in people.values_list("pk", f"notice_settings__choices__{code}")}
    kind = find(code)
    chosen = [pk for pk, how in told.items() if how != How.APP]
    if chosen and kind is not None:
        always = people.filter(pk__in=chosen, groups__name__in=kind.owing) if not kind.at_once else people
        told |= dict.fromkeys(always.values_list("pk", flat=True), How.APP)
    return told


def tell(
    recipients: Iterable[int] | Mapping[int, str], *, event: str, text: str, url: str = "", kind: str = ""
) -> None:
    """One notice to each; `event` names what happened, so that it is told once (`order:17:approved`).

    `recipients` may say how each is told; who chose the digest hears of it there, who chose nothing does not.
    """
    how = recipients if isinstance(recipients, Mapping) else dict.fromkeys(recipients, How.APP)
    outbox.post_many(
        outbox.Post("notice", key, payload(recipient, key, text, url, kind, how[recipient]))
        for recipient in sorted(how)
        if how[recipient] != How.OFF
        for key in [f"{event}:{recipient}:notice"]
    )


def payload(recipient: int, key: str, text: str, url: str, kind: str = "", how: str = How.APP) -> dict[str, Any]:
    return {"recipient": recipient, "key": key, "text": text, "url": url, "kind": kind, "digest": how == How.DIGEST}
