"""A person hears of what happened to their own account: a new device, a changed password or second factor."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts import agents
from accounts.models import SignIn, User
from accounts.roles import ROLES
from documents import mail, notices

Kind = SignIn.Kind
KIND = notices.Kind("signin", "新设备登录、密码与二次验证", frozenset(ROLES), at_once=True)
DONE = {
    Kind.IN: "在一台新设备上登录",
    Kind.PASSWORD: "修改了密码",
    Kind.PASSWORD_SET: "重设了密码",
    Kind.FACTOR_ADDED: "添加了二次验证",
    Kind.FACTOR_REMOVED: "取消了二次验证",
    Kind.RECOVERY: "用恢复码登录",
}


def tell(sender: Any, row: SignIn, **rest: Any) -> None:
    """In the application, and by mail where there is an address: who took the account over reads the bell as well."""
    person, done = row.user, DONE.get(Kind(row.kind))
    if person is None or done is None or (row.kind == Kind.IN and not row.is_new):
        return
    event, text = f"signin:{row.pk}", words_of(row, person, done)
    notices.tell([person.pk], event=event, text=text, url=reverse("password_change"), kind=KIND.code)
    if person.email:
        mail.send([person.email], event=event, subject=f"您的账号：{done}", body=text)


def words_of(row: SignIn, person: User, done: str) -> str:
    """«您的账号 limin 于 12-01 11:32 在一台新设备上登录（Windows 上的 Edge，IP 203.0.113.9）。如非……»"""
    when = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M")
    by = f"由 {row.by} " if row.by and row.by != person else ""
    place = [agents.in_words(row.agent) if row.agent else "", f"IP {row.ip}" if row.ip else ""]
    where = "，".join(filter(None, place))
    said = f"您的账号 {person.username[:60]} 于 {when} {by}{done}{where and f'（{where}）'}。"
    return f"{said}如非本人所为或所请，请立即修改密码并告知管理员。"
