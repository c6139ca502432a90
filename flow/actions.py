"""What can be done to deadlines; the admin site calls it."""

from datetime import date
from typing import Any

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from flow.gates import registry
from flow.models import Deadline

FIELDS = (
    "kind",
    "what",
    "role",
    "begins",
    "minutes",
    "clock",
    "warn_percent",
    "escalate_percent",
    "in_force_from",
)


@action("change_deadline")
def change_deadline(act: Act, deadline: Deadline | None, *, kind: str, what: str, **given: Any) -> Deadline:
    """Add or change a deadline. What is open is due anew after the commit, each row by what was in force when it began.

    Raises Refused for a thing that nobody can owe, and for a change without its reason.
    """
    if not act.reason:
        raise Refused("请写明修改的原因。", field="reason")
    if what and not any(step.code == what and kind in ("", step.subject) for step in registry.steps()):
        raise Refused("没有这一事项。", field="what")
    deadline = deadline or Deadline(in_force_from=date.min)
    before = {name: str(getattr(deadline, name)) for name in FIELDS} if deadline.pk else {}
    for name, value in {"kind": kind, "what": what, **given}.items():
        setattr(deadline, name, value)
    deadline.version += 1 if deadline.pk else 0
    save(deadline)
    act.record(deadline, before=before, after={name: str(getattr(deadline, name)) for name in FIELDS})
    return deadline
