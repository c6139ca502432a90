"""The frame of an action on a subject: whoever acts must see it, and its steps ask their guards and gates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from audit.errors import Blocked, Forbidden, Refused
from audit.frame import Act, Action
from flow import subjects
from flow.gates import Unmet, registry


@dataclass
class FlowAct(Act):
    """An action under way on something that can be owed on."""

    def guard(self, bolt: str, subject: Model) -> None:
        if self.by is not None and (message := registry.forbidden(bolt, subject, self.by)):
            raise Forbidden(message)

    def require(self, bolt: str, subject: Model) -> None:
        """Ask the guards and gates of a bolted action that is no transition."""
        self.guard(bolt, subject)
        if unmet := registry.unmet(bolt, subject):
            raise self.blocked(unmet)

    def blocked(self, unmet: Sequence[Unmet]) -> Blocked:
        """Said to whoever acts, who may be one that sees no prices."""
        return Blocked([gate.said_to(self.by) for gate in unmet])

    def need_reason(self, words: str = "请写明原因。") -> None:
        if not self.reason:
            raise Refused(words, field="reason")


class FlowAction(Action):
    """The subject is locked; whoever acts must be one to whom its model shows it (B7)."""

    act_class = FlowAct

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        found = super().lock(act, subject, given)
        if found is not None:
            must_see(act.by, found)
        return found


def must_see(user: Any, row: Model) -> None:
    """Raises Forbidden where `user` may not know of this subject; a job and a customer's own page have none."""
    if user is not None and not subjects.of(row).rows.visible_to(user).filter(pk=row.pk).exists():  # type: ignore[attr-defined]
        raise Forbidden(f"这份{row._meta.verbose_name}不是您负责的客户的。")
