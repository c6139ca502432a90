"""django-simple-history, with the person and the reason of the running action."""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from audit.frame import Act

running: ContextVar["Act | None"] = ContextVar("running_action", default=None)


class History(HistoricalRecords):
    """`history = History()` on a model keeps every version of its rows, insert-only for the application."""

    def get_history_user(self, instance: Any) -> Any:
        act = running.get()
        return act.by if act else super().get_history_user(instance)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: Any) -> str | None:
        act = running.get()
        return (act.reason or act.code)[:100] if act else None

    def write(self, instances: list[Any], *, created: bool) -> None:
        """History rows of `bulk_create`/`bulk_update` in one statement."""
        if not instances:
            return
        act = running.get()
        manager = getattr(type(instances[0]), self.manager_name)
        manager.bulk_history_create(
            instances,
            update=not created,
            default_user=act.by if act else None,
            default_change_reason=(act.reason or act.code)[:100] if act else "",
            default_date=act.at if act else None,
        )
