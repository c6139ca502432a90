"""django-simple-history, with the person and the reason of the running action."""

import functools
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from audit.prepared import call

if TYPE_CHECKING:
    from audit.frame import Act

running: ContextVar["Act | None"] = ContextVar("running_action", default=None)


class Manager(HistoryManager):
    @classmethod
    @functools.cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        """Made once: the library asks for this class anew at each look at `history`, which is at each save."""
        return super().from_queryset(queryset_class, class_name)


class History(HistoricalRecords):
    """`history = History()` on a model keeps every version of its rows, insert-only for the application; all but those
    that a migration made, where they are `given`. `derived` are columns that may be written without a version, since
    they follow from other rows."""

    def __init__(self, *, given: bool = False, derived: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(**{"history_manager": Manager, **options})
        self.given, self.derived = given, derived

    def create_history_model(self, model: Any, inherited: bool) -> Any:
        past = super().create_history_model(model, inherited)
        past.given, past.derived = self.given, self.derived
        return past

    def create_historical_record(self, instance: Any, history_type: str, using: Any = None) -> None:
        """The row as the database now holds it, dated as the action is, which may record what happened earlier."""
        model, by = instance._meta.concrete_model, self.get_history_user(instance)
        reason = self.get_change_reason_for_object(instance, history_type, using)
        if history_type != "-":
            copy(model, [instance.pk], now(), reason, kind=history_type, by=by)
            return
        instance._history_date = now()
        try:
            super().create_historical_record(instance, history_type, using)
        finally:
            del instance._history_date

    def get_history_user(self, instance: Any) -> Any:
        act = running.get()
        return act.by if act else super().get_history_user(instance)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: Any) -> str | None:
        act = running.get()
        return (act.reason or act.code)[:100] if act else None


def now() -> datetime:
    """The moment of the running action, which may be recorded later than it was; else the clock."""
    act = running.get()
    return act.at if act else timezone.now()


def history_of(model: Any) -> Any:
    return getattr(model, model._meta.simple_history_manager_attribute)


def write(instances: list[Any], *, created: bool) -> None:
    """History rows of a `bulk_create` or `bulk_update`, in one statement."""
    if not instances:
        return
    act = running.get()
    copy(
        type(instances[0]),
        [each.pk for each in instances],
        now(),
        (act.reason or act.code) if act else "",
        kind="+" if created else "~",
        by=act.by if act else None,
    )


def copy(model: Any, ids: list[int], at: datetime, reason: str | None, *, kind: str = "~", by: Any = None) -> None:
    """History rows of what was just written: the rows as they now stand, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(*call(copying(model), [ids, at, reason and reason[:100], kind, by and by.pk]))


@functools.cache
def copying(model: Any) -> str:
    past, key, quote = history_of(model).model, model._meta.pk, connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in past.tracked_fields)
    return (
        f"INSERT INTO {quote(past._meta.db_table)} "  # noqa: S608 (names of tables and columns, no input)
        f"({columns}, history_date, history_change_reason, history_type, history_user_id) "
        f"SELECT {columns}, $2::timestamptz, $3::text, $4::text, $5::bigint FROM {quote(model._meta.db_table)} "
        f"WHERE {quote(key.column)} = ANY($1::{key.rel_db_type(connection)}[])"
    )
