"""What a person does with their own password and log-ins: no role is asked for, only that they are theirs."""

from typing import Any

from django.http import HttpRequest

from accounts import signins
from accounts.actions import end, give_password
from accounts.models import User
from accounts.signins import Kind
from audit.errors import Forbidden, Refused
from audit.frame import Act, Action, action


class Own(Action):
    """The frame of an action on oneself: whoever still belongs to the house may do it, and to nobody else."""

    def permit(self, act: Act) -> None:
        if act.by is None or not User.objects.filter(pk=act.by.pk, is_active=True).exists():
            raise Forbidden("该操作须由本人登录后办理。")

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> User:
        if subject.pk != act.by.pk:
            raise Forbidden("只能由本人办理。")
        return User.objects.select_for_update(no_key=True).get(pk=act.by.pk)


@action("change_own_password", frame=Own, versioned=False)
def change_own_password(act: Act, person: User, *, password: str, request: HttpRequest) -> User:
    """An own password in place of the present one, which the form has asked for; every other log-in is over.

    Raises Refused for the present password once more and for a weak one.
    """
    if person.check_password(password):
        raise Refused("新密码不能与原来的相同。", field="new_password1")
    give_password(person, password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    end(act, person, person.sessions.exclude(pk=request.session.session_key), "密码已修改", request)
    signins.record(Kind.PASSWORD, person, request)
    act.record(person)
    return person


@action("end_own_sessions", frame=Own, versioned=False)
def end_own_sessions(act: Act, person: User, *, request: HttpRequest, mark: str | None) -> int:
    """End the log-in of that mark, or for None all but the present; holds from their next request on. How many.

    Raises Refused where there is none of that mark (any more).
    """
    others = person.sessions.exclude(pk=request.session.session_key)
    found = [each.pk for each in others if mark is None or each.mark == mark]
    if mark is not None and not found:
        raise Refused("这项登录已经结束，请看最新的列表。")
    return end(act, person, others.filter(pk__in=found), "本人结束", request)
