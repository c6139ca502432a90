"""What can be done to people; the admin site calls these."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import signins
from accounts.models import Session, User
from accounts.records import save
from accounts.signins import Kind
from audit.errors import Refused
from audit.frame import Act, action


@action("change_person", versioned=False)
def change_person(
    act: Act,
    person: User | None,
    *,
    username: str,
    name: str,
    groups: Iterable[Group],
    email: str = "",
    supervisor: User | None = None,
    is_production_head: bool = False,
    is_active: bool = True,
    password: str = "",
) -> User:
    """Add someone (`None`) or change who they are and what they may do; it holds from their next request on (B8).

    A password given here opens the page to choose an own one, and nothing else; every log-in of theirs is over.
    """
    new, roles = person is None, sorted(group.name for group in groups)
    person = person or User()
    before = [] if new else sorted(person.groups.values_list("name", flat=True))
    if new and not password:
        raise Refused("请设置初始密码。", field="password")
    if person.pk == act.by.pk and ("admin" not in roles or not is_active):
        raise Refused("不能停用自己，也不能取消自己的管理员角色；请由另一位管理员办理。")
    must_not_circle(person, supervisor)
    person.username, person.name, person.email = username, name, email
    person.supervisor, person.is_production_head, person.is_active = supervisor, is_production_head, is_active
    # The admin site is open to the admin role and to nobody else.
    person.is_staff = "admin" in roles
    if password:
        give_password(person, password)
    save(person)
    person.groups.set(Group.objects.filter(name__in=roles))
    if password and not new:
        password_was_given(act, person, "管理员设置密码")
    act.record(person, old=before, new=roles, active=is_active, password=bool(password))
    return person


def must_not_circle(person: User, supervisor: User | None) -> None:
    above = supervisor
    while above is not None:
        if above.pk == person.pk and person.pk is not None:
            raise Refused("主管关系成环：不能把自己或自己的下属设为主管。", field="supervisor")
        above = above.supervisor


def give_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused("；".join(error.messages), field="password") from error
    person.set_password(password)


def password_was_given(act: Act, person: User, why: str) -> None:
    signins.record(Kind.PASSWORD_SET, person, by=act.by, note="" if act.by else why)
    end(act, person, person.sessions.all(), why)


@action("give_password", system=True, versioned=False)
def note_given_password(act: Act, person: User) -> None:
    """A command of Django's own has set it: kept as when an admin does, and every log-in is over."""
    password_was_given(act, person, act.reason)
    act.record(person)


@action("end_sessions", versioned=False)
def end_sessions(act: Act, person: User, *, sessions: Collection[str] | None = None) -> int:
    """End log-ins of somebody else, those of these keys or all, with a reason; holds from their next request on."""
    if not act.reason:
        raise Refused("请写明结束登录的原因。", field="reason")
    return end(act, person, person.sessions.filter(**({} if sessions is None else {"pk__in": sessions})), act.reason)


def end(act: Act, person: User, sessions: QuerySet[Session], why: str, request: HttpRequest | None = None) -> int:
    """The part common to all that ends log-ins; how many were ended."""
    ended = list(sessions)
    sessions.filter(pk__in=[each.pk for each in ended]).delete()
    if ended:
        act.record(person, action="end_sessions", why=why, ended=[str(each) for each in ended])
    by = None if act.by == person else act.by
    for each in ended:
        signins.record(Kind.ENDED, person, request, by=by, note=f"{each}：{why}")
    return len(ended)
