"""The frame of every action, in the design's order.

idempotency key → permission → locks → permission again → version → (the body) state, guards, gates, transition and
record → Event → what the frame's subclass adds (`Owed`) → outbox. All or nothing; see docs/actions.md.
"""

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, models, transaction
from django.utils import timezone

from audit import keys
from audit.errors import Busy, Forbidden, Refused, Stale
from audit.history import running
from audit.models import Event
from audit.prepared import Prepared, fresh
from audit.words import spoilt

log = logging.getLogger("audit.refusals")

# Deadlock, serialization, lock timeout, and a server that went away: the transaction did not happen.
PASSING = {"40P01", "40001", "55P03", "57P01", "57P02", "57P03"}
ATTEMPTS = 4


@dataclass
class Act:
    """One action under way: who, when, why, and what it has recorded."""

    code: str
    by: Any
    at: datetime
    reason: str = ""
    seen: int | None = None
    done_url: str = ""
    events: list[Event] = field(default_factory=list)
    touched: list[models.Model] = field(default_factory=list)

    def touch(self, row: models.Model) -> None:
        """What of `row` others remember may read otherwise now, though no event names it."""
        self.touched.append(row)

    def record(
        self,
        subject: models.Model,
        *,
        from_: str = "",
        to: str = "",
        reason: str | None = None,
        action: str | None = None,
        **data: Any,
    ) -> None:
        """Keep that `subject` was acted on; the row is written at the end of the action."""
        self.events.append(
            Event(
                subject_kind=subject._meta.model_name or "",
                subject_id=subject.pk,
                action=action or self.code,
                from_state=from_,
                to_state=to,
                by=self.by,
                at=self.at,
                reason=self.reason if reason is None else reason,
                data=keys.plain(data),
            )
        )


def permitted(user: Any, code: str) -> bool:
    """Whether `user` may do `code` at this moment, asked of the database (B8: a role may be gone since log-in)."""
    return bool(PERMITTED(user.pk, code))


PERMITTED = Prepared(
    lambda pk, code: (
        get_user_model()
        .objects.filter(
            pk=pk,
            is_active=True,
            groups__permissions__codename=code,
            groups__permissions__content_type__app_label="accounts",
        )
        .only("pk")[:1]
    ),
    int,
    str,
)


# What follows every action, whatever its frame, still inside the transaction: told at start-up by those above.
followers: list[Callable[[Act], None]] = []


class Action:
    """A body run inside the frame. Subclasses say what is locked and what follows."""

    act_class: type[Act] = Act

    def __init__(self, code: str, body: Callable[..., Any], *, system: bool = False, versioned: bool = True) -> None:
        self.code = code
        self.body = body
        self.system = system
        self.versioned = versioned
        functools.update_wrapper(self, body)

    def __call__(
        self,
        subject: Any,
        *,
        by: Any,
        reason: str = "",
        seen: int | str | None = None,
        key: str | None = None,
        at: datetime | None = None,
        **given: Any,
    ) -> Any:
        """Carry the action out. `at` is for jobs and imports that record what happened earlier.

        Raises Forbidden, Stale, Blocked, Refused, AlreadyDone, KeyReused, Busy; nothing is written then.
        """
        nested = connection.in_atomic_block
        for attempt in range(1, ATTEMPTS + 1):
            act = self.act_class(self.code, by, at or timezone.now(), reason.strip(), as_version(seen))
            token = running.set(act)
            try:
                return self.run(act, subject, key, given, nested)
            except Refused as refusal:
                log.warning("%s refused to %s: %s", self.code, by and by.pk, refusal.message)
                raise
            except IntegrityError as error:
                if is_crowded(error) and not nested and attempt < ATTEMPTS:
                    continue
                raise Refused(constraint_words(error)) from error
            except DataError as error:
                # Something that no form bounded; nothing was written.
                log.error("%s: no column holds what was given", self.code, exc_info=error)
                raise Refused("填写的内容太长，或数值、日期超出了范围，没有保存。请改短、改小后再试。") from error
            except (OperationalError, InterfaceError) as error:
                if nested or not is_passing(error):
                    raise
                if not connection.is_usable():
                    connection.close()
                if attempt == ATTEMPTS:
                    raise Busy("未保存，请重试：系统正忙，您填写的内容没有丢失。") from error
                time.sleep(0.05 * 2**attempt)
            finally:
                running.reset(token)
        raise AssertionError("unreachable")

    def run(self, act: Act, subject: Any, key: str | None, given: dict[str, Any], nested: bool) -> Any:
        if found := spoilt({"reason": act.reason, **given}):
            raise Refused(spoilt_words(*found[1:]), field=found[0])
        with transaction.atomic():
            open_action(act.code, act.at)
            key_id = self.claim(act, subject, key, given)
            self.permit(act)
            subject = self.lock(act, subject, given)
            self.permit(act)
            self.compare_version(act, subject)
            result = self.body(act, subject, **given)
            self.finish(act, result)
            Event.objects.bulk_create(act.events)
            for follow in followers:
                follow(act)
            if key_id:
                keys.settle(key_id, act.done_url or url_of(result) or url_of(subject) or "/")
            if nested:
                open_action("")
            return result

    def claim(self, act: Act, subject: Any, key: str | None, given: dict[str, Any]) -> int | None:
        if not key:
            return None
        digest = keys.digest_of([subject, act.reason, given])
        return keys.claim(act.by and act.by.pk, self.code, key, digest, act.at)

    def permit(self, act: Act) -> None:
        if act.by is None:
            if not self.system:
                raise Forbidden("该操作须由本人登录后办理。")
        elif not permitted(act.by, self.code):
            raise Forbidden("您没有办理此项的权限。如有需要，请联系管理员调整角色。")

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        """The fresh, locked row of `subject`; None for an action that creates."""
        if subject is None:
            return None
        return fresh(type(subject), subject.pk, lock=True)

    def compare_version(self, act: Act, subject: Any) -> None:
        if not self.versioned or act.seen is None or subject is None:
            return
        if subject.version != act.seen:
            raise Stale(last_word(subject) or "此记录已被他人更新，请核对后重新提交。")

    def finish(self, act: Act, result: Any) -> None:
        """What follows every action of this kind, still inside the transaction."""


# Every action there is, once the modules that hold them are loaded.
codes: set[str] = set()


def action(code: str, *, frame: type[Action] = Action, **options: Any) -> Callable[[Callable[..., Any]], Action]:
    """Make a function `body(act, subject, **given)` an action named `code`, which is also its permission."""
    codes.add(code)

    def wrap(body: Callable[..., Any]) -> Action:
        return frame(code, body, **options)

    return wrap


def open_action(code: str, at: datetime | None = None) -> None:
    """Tell the database, until the end of the transaction, which action is writing (its triggers ask) and what
    moment the gates judge by (`audit.moment`); without `at` they judge by the clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('oms.action', %s, true), set_config('oms.at', %s, true), "
            "set_config('lock_timeout', %s, true)",
            [code, at.isoformat() if at else "", getattr(settings, "LOCK_TIMEOUT", "10s")],
        )


def constraint_words(error: IntegrityError) -> str:
    """What a constraint that the database held says of itself; a bug elsewhere, but never a 500 for the person."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    log.error("constraint %s: %s", name, error)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if (
                constraint.name == name
                and constraint.violation_error_message != constraint.default_violation_error_message
            ):
                return str(constraint.violation_error_message)
    return "与现有的记录冲突，没有保存。请刷新后核对再试。"


def spoilt_words(text: str, place: int) -> str:
    before = text[max(place - 10, 0) : place].strip()
    where = f"「{before}」之后" if before else "开头"
    return f"内容{where}有看不见的控制字符（多半是从别处粘贴来的），请删去后再提交。"


def is_crowded(error: IntegrityError) -> bool:
    """Two added to one subject's chain of events at once, without its lock: whoever came second begins anew."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "event_chain"


def is_passing(error: Exception) -> bool:
    code = getattr(error.__cause__, "pgcode", None)
    return code in PASSING or (code is None and not connection.is_usable())


def last_word(subject: models.Model) -> str:
    """«已由 X 于 … 处理»: who was here last (B2)."""
    event = (
        Event.objects.filter(subject_kind=subject._meta.model_name, subject_id=subject.pk)
        .select_related("by")
        .order_by("-seq")
        .first()
    )
    if event is None:
        return ""
    when = timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M")
    return f"已由 {event.by or '系统'} 于 {when} 处理，请刷新后再看。"


def as_version(seen: int | str | None) -> int | None:
    if seen in (None, ""):
        return None
    try:
        return int(seen)  # type: ignore[arg-type]
    except ValueError:
        return -1


def url_of(record: Any) -> str:
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
