"""Second factors added and removed: one's own with the password (asked for by the form), another's by an admin."""

from typing import Any

from django.http import HttpRequest

from accounts import factors, signins
from accounts.actions import end
from accounts.models import Authenticator, Factor, FactorRule, Passkey, User
from accounts.own import Own
from accounts.records import save
from accounts.signins import Kind
from audit.errors import Refused
from audit.frame import Act, action

MOST = 10


@action("add_authenticator", frame=Own, versioned=False)
def add_authenticator(
    act: Act, person: User, *, name: str, secret: bytes, code: str, request: HttpRequest
) -> list[str]:
    """An app that has shown by a first code that it holds `secret`; what `added` gives. Raises Refused otherwise."""
    code = factors.plain(code)
    step = factors.step_of(secret, code, after=0, now=act.at) if code.isdecimal() and len(code) == 6 else None
    if step is None:
        raise Refused("验证码不对：请输入 App 上现在显示的 6 位数字，并核对手机的时间。", field="code")
    row = Authenticator(name=name, secret=secret, last_step=step, used_at=act.at)
    return added(act, person, row, request)


@action("add_passkey", frame=Own, versioned=False)
def add_passkey(
    act: Act, person: User, *, name: str, credential: bytes, public_key: bytes, sign_count: int, request: HttpRequest
) -> list[str]:
    """A passkey whose registration `accounts.passkeys` has verified; what `added` gives."""
    row = Passkey(name=name, credential=credential, public_key=public_key, sign_count=sign_count)
    return added(act, person, row, request)


def added(act: Act, person: User, row: Factor, request: HttpRequest) -> list[str]:
    """The first factor brings recovery codes, to be shown once; the log-ins made without it are over."""
    is_first = not factors.has_one(person)
    if sum(1 for _ in factors.all_of(person)) >= MOST:
        raise Refused(f"最多添加 {MOST} 项，请先移除不用的。")
    row.user, row.added_at = person, act.at
    save(row)
    act.record(person, name=row.name, kind=row._meta.model_name)
    signins.record(Kind.FACTOR_ADDED, person, request, note=f"{row._meta.verbose_name}「{row.name}」")
    if not is_first:
        return []
    end(act, person, person.sessions.exclude(pk=request.session.session_key), "已启用双重验证", request)
    return factors.new_codes(person)


@action("remove_factor", frame=Own, versioned=False)
def remove_factor(act: Act, person: User, *, kind: str, pk: int, request: HttpRequest) -> str:
    """Take one away. Raises Refused for the last one of who must have one."""
    rows: Any = {"authenticator": person.authenticators, "passkey": person.passkeys}.get(kind)
    row = rows and rows.filter(pk=pk).first()
    if row is None:
        raise Refused("这一项已经移除，请看最新的列表。")
    others = [each for each in factors.all_of(person) if each != row]
    if not others and factors.must_have_one(person):
        raise Refused("您的角色必须有双重验证：请先添加另一项，再移除这一项。")
    row.delete()
    if not others:
        person.recovery_codes.all().delete()
    act.record(person, name=row.name, kind=kind)
    signins.record(Kind.FACTOR_REMOVED, person, request, note=f"{row._meta.verbose_name}「{row.name}」")
    return str(row.name)


@action("renew_recovery_codes", frame=Own, versioned=False)
def renew_recovery_codes(act: Act, person: User, *, request: HttpRequest) -> list[str]:
    """Ten new ones, to be shown once; the old ones are void."""
    if not factors.has_one(person):
        raise Refused("请先添加验证器或通行密钥。")
    act.record(person)
    signins.record(Kind.FACTOR_ADDED, person, request, note="重新生成恢复码")
    return factors.new_codes(person)


@action("reset_factors", system=True, versioned=False)
def reset_factors(act: Act, person: User) -> int:
    """An admin (or a command) takes away all that somebody has, who lost it; with a reason. Their log-ins are over."""
    if not act.reason:
        raise Refused("请写明重置的原因。", field="reason")
    if act.by and person.pk == act.by.pk:
        raise Refused("不能重置自己的双重验证：请在「双重验证」页面办理，或由另一位管理员重置。")
    rows = list(factors.all_of(person))
    if not rows:
        raise Refused("没有启用双重验证。")
    for each in rows:
        each.delete()
    person.recovery_codes.all().delete()
    act.record(person, removed=[row.name for row in rows])
    signins.record(Kind.FACTOR_REMOVED, person, by=act.by, note=f"管理员重置：{act.reason}")
    end(act, person, person.sessions.all(), "双重验证已重置")
    return len(rows)


@action("change_factor_rule", versioned=False)
def change_factor_rule(act: Act, rule: FactorRule | None, *, role: str) -> FactorRule:
    """Whoever holds `role` must have a second factor from their next request on."""
    rule = rule or FactorRule()
    rule.role = role
    save(rule)
    act.record(rule, role=role)
    return rule


@action("drop_factor_rule", versioned=False)
def drop_factor_rule(act: Act, rule: FactorRule) -> None:
    act.record(rule, role=rule.role)
    rule.delete()
