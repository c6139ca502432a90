"""django-fsm conditions: a state method called from anywhere asks the same gates as the action does."""

from collections.abc import Callable
from typing import Any


def gates_open(bolt: str) -> Callable[[Any], bool]:
    """True when no gate of `bolt` blocks the subject; what is unmet stays on the instance for the explanation."""

    def condition(subject: Any) -> bool:
        from flow.gates import registry

        subject.__dict__["_unmet"] = unmet = registry.unmet(bolt, subject)
        return not unmet

    condition.__name__ = f"gates_open_{bolt}"
    return condition


def follows_revision(status: str) -> Callable[[Any], bool]:
    """True when the order's revision has taken the step that the order follows."""

    def condition(order: Any) -> bool:
        return order.revisions.filter(status=status).exists()

    condition.__name__ = f"follows_revision_{status}"
    return condition
