"""django-simple-history, with the person and the reason of the running action."""

import functools
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg2 import sql
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

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
    """`history = History()` on a model keeps every version of its rows, insert-only for the application."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"history_manager": Manager, **options})

    def create_historical_record(self, instance: Any, history_type: str, using: Any = None) -> None:
        """The row is dated as the action is, which may record what happened earlier."""
        act = running.get()
        if act:
            instance._history_date = act.at
        try:
            super().create_historical_record(instance, history_type, using)
        finally:
            instance.__dict__.pop("_history_date", None)

    def get_history_user(self, instance: Any) -> Any:
        act = running.get()
        return act.by if act else super().get_history_user(instance)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: Any) -> str | None:
        act = running.get()
        return (act.reason or act.code)[:100] if act else None


def history_of(model: Any) -> Any:
    return getattr(model, model._meta.simple_history_manager_attribute)


def write(instances: list[Any], *, created: bool) -> None:
    """History rows of a `bulk_create` or `bulk_update`, in one statement."""
    if not instances:
        return
    act = running.get()
    history_of(type(instances[0])).bulk_history_create(
        instances,
        update=not created,
        default_user=act.by if act else None,
        default_change_reason=(act.reason or act.code)[:100] if act else "",
        default_date=act.at if act else None,
    )


def copy(model: Any, ids: list[int], at: Any, reason: str) -> None:
    """History rows of a set-based UPDATE: the rows as they now stand, in one statement."""
    past = history_of(model).model
    columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in past.tracked_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {past} ({columns}, history_date, history_change_reason, history_type) "
                "SELECT {columns}, %s, %s, '~' FROM {table} WHERE id = ANY(%s)"
            ).format(
                past=sql.Identifier(past._meta.db_table),
                columns=columns,
                table=sql.Identifier(model._meta.db_table),
            ),
            [at, reason[:100], ids],
        )
