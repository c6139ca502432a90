"""What may be done next on an order and by whom; for what may not, each unmet gate in words (R41).

The same registry that bolts the steps explains them here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.permissions import may
from audit.prepared import Prepared
from flow.gates import Bolt, Duty, Unmet, registry
from flow.models import Owed
from orders.deeds import DEEDS
from orders.models import Order, Revision
from orders.models.revision import OPEN


@dataclass(frozen=True)
class Waiting(Unmet):
    """A gate with how long it has been waited for."""

    since: datetime | None = None


@dataclass
class Step:
    """One step of the chain that is next: its gates, who takes it, and this person's way to it."""

    code: str
    label: str
    about: str
    owers: tuple[str, ...]
    gates: list[Waiting] = field(default_factory=list)
    since: datetime | None = None
    url: str = ""
    is_button: bool = False
    forbidden: str = ""

    @property
    def is_ready(self) -> bool:
        return all(gate.is_open for gate in self.gates)


def next_steps(order: Order, revisions: list[Revision], user: Any) -> list[Step]:
    """The steps that somebody owes on the order and its open revisions, in the order of the chain."""
    owed = owed_since(order)
    found: list[Step] = []
    for revision in sorted((r for r in revisions if r.status in OPEN), key=lambda r: r.number):
        about = f"改单 第 {revision.number} 版" if revision.number > 1 else ""
        found += steps_of(revision, user, owed, about)
    return [*found, *steps_of(order, user, owed, "")]


def steps_of(subject: Any, user: Any, owed: dict[Any, datetime], about: str) -> list[Step]:
    return [step_of(bolt, gates, subject, user, owed, about) for bolt, gates in registry.ahead(subject)]


def step_of(bolt: Bolt, unmet: list[Unmet], subject: Any, user: Any, owed: dict[Any, datetime], about: str) -> Step:
    kind = subject._meta.model_name
    gates = [Waiting(**vars(gate), since=owed.get((kind, subject.pk, gate.code))) for gate in unmet]
    owers = tuple(dict.fromkeys(owing.label for owing in bolt.owed))
    step = Step(bolt.code, bolt.label, about, owers, gates, owed.get((kind, subject.pk, bolt.code)))
    offer(step, subject, user)
    return step


def offer(step: Step, subject: Any, user: Any) -> None:
    """The button or page for this person, where the step is ready and theirs to take."""
    code = "cancel" if step.code == "cancel_released" else step.code
    deed = DEEDS.get(code)
    if deed is None or not step.is_ready or not may(user, deed.may):
        return
    number = subject.order.number if isinstance(subject, Revision) else subject.number
    step.forbidden = registry.forbidden(step.code, subject, user) if registry.guards.get(step.code) else ""
    if not step.forbidden:
        # On a page of its own, or by the button alone.
        page = registry.bolts[step.code].page
        step.url = reverse(page or f"orders:{deed.code}", args=[number])
        step.is_button = not page


OWED = Prepared(lambda pk: Owed.objects.open().filter(order=pk).order_by("since", "pk"), int)


def owed_since(order: Order) -> dict[tuple[str, int, str], datetime]:
    """Since when each thing is owed, from the order's open rows; they are kept for `duties`."""
    order.__dict__["_owed"] = rows = OWED(order.pk)
    since: dict[tuple[str, int, str], datetime] = {}
    for row in rows:
        since.setdefault((row.subject_kind, row.subject_id, row.what), row.since)
    return since


def duties(order: Order) -> list[dict[str, Any]]:
    """What is owed beside the chain, each with its time. Call it after `next_steps`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in order.__dict__.get("_owed", ()):
        duty = registry.duties.get((row.subject_kind, row.what))
        if not isinstance(duty, Duty):
            continue
        known = found.setdefault(
            (row.subject_kind, row.what),
            {"title": duty.label, "due": row.due, "since": row.since, "owers": [], "url": url_of(duty, order)},
        )
        label = next((owing.label for owing in duty.owed if owing.role == row.role), "当事人")
        if label not in known["owers"]:
            known["owers"].append(label)
    return list(found.values())


def url_of(duty: Duty, order: Order) -> str:
    return registry.url(duty, order.number) if duty.subject != "shipment" else order.get_absolute_url()
